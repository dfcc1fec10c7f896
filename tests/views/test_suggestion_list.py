"""The queue of those who look after decks, and deciding several at once."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards.actions.cards import edit_card, make_card
from cards.actions.suggestions import suggest_new_card, suggest_to_remove, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Notice, Revision, Role, StudyGroup, Suggestion
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers

URL = "/suggestions/"
DECIDE = "/suggestions/decide/"


@pytest.fixture
def group(ada: Learner, bob: Learner, clock) -> StudyGroup:
    """Ada's, with bob as a member, and a deck of two cards."""
    group = make_readers(ada, cards=2)
    let_join(group, bob)
    return group


def first(group: StudyGroup) -> Card:
    return deck_of(group).cards.earliest("position")


def propose(card: Card, by: Learner, answer: str = "Indeed.") -> Suggestion:
    return suggest_wording(
        card=card,
        proposer=by,
        wording=Wording(card.prompt, answer),
        base_number=card.revision_number,
        reason=f"It says {answer}",
        now=START,
    )


def shown(client: Client, **query: object) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, act: str, *suggestions: Suggestion, reply: str = ""):
    data = {"act": act, "suggestions": [each.pk for each in suggestions], "reply": reply}
    return client.post(DECIDE, data, follow=True)


def test_an_editor_sees_what_would_change_word_by_word(client_of, ada, bob, group) -> None:
    propose(first(group), bob)
    suggest_new_card(
        deck=deck_of(group), proposer=bob, wording=Wording("New?", "It **is**."), reason="missing", now=START
    )
    suggest_to_remove(card=first(group), proposer=bob, reason="doubled", now=START)
    html = shown(client_of(ada))
    assert "3 are open" in html
    assert "<del>Yes</del><ins>Indeed</ins>." in html
    assert "<strong>is</strong>" in html
    assert "The removal of “Ours 0?”" in html
    assert "doubled" in html


def test_each_sees_what_is_theirs_to_decide(client, client_of, ada, bob, staff, deck, group) -> None:
    propose(first(group), bob)
    propose(deck.cards.earliest("position"), bob, "Public.")
    editor, viewer = make_learner("editor"), make_learner("viewer")
    let_join(group, editor, Role.EDITOR)
    let_join(group, viewer, Role.VIEWER)
    own, public = "It says Indeed.", "It says Public."
    for learner, sees in ((ada, {own}), (editor, {own}), (staff, {public}), (bob, set()), (viewer, set())):
        html = shown(client_of(learner))
        assert {said for said in (own, public) if said in html} == sees, learner
    assert client.get(URL).status_code == 404


def test_it_can_be_narrowed_down(client_of, ada, bob, group) -> None:
    other = make_readers(bob)
    let_join(other, ada, Role.EDITOR)
    here, there = propose(first(group), bob), propose(first(other), bob, "There.")
    removal = suggest_to_remove(card=first(group), proposer=bob, reason="doubled", now=START)
    client = client_of(ada)

    def found(**query: object) -> set[Suggestion]:
        html = shown(client, **query)
        return {each for each in (here, there, removal) if f'value="{each.pk}" form="decide"' in html}

    assert found() == {here, there, removal}
    assert found(group=other.pk) == {there}
    assert found(deck=deck_of(group).pk) == {here, removal}
    assert found(kind="removal") == {removal}
    assert "Nothing was decided so far." in shown(client, state="decided")
    for odd in ({"deck": 999}, {"group": "x"}, {"kind": "odd"}):
        assert client.get(URL, odd).status_code == 404


