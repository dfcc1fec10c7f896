"""Whoever decides what was proposed or flagged keeps their role until that is written: who takes it away waits."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.groups import change_role
from cards.actions.suggestions import flag_card, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Flag, Learner, Role, Suggestion
from tests.actions.test_groups import at_once
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers

WORDING = {"prompt": "Ours 0?", "answer": "Indeed.", "details": "", "base_number": 1}
ON_ITS_PAGE, IN_THE_QUEUE, FLAGS = "suggestion_detail", "suggestion_list_decide", "flag_list_close"


IN_ADMIN = "admin:cards_flag_changelist"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("route", "action", "data"),
    [
        (ON_ITS_PAGE, "views.suggestions.accept_suggestion", {"act": "accept", **WORDING}),
        (
            ON_ITS_PAGE,
            "views.suggestions.accept_suggestion",
            {"act": "accept", **WORDING, "answer": "Amended."},
        ),
        (ON_ITS_PAGE, "views.suggestions.decline_suggestion", {"act": "decline", "reply": "No.", **WORDING}),
        (IN_THE_QUEUE, "views.suggestions.accept_suggestion", {"act": "accept"}),
        (IN_THE_QUEUE, "views.suggestions.decline_suggestion", {"act": "decline", "reply": "No."}),
        (FLAGS, "views.flags.close_flags", {}),
        (IN_ADMIN, "admin.flags.close_flags", {"action": "close"}),  # of staff who edit the group
    ],
)
def test_a_role_is_taken_away_before_or_after_a_decision(
    route: str,
    action: str,
    data: dict[str, Any],
    ada: Learner,
    bob: Learner,
    clock,
    client_of: Callable[[Learner], Client],
    monkeypatch,
) -> None:
    group = make_readers(ada)
    let_join(group, bob)
    row = let_join(group, make_learner("eve", is_staff=route == IN_ADMIN), Role.EDITOR)
    card = deck_of(group).cards.get()
    suggestion = suggest_wording(
        card=card,
        proposer=bob,
        wording=Wording(card.prompt, "Indeed."),
        base_number=1,
        reason="so",
        now=START,
    )
    flag = flag_card(card=card, learner=bob, kind=Flag.Kind.TYPO, note="", now=START)
    name = route if route == IN_ADMIN else f"cards:{route}"
    address = reverse(name, args=[suggestion.pk] if route == ON_ITS_PAGE else [])
    data = {"suggestions": suggestion.pk, "flags": flag.pk, "_selected_action": flag.pk} | data
    module, _, function = action.rpartition(".")
    caller = import_module(f"cards.{module}")
    decided = getattr(caller, function)
    entered, may_go_on, order = threading.Event(), threading.Event(), []

    def slowly(**given: object) -> None:
        entered.set()
        may_go_on.wait(60)
        decided(**given)
        order.append("decided")

    monkeypatch.setattr(caller, function, slowly)
    client = client_of(row.learner)

    def decide() -> int:
        return client.post(address, data).status_code

    def demote() -> None:
        entered.wait(60)
        threading.Timer(0.3, may_go_on.set).start()  # by then the demotion has begun to wait
        change_role(group=group, by=ada, membership_id=row.pk, role=Role.MEMBER, now=START)
        order.append("demoted")

    assert at_once(decide, demote) == [302, None]
    assert order == ["decided", "demoted"]
    if route in {FLAGS, IN_ADMIN}:
        assert Flag.objects.get().closed_by == row.learner
    else:
        assert Suggestion.objects.get().decided_by == row.learner
        assert (Card.objects.get(pk=card.pk).revision_number == 2) == (data["act"] == "accept")
    if route != IN_ADMIN:
        assert client.post(address, data).status_code == 404
