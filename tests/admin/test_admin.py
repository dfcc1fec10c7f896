"""The admin, by real POSTs through it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import edit_card, make_card
from cards.actions.suggestions import flag_card, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Deck, Flag, Learner, Revision, Suggestion
from tests.conftest import START
from tests.groups import deck_of, make_readers

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def admin(staff: Learner, client_of: Callable[[Learner], Client], clock) -> Client:
    return client_of(staff)


@pytest.fixture
def card(deck: Deck) -> Card:
    return deck.cards.get(key="c1")


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"admin:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def edit(client: Client, card: Card, base: int = 1, **fields: object):
    data = {"prompt": card.prompt, "answer": card.answer, "details": card.details, "reason": "clearer"}
    url = reverse("admin:cards_card_change", args=[card.pk])
    return client.post(url, data | {"base_number": base, "act": "save"} | fields)


def suggestion_of(learner: Learner, card: Card, answer: str = "A better answer.") -> Suggestion:
    wording = Wording(card.prompt, answer, card.details)
    return suggest_wording(
        card=card,
        proposer=learner,
        wording=wording,
        base_number=card.revision_number,
        reason="it is",
        now=START,
    )


def decide(client: Client, suggestion: Suggestion, act: str, **fields: object):
    data = {"prompt": suggestion.prompt, "answer": suggestion.answer, "details": suggestion.details, "act": act,
            "base_number": suggestion.base_number, "reply": "Thank you."}  # fmt: skip
    # Found in the admin, it is decided on the page to which the admin leads.
    page = client.get(reverse("admin:cards_suggestion_change", args=[suggestion.pk]))
    return client.post(page.url, data | fields)


# --- who may come in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index", "cards_card_changelist", "cards_suggestion_changelist"])
def test_it_is_for_staff_alone(client, ada, client_of, name) -> None:
    for stranger in (client, client_of(ada)):
        assert stranger.get(reverse(f"admin:{name}")).status_code in {302, 403}


def test_a_post_of_no_staff_changes_nothing(ada, client_of, card) -> None:
    assert edit(client_of(ada), card, answer="hacked").status_code in {302, 403}
    card.refresh_from_db()
    assert card.answer == "Answer 1."


def test_a_deck_of_a_group_is_worked_on_in_the_app_and_cannot_be_made_public_here(admin, staff) -> None:
    own = deck_of(make_readers(staff))
    assert own.name not in page(admin, "cards_deck_changelist")
    url = reverse("admin:cards_deck_change", args=[own.pk])
    assert admin.post(url, {"name": "Ours", "is_public": "on"}).status_code == 302  # not there: to the start
    own.refresh_from_db()
    assert not own.is_public


def test_private_decks_stay_private(admin, bob) -> None:
    private = Deck.objects.create(name="bob's", owner=bob, created_at=START)
    card = make_card(deck=private, wording=Wording("Secret?", ""), author=bob, now=START)
    assert "Secret" not in page(admin, "cards_card_changelist")
    assert "bob's" not in page(admin, "cards_deck_changelist")
    for name in ("cards_card_change", "cards_card_history"):
        assert admin.get(reverse(f"admin:{name}", args=[card.pk])).status_code == 404
    assert edit(admin, card, answer="mine now").status_code == 404


# --- finding ------------------------------------------------------------------------------------------


def test_the_first_page_says_what_waits(admin, ada, card) -> None:
    Card.objects.filter(key="c3").update(answer="")
    suggestion_of(ada, card)
    flag_card(card=card, learner=ada, kind=Flag.Kind.TYPO, note="", now=START)
    html = page(admin, "index")
    assert "<b>1</b> open suggestion<" in html
    assert "<b>1</b> open flag<" in html
    assert "<b>1</b> card without an answer" in html


def test_it_finds_cards_that_need_an_answer(admin) -> None:
    Card.objects.filter(key="c3").update(answer="")
    html = page(admin, "cards_card_changelist", answer="needed")
    assert "Prompt 3?" in html
    assert "Prompt 1?" not in html


def test_it_finds_and_closes_open_flags(admin, ada, card) -> None:
    flag = flag_card(card=card, learner=ada, kind=Flag.Kind.WRONG, note="see page 3", now=START)
    assert "see page 3" in page(admin, "cards_flag_changelist", state="open")
    admin.post(reverse("admin:cards_flag_changelist"), {"action": "close", "_selected_action": [flag.pk]})
    flag.refresh_from_db()
    assert flag.closed_at is not None
    assert flag.closed_by.username == "staff"
    assert "see page 3" not in page(admin, "cards_flag_changelist", state="open")
    assert "see page 3" in page(admin, "cards_flag_changelist", state="closed")


def test_a_flag_is_closed_from_the_card_that_it_is_about(admin, ada, card) -> None:
    flag = flag_card(card=card, learner=ada, kind=Flag.Kind.WRONG, note="see page 3", now=START)
    form = re.search(
        r'<form action="([^"]+)" method="post">(.*?)</form>',
        page(admin, "cards_card_change", card.pk).partition('class="reported"')[2],
        re.DOTALL,
    )
    assert form is not None
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form[2]))
    answer = admin.post(form[1], fields, follow=True)
    assert "1 flag closed." in answer.content.decode()
    flag.refresh_from_db()
    assert flag.closed_at is not None


def test_the_list_says_what_each_card_needs(admin, ada, card) -> None:
    Card.objects.filter(pk=card.pk).update(answer="")
    card.refresh_from_db()
    suggestion_of(ada, card)
    for kind in (Flag.Kind.WRONG, Flag.Kind.TYPO):  # the second closes the first
        flag_card(card=card, learner=ada, kind=kind, note="", now=START)
    html = page(admin, "cards_card_changelist")
    assert re.findall(r'class="field-to_do">([^<]*)<', html) == [
        "needs an answer, 1 flag, 1 suggestion",
        "",
        "",
    ]


def test_instants_are_in_the_zone_of_whoever_looks(admin, staff, card) -> None:
    Learner.objects.filter(pk=staff.pk).update(time_zone="Asia/Tokyo")
    Card.objects.filter(pk=card.pk).update(archived_at=START)
    assert "2 March 2026, 19:00" in page(admin, "cards_card_history", card.pk)
    assert "2 March 2026, 19:00" in page(admin, "cards_card_changelist")


# --- editing ------------------------------------------------------------------------------------------


def test_an_edit_is_a_revision_with_its_reason(admin, card) -> None:
    assert edit(admin, card, answer="Answer one.").status_code == 302
    revision = Revision.objects.get(card=card, number=2)
    assert (revision.answer, revision.reason, revision.author.username) == ("Answer one.", "clearer", "staff")
    card.refresh_from_db()
    assert (card.answer, card.revision_number) == ("Answer one.", 2)


def test_a_reason_is_asked_for(admin, card) -> None:
    response = edit(admin, card, answer="Answer one.", reason="")
    assert response.status_code == 422
    assert "Answer one." in response.content.decode()
    assert not Revision.objects.filter(number=2).exists()


def test_what_is_wrong_is_said_at_its_field(admin, card) -> None:
    response = edit(admin, card, details="colour: red")
    html = response.content.decode()
    assert response.status_code == 422
    assert "is no detail" in html
    assert 'aria-invalid="true"' in html


def test_the_preview_is_the_renderer_of_the_review_screen(admin, client, card) -> None:
    edit(admin, card, answer="The *sum* is $x^2$.\n\n```python\nprint(1)\n```")
    rendered = re.search(
        r'<div class="answer content">(.*?)</div>', page(admin, "cards_card_change", card.pk), re.DOTALL
    )
    review = client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0}).content.decode()
    assert rendered is not None
    assert "<math" in rendered[1]
    assert rendered[1].strip() in review


def test_a_preview_without_javascript_saves_nothing(admin, card) -> None:
    response = edit(admin, card, answer="**Just looking**", act="preview")
    assert "<strong>Just looking</strong>" in response.content.decode()
    assert not Revision.objects.filter(number=2).exists()


def test_a_stale_edit_shows_both_and_overwrites_nothing(admin, staff, card) -> None:
    wording = Wording("Prompt 1?", "First line.\n\nLast line.", card.details)
    edit_card(card=card, wording=wording, base_number=1, author=staff, now=START)
    other = Wording("Prompt 1?", "First line, bettered.\n\nLast line.", card.details)
    edit_card(card=card, wording=other, base_number=2, author=staff, now=START, reason="theirs")
    response = edit(admin, card, base=2, answer="First line.\n\nLast line, mine.")
    html = response.content.decode()
    assert response.status_code == 409
    assert "changed since you opened it" in html
    assert "theirs" in html
    assert "<ins>, bettered</ins>" in html
    assert "Last line, mine." in html
    assert 'value="First line, bettered.\n\nLast line, mine."' in html  # both changes, put together
    assert 'name="base_number" value="3"' in html
    card.refresh_from_db()
    assert card.answer == "First line, bettered.\n\nLast line."
    assert card.revision_number == 3


def test_hostile_content_is_shown_harmless(admin, ada, card) -> None:
    edit(admin, card, prompt=HOSTILE, answer=HOSTILE, reason=HOSTILE[:400])
    card.refresh_from_db()
    suggestion = suggestion_of(ada, card, HOSTILE + "!")
    flag_card(card=card, learner=ada, kind=Flag.Kind.WRONG, note=HOSTILE, now=START)
    pages = [
        page(admin, "cards_card_changelist"), page(admin, "cards_card_change", card.pk),
        page(admin, "cards_card_history", card.pk), page(admin, "cards_suggestion_changelist"),
        admin.get(suggestion.get_absolute_url()).content.decode(), page(admin, "cards_flag_changelist"),
    ]  # fmt: skip
    for html in pages:
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert " style=" not in html


# --- history ------------------------------------------------------------------------------------------


def test_the_history_says_who_when_why_and_what(admin, card) -> None:
    edit(admin, card, answer="Answer one.")
    html = page(admin, "cards_card_history", card.pk)
    assert "Edited by staff" in html
    assert "2 March 2026" in html
    assert "clearer" in html
    assert "<del>1</del>" in html
    assert "<ins>one</ins>" in html


def test_restoring_writes_a_further_revision(admin, card) -> None:
    edit(admin, card, answer="Answer one.")
    admin.post(reverse("admin:cards_card_history", args=[card.pk]), {"restore": 1, "base_number": 2})
    card.refresh_from_db()
    assert (card.answer, card.revision_number) == ("Answer 1.", 3)
    assert Revision.objects.get(card=card, number=3).source == "restored"


def test_restoring_from_an_old_page_changes_nothing(admin, card) -> None:
    edit(admin, card, answer="Answer one.")
    edit(admin, card, base=2, answer="Answer uno.")
    data = {"restore": 1, "base_number": 2}
    response = admin.post(reverse("admin:cards_card_history", args=[card.pk]), data, follow=True)
    assert "changed in the meantime" in response.content.decode()
    card.refresh_from_db()
    assert card.answer == "Answer uno."


# --- suggestions ------------------------------------------------------------------------------------------


def test_accepting_is_co_authored_and_answers_the_proposer(admin, ada, card, client_of) -> None:
    suggestion = suggestion_of(ada, card)
    assert "<ins>" in admin.get(suggestion.get_absolute_url()).content.decode()
    decide(admin, suggestion, "accept")
    suggestion.refresh_from_db()
    revision = Revision.objects.get(card=card, number=2)
    assert (revision.answer, revision.author.username, revision.co_author) == (
        "A better answer.",
        "staff",
        ada,
    )
    assert (suggestion.status, suggestion.reply, suggestion.revision) == ("accepted", "Thank you.", revision)
    assert "Thank you." in client_of(ada).get(card.get_absolute_url()).content.decode()


def test_a_suggestion_can_be_amended(admin, ada, card) -> None:
    decide(admin, suggestion_of(ada, card), "accept", answer="An even better answer.")
    card.refresh_from_db()
    assert card.answer == "An even better answer."


def test_declining_changes_no_card(admin, ada, card) -> None:
    suggestion = suggestion_of(ada, card)
    decide(admin, suggestion, "decline", reply="It was right before.")
    suggestion.refresh_from_db()
    card.refresh_from_db()
    assert (suggestion.status, suggestion.reply, card.revision_number) == (
        "declined",
        "It was right before.",
        1,
    )


def test_it_is_decided_once(admin, ada, card) -> None:
    suggestion = suggestion_of(ada, card)
    decide(admin, suggestion, "decline")
    response = decide(admin, suggestion, "accept", answer="Amended meanwhile.")
    html = response.content.decode()
    assert response.status_code == 409
    assert "decided this suggestion in the meantime" in html
    assert "Amended meanwhile." in html  # what the second admin typed is not lost
    card.refresh_from_db()
    assert card.revision_number == 1


def test_accepting_for_a_card_that_changed_shows_both(admin, ada, card) -> None:
    suggestion = suggestion_of(ada, card)
    edit(admin, card, answer="Answer one.")
    response = decide(admin, suggestion, "accept")
    html = response.content.decode()
    assert response.status_code == 409
    assert "changed since this was proposed" in html
    assert "Answer <del>1</del><ins>one</ins>." in html  # what the card became
    assert "<del>Answer 1</del><ins>A better answer</ins>." in html  # what the proposal makes of it
    suggestion.refresh_from_db()
    assert suggestion.status == "open"
    decide(admin, suggestion, "accept", base_number=2)
    card.refresh_from_db()
    assert card.answer == "A better answer."


# --- what cannot be done ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["card", "deck", "suggestion", "flag"])
def test_nothing_is_deleted_here(admin, ada, card, name) -> None:
    suggestion_of(ada, card)
    flag_card(card=card, learner=ada, kind=Flag.Kind.WRONG, note="", now=START)
    model = {"card": Card, "deck": Deck, "suggestion": Suggestion, "flag": Flag}[name]
    row = model.objects.first()
    assert (
        admin.post(reverse(f"admin:cards_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin.post(reverse(f"admin:cards_{name}_changelist"), data)
    assert model.objects.filter(pk=row.pk).exists()


def test_what_is_append_only_or_personal_has_no_page() -> None:
    from django.contrib.admin import site

    assert {model.__name__ for model in site._registry} == {"Card", "Deck", "Flag", "Learner", "Suggestion"}


# --- decks and learners ------------------------------------------------------------------------------------------


def test_decks_are_made_changed_and_archived_through_actions(admin, deck) -> None:
    data = {"name": "New", "description": "d", "is_public": "on"}
    admin.post(reverse("admin:cards_deck_add"), data)
    made = Deck.objects.get(name="New")
    assert made.owner is None
    assert made.is_public
    assert not made.is_starter
    admin.post(reverse("admin:cards_deck_change", args=[made.pk]), data | {"name": "Newer"})
    admin.post(reverse("admin:cards_deck_changelist"), {"action": "archive", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert made.name == "Newer"
    assert made.archived_at is not None


def test_cards_are_archived_and_brought_back_by_a_button_each(admin, card) -> None:
    url = reverse("admin:cards_card_changelist")
    buttons = re.findall(
        r'name="action" value="(\w+)"><button class="plain" name="index" value="(\d)">([^<]+)<',
        page(admin, "cards_card_changelist"),
    )
    assert [label for _, _, label in buttons] == ["Archive", "Bring back from the archive"]
    actions = [action for action, _, _ in buttons]
    for (_, index, _), is_archived in zip(buttons, (True, False), strict=True):
        admin.post(url, {"action": actions, "index": index, "_selected_action": [card.pk]})
        card.refresh_from_db()
        assert (card.archived_at is not None) is is_archived
    answer = admin.post(url, {"action": actions, "index": "0"}, follow=True)
    assert "Items must be selected" in answer.content.decode()


def test_rights_are_given_and_learners_deleted_through_actions(admin, ada, bob) -> None:
    admin.post(reverse("admin:cards_learner_change", args=[ada.pk]), {"is_active": "on", "is_staff": "on"})
    ada.refresh_from_db()
    assert ada.is_staff
    assert not ada.is_superuser
    admin.post(reverse("admin:cards_learner_delete", args=[bob.pk]), {"post": "yes"})
    assert not Learner.objects.filter(pk=bob.pk).exists()


def test_the_page_of_a_learner_shows_nothing_of_the_password(admin, ada) -> None:
    html = page(admin, "cards_learner_change", ada.pk)
    assert "../password/" in html
    assert ada.password not in html
    assert ada.password.split("$")[0] not in html


def test_it_finds_learners_by_their_state(admin, ada, bob) -> None:
    guest = Learner.objects.create(username="guest-1", is_guest=True, is_active=False)
    Learner.objects.filter(pk=bob.pk).update(is_active=False)
    for state, names in (
        ("account", {"ada", "bob", "staff"}),
        ("guest", {guest.username}),
        ("staff", {"staff"}),
        ("closed", {"bob"}),
    ):
        html = page(admin, "cards_learner_changelist", state=state)
        assert set(re.findall(r'class="field-username"><a [^>]*>([^<]+)<', html)) == names
    url = reverse("admin:cards_learner_changelist")
    assert admin.get(url, {"decks__name__startswith": "S"}).status_code == 400


def test_deleting_says_what_goes_with_the_learner(admin, ada, card) -> None:
    flag_card(card=card, learner=ada, kind=Flag.Kind.WRONG, note="", now=START)
    html = page(admin, "cards_learner_delete", ada.pk)
    assert "Delete ada?" in html
    assert "<li>Flags <span>1</span></li>" in html
    admin.post(
        reverse("admin:cards_learner_changelist"),
        {"action": "delete_selected", "_selected_action": [ada.pk], "post": "yes"},
    )
    assert not Learner.objects.filter(pk=ada.pk).exists()


def test_the_admin_writes_by_actions_alone(admin, monkeypatch, deck, ada) -> None:
    """With the actions taken away, the same POSTs write nothing."""
    import cards.admin.decks as decks
    import cards.admin.learners as learners

    monkeypatch.setattr(decks, "change_deck", lambda **values: None)
    monkeypatch.setattr(learners, "change_rights", lambda **values: None)
    monkeypatch.setattr(learners, "delete_learner", lambda **values: None)
    admin.post(reverse("admin:cards_deck_change", args=[deck.pk]), {"name": "Changed", "is_public": "on"})
    admin.post(reverse("admin:cards_learner_change", args=[ada.pk]), {"is_active": "on", "is_staff": "on"})
    admin.post(reverse("admin:cards_learner_delete", args=[ada.pk]), {"post": "yes"})
    admin.post(
        reverse("admin:cards_learner_changelist"),
        {"action": "delete_selected", "_selected_action": [ada.pk], "post": "yes"},
    )
    deck.refresh_from_db()
    ada.refresh_from_db()
    assert deck.name == "Shared deck"
    assert not ada.is_staff