def test_htmx_gets_the_queue_alone(client_of, ada, group) -> None:
    html = client_of(ada).get(URL, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<section id="queue"')


def test_several_are_accepted_as_they_were_proposed(client_of, ada, bob, group) -> None:
    change = propose(first(group), bob)
    new = suggest_new_card(
        deck=deck_of(group), proposer=bob, wording=Wording("New?", "Yes."), reason="missing", now=START
    )
    answer = decide(client_of(ada), "accept", change, new)
    assert "2 accepted." in answer.content.decode()
    assert first(group).answer == "Indeed."
    assert deck_of(group).cards.latest("position").prompt == "New?"
    revisions = Revision.objects.filter(source="suggested")
    assert {(each.author, each.co_author) for each in revisions} == {(ada, bob)}
    assert Notice.objects.filter(learner=bob, kind="accepted").count() == 2
    assert "Accepted" in shown(client_of(ada), state="decided")


def test_one_whose_card_was_changed_is_left_and_that_is_said(client_of, ada, bob, group) -> None:
    stale, other = propose(first(group), bob), propose(deck_of(group).cards.latest("position"), bob)
    card = first(group)
    edit_card(card=card, wording=Wording(card.prompt, "Newer."), base_number=1, author=ada, now=START)
    html = decide(client_of(ada), "accept", stale, other).content.decode()
    assert "1 accepted." in html
    assert "1 still waits: its card was changed" in html
    assert first(group).answer == "Newer."
    assert Suggestion.objects.open().get() == stale


def test_what_others_changed_since_is_no_part_of_a_proposal(client_of, ada, bob, group) -> None:
    card = first(group)
    wording = Wording("Ours, all 0?", card.answer)
    suggest_wording(card=card, proposer=bob, wording=wording, base_number=1, reason="all", now=START)
    edit_card(card=card, wording=Wording(card.prompt, "Newer."), base_number=1, author=ada, now=START)
    html = shown(client_of(ada))
    assert "Ours<ins>, all</ins> 0?" in html
    assert "<del>" not in html
    assert "changed since this was proposed" in html


def test_declining_wants_a_reason_which_each_proposer_gets(client_of, ada, bob, group) -> None:
    one, two = propose(first(group), bob), propose(first(group), bob, "Perhaps.")
    client = client_of(ada)
    refused = decide(client, "decline", one, two)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert Suggestion.objects.open().count() == 2
    assert "2 declined." in decide(client, "decline", one, two, reply="It is right.").content.decode()
    assert {(each.status, each.reply) for each in Suggestion.objects.all()} == {("declined", "It is right.")}


def test_nothing_chosen_is_said(client_of, ada, bob, group) -> None:
    propose(first(group), bob)
    answer = decide(client_of(ada), "accept")
    assert answer.status_code == 422
    assert "Choose some first." in answer.content.decode()


def test_what_somebody_else_decided_meanwhile_is_said(client_of, ada, bob, group) -> None:
    suggestion = propose(first(group), bob)
    decide(client_of(ada), "accept", suggestion)
    answer = decide(client_of(ada), "decline", suggestion, reply="No.")
    assert "1 had been decided in the meantime." in answer.content.decode()
    assert Suggestion.objects.get().status == "accepted"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_who_edits_nothing_there_decides_nothing(role, client_of, bob, group) -> None:
    suggestion = propose(first(group), bob)
    other = make_learner("other")
    let_join(group, other, role)
    assert decide(client_of(other), "accept", suggestion).status_code == 404
    assert Suggestion.objects.open().exists()


def test_it_goes_back_to_the_queue_as_it_was(client_of, ada, bob, group) -> None:
    suggestion = propose(first(group), bob)
    data = {"act": "accept", "suggestions": [suggestion.pk], "next": f"{URL}?kind=change"}
    assert client_of(ada).post(DECIDE, data).url == f"{URL}?kind=change"
    data["next"] = "https://evil.example/"
    assert client_of(ada).post(DECIDE, data).url == URL


def test_it_takes_as_many_queries_for_many_as_for_few(
    client_of: Callable[[Learner], Client], ada, bob, group
) -> None:
    client, counts = client_of(ada), []
    for number in range(2):
        for more in range(8):
            card = make_card(
                deck=deck_of(group), wording=Wording(f"{number} {more}?", ""), author=ada, now=START
            )
            propose(card, bob)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_waits_is_said_where_one_looks_after_it(client_of, ada, bob, deck: Deck, group) -> None:
    propose(first(group), bob)
    for address, of in ((group.get_absolute_url(), "group"), (deck_of(group).get_absolute_url(), "deck")):
        assert "<b>1</b> suggestion to decide" in client_of(ada).get(address).content.decode(), of
        assert "to decide" not in client_of(bob).get(address).content.decode(), of


def test_what_waits_for_others_is_counted_for_nobody_else(client_of, ada, bob, deck: Deck, group) -> None:
    propose(first(group), bob)
    other = make_readers(bob)
    let_join(other, ada)
    propose(first(other), ada)
    for learner in (ada, bob):
        assert "<b>1</b> suggestion to decide" in client_of(learner).get("/inbox/").content.decode()
