"""What a group says about a card: read, written, edited, deleted and reported, in a browser without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import make_card
from cards.actions.decks import make_site_deck
from cards.actions.discussions import delete_comment, report_comment, write_comment
from cards.actions.learners import delete_learner
from cards.cardtext import Wording
from cards.models import Card, Comment, Deck, Following, Learner, Report, StudyGroup
from tests.conftest import START, make_learner
from tests.readers import Readers, make_readers
from tests.views.hostile import HOSTILE, Faults
from tests.views.plain_browser import Forms, press

MINUTE = timedelta(minutes=1)
OUTSIDERS = ("stranger", "guest", "nobody", "left", "banned")


@pytest.fixture
def readers(db, clock) -> Readers:
    return make_readers()


@pytest.fixture
def client_as(readers):
    """The browser of one of the group, or of an outsider."""

    def client_as(name: str) -> Client:
        client = Client()
        if name in readers.people:
            client.force_login(readers[name])
        elif name in {"left", "banned"}:
            readers.change("second", status=name, ended_at=START)
            client.force_login(readers["second"])
        elif name in {"stranger", "staff"}:
            client.force_login(make_learner(name, is_staff=name == "staff"))
        elif name == "guest":
            client.post(reverse("cards:grade"), {})
        return client

    return client_as


def url(readers: Readers, card: Card | None = None) -> str:
    return reverse("cards:discussion", args=[readers.group.pk, (card or readers.cards[0]).pk])


def of(comment: Comment, view: str) -> str:
    return reverse(f"cards:{view}", args=[comment.pk])


def say(readers: Readers, text: str = "Why **so**?", by: str = "member", now=START) -> Comment:
    return write_comment(group=readers.group, card=readers.cards[0], author=readers[by], text=text, now=now)


def buttons(page) -> set[str]:
    return {name for form in Forms(page.content.decode()).forms for name in form.buttons}


def test_members_talk_to_each_other(client_as, readers) -> None:
    client = client_as("member")
    page = client.get(url(readers))
    assert "Nothing was said about this card yet." in page.content.decode()
    page = press(client, page, "Say it", follow=True, text="Why **so**?")
    comment = Comment.objects.get()
    assert page.redirect_chain == [(comment.get_absolute_url(), 302)]
    assert "Why <strong>so</strong>?" in page.content.decode()
    second = client_as("second")
    press(second, second.get(url(readers)), "Say it", text="Because.")
    html = client.get(url(readers)).content.decode()
    assert html.index("Why <strong>so") < html.index("Because.")


def test_whoever_is_named_comes_from_the_inbox_to_the_comment(client_as, readers) -> None:
    comment = say(readers, "@viewer, why so?")
    notice = readers["viewer"].notices.get()
    opened = client_as("viewer").post(reverse("cards:notice_open", args=[notice.pk]))
    assert opened["Location"] == comment.get_absolute_url()


def test_one_finds_back_to_the_review(client_as, readers) -> None:
    client = client_as("member")
    page = client.get(url(readers), {"next": "/review/?card=1"})
    page = press(client, page, "Say it", follow=True, text="So?")
    assert 'href="/review/?card=1"' in page.content.decode()
    page = client.get(url(readers), {"next": "https://evil.example/"})
    assert 'href="https://evil' not in page.content.decode()
    assert 'name="next" value="https://evil' not in page.content.decode()


def test_a_comment_is_edited_and_that_is_said(client_as, readers, clock) -> None:
    comment, client = say(readers), client_as("member")
    clock.tick(minutes=1)
    page = client.get(of(comment, "comment_edit"))
    page = press(client, page, "Save the comment", follow=True, text="Why not?")
    assert page.redirect_chain == [(comment.get_absolute_url(), 302)]
    assert "Why not?" in page.content.decode()
    assert "edited" in page.content.decode()


def test_what_another_tab_made_of_a_comment_is_shown_before_it_is_overwritten(client_as, readers) -> None:
    comment, client = say(readers), client_as("member")
    first, second = (client.get(of(comment, "comment_edit")) for _ in range(2))
    press(client, first, "Save the comment", text="Why **not**?")
    page = press(client, second, "Save the comment", text="Since when?")
    html = page.content.decode()
    assert page.status_code == 409
    assert "You changed this comment elsewhere" in html
    assert "Why <strong>not</strong>?" in html
    assert "Since when?</textarea>" in html
    comment.refresh_from_db()
    assert comment.text == "Why **not**?"
    press(client, page, "Save the comment")
    comment.refresh_from_db()
    assert comment.text == "Since when?"


def test_a_deleted_comment_keeps_its_place(client_as, readers) -> None:
    say(readers)
    client = client_as("member")
    page = press(client, client.get(url(readers)), "Delete the comment", follow=True)
    html = page.content.decode()
    assert "Deleted by its author." in html
    assert "Why <strong>so" not in html
    delete_comment(comment=say(readers, "Rude."), by=readers["owner"], now=START)
    assert "Deleted by the group’s owner." in client.get(url(readers)).content.decode()


def test_staff_reads_and_moderates_and_says_nothing(client_as, readers) -> None:
    comment, client = say(readers), client_as("staff")
    page = client.get(url(readers))
    assert "Why <strong>so" in page.content.decode()
    assert "Say it" not in buttons(page)
    assert client.post(url(readers), {"text": "I?"}).status_code == 404
    assert client.get(of(comment, "comment_edit")).status_code == 404
    page = press(client, page, "Delete the comment", follow=True)
    assert "Deleted by the site’s staff." in page.content.decode()


def test_what_somebody_said_who_left_the_site_stays(client_as, readers) -> None:
    say(readers)
    delete_learner(learner=readers["member"], now=START)
    html = client_as("second").get(url(readers)).content.decode()
    assert "Somebody who left" in html
    assert "Why <strong>so" in html


@pytest.mark.parametrize(
    ("who", "button", "edits", "deletes", "reports"),
    [
        ("owner", True, 404, 302, 200),
        ("editor", True, 404, 404, 200),
        ("member", True, 200, 302, 404),
        ("second", True, 404, 404, 200),
        ("viewer", False, 404, 404, 200),
        ("staff", False, 404, 302, 200),
    ],
)
def test_what_each_role_may_do_with_the_comment_of_a_member(
    client_as, readers, who, button, edits, deletes, reports
) -> None:
    comment, client = say(readers), client_as(who)
    page = client.get(url(readers))
    assert page.status_code == 200
    assert ("Say it" in buttons(page)) == button
    assert ("Delete the comment" in buttons(page)) == (deletes == 302)
    assert (of(comment, "comment_report") in page.content.decode()) == (reports == 200)
    assert client.post(url(readers), {"text": "I too."}).status_code == (302 if button else 404)
    assert client.get(of(comment, "comment_edit")).status_code == edits
    assert client.post(of(comment, "comment_edit"), {"text": "Mine.", "was": comment.text}).status_code == (
        302 if edits == 200 else 404
    )
    assert client.get(of(comment, "comment_report")).status_code == reports
    assert client.post(of(comment, "comment_delete")).status_code == deletes
    assert client.post(of(comment, "comment_delete")).status_code == deletes


@pytest.mark.parametrize("who", OUTSIDERS)
def test_for_others_it_is_not_there(client_as, readers, who) -> None:
    comment, own = say(readers), say(readers, by="second")
    client = client_as(who)
    for address in (
        url(readers),
        of(comment, "comment_edit"),
        of(own, "comment_edit"),
        of(comment, "comment_report"),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"text": "I?", "reason": "So."}).status_code == 404
    assert client.post(of(own, "comment_delete")).status_code == 404
    assert client.get(readers.cards[0].get_absolute_url()).status_code == 404
    assert set(Comment.objects.values_list("text", flat=True)) == {"Why **so**?"}
    assert not Report.objects.exists()


def test_a_group_in_the_archive_is_read_and_moderated(client_as, readers) -> None:
    comment = say(readers)
    StudyGroup.objects.update(archived_at=START)
    client = client_as("member")
    page = client.get(url(readers))
    assert "The group is in the archive." in page.content.decode()
    assert "Say it" not in buttons(page)
    assert client.post(url(readers), {"text": "I?"}).status_code == 404
    assert client.get(of(comment, "comment_edit")).status_code == 404
    assert client_as("owner").post(of(comment, "comment_delete")).status_code == 302


def test_a_card_of_a_followed_deck_is_discussed_in_each_group_apart(client_as, readers) -> None:
    deck = make_site_deck(name="Public", description="", is_public=True, is_starter=False, now=START)
    card = make_card(deck=deck, wording=Wording("Public?", "Yes."), author=None, now=START)
    other = StudyGroup.objects.create(name="Others", created_at=START)
    client, address = client_as("member"), url(readers, card)
    assert client.get(address).status_code == 404
    for group in (readers.group, other):
        Following.objects.create(group=group, deck=deck, created_at=START)
    Comment.objects.create(group=other, card=card, author=None, text="Of others.", created_at=START)
    page = press(client, client.get(address), "Say it", follow=True, text="Of ours.")
    assert "Of others." not in page.content.decode()
    assert "Of ours." in page.content.decode()
    html = client.get(card.get_absolute_url()).content.decode()
    assert f"{address}?next=" in html
    assert reverse("cards:discussion", args=[other.pk, card.pk]) not in html
    comment = Comment.objects.get(group=readers.group)
    Following.objects.all().delete()
    assert client.get(address).status_code == 404
    assert client.get(of(comment, "comment_edit")).status_code == 404
    Deck.objects.filter(pk=deck.pk).update(is_public=False, owner=readers["owner"])
    Following.objects.create(group=readers.group, deck=deck, created_at=START)
    assert client.get(address).status_code == 404


def test_the_link_has_the_count_and_comes_with_the_answer_and_never_before(client_as, readers) -> None:
    for text in ("One.", "Two.", "Three."):
        comment = say(readers, text)
    delete_comment(comment=comment, by=readers["member"], now=START)
    client, card = client_as("viewer"), readers.cards[0]
    link = f'<a href="{url(readers)}?next='
    answer = client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0}).content.decode()
    assert link in answer
    assert "Discussion (2)</a>" in answer
    assert "Discussion (2)</a>" in client.get(card.get_absolute_url()).content.decode()
    prompt = client.get(reverse("cards:review"), {"card": card.pk}).content.decode()
    assert url(readers) not in prompt


def test_a_comment_is_reported_once_by_each_reader(client_as, readers) -> None:
    comment, client = say(readers), client_as("viewer")
    page = client.get(of(comment, "comment_report"))
    assert press(client, page, "Report it", reason="").status_code == 422
    page = press(client, page, "Report it", follow=True, reason="Rude.")
    html = page.content.decode()
    assert "It is reported to those who look after the group." in html
    assert "You reported it" in html
    client.post(of(comment, "comment_report"), {"reason": "Still rude."})
    assert Report.objects.get().reason == "Rude."
    assert "You reported it" not in client_as("second").get(url(readers)).content.decode()


def test_the_hours_limit_is_said_and_what_was_typed_is_kept(client_as, readers, settings) -> None:
    settings.COMMENTS_PER_HOUR = 1
    first, client = say(readers), client_as("member")
    page = press(client, client.get(url(readers)), "Say it", text="One too many.")
    assert page.status_code == 429
    assert "That was 1 within an hour. Wait a little." in page.content.decode()
    assert "One too many.</textarea>" in page.content.decode()
    viewer, another = client_as("viewer"), say(readers, by="second")
    report_comment(comment=first, learner=readers["viewer"], reason="So.", now=START)
    assert viewer.post(of(another, "comment_report"), {"reason": "So."}).status_code == 429


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 5001, "a\x00b"])
def test_what_is_no_comment_is_refused(client_as, readers, text) -> None:
    comment, client = say(readers), client_as("member")
    assert client.post(url(readers), {"text": text}).status_code == 422
    assert client.post(of(comment, "comment_edit"), {"text": text, "was": comment.text}).status_code == 422
    assert Comment.objects.get().text == "Why **so**?"


def test_a_long_discussion_has_pages_and_a_comment_is_found_on_its_own(client_as, readers) -> None:
    comments = [
        Comment(group=readers.group, card=readers.cards[0], author=readers["member"], text=f"No. {n}!",
                created_at=START + n * MINUTE)
        for n in range(120)
    ]  # fmt: skip
    Comment.objects.bulk_create(comments)
    client, address = client_as("second"), url(readers)
    assert "No. 119!" in client.get(address).content.decode()
    assert "No. 99!" not in client.get(address).content.decode()
    for n, page in ((0, 1), (49, 1), (50, 2), (119, 3)):
        html = client.get(Comment.objects.get(text=f"No. {n}!").get_absolute_url()).content.decode()
        assert f"No. {n}!" in html
        assert f"Page {page} of 3" in html
    for wrong in ({"comment": "x"}, {"comment": 10**30}, {"page": "-1"}, {"page": 99}, {"comment": 999_999}):
        assert "No. 119!" in client.get(address, wrong).content.decode()


def test_it_needs_as_many_queries_for_many_comments_by_many(
    client_as, readers, django_assert_max_num_queries
) -> None:
    client = client_as("member")
    for count in (3, 30):
        for n in range(count):
            author = Learner.objects.create(username=f"author-{count}-{n}", email=f"{count}-{n}@example.org")
            Comment.objects.create(
                group=readers.group, card=readers.cards[0], author=author, text=f"{n}", created_at=START
            )
        with django_assert_max_num_queries(11):
            client.get(url(readers))


def test_hostile_text_does_nothing(client_as, readers) -> None:
    client = client_as("member")
    for text in (HOSTILE, "</textarea><script>alert(1)</script>"):
        Comment.objects.create(
            group=readers.group, card=readers.cards[0], author=readers["member"], text=text, created_at=START
        )
    StudyGroup.objects.update(name="<script>alert(1)</script>")
    comment = Comment.objects.latest("pk")
    pages = [client.get(url(readers)), client.get(of(comment, "comment_edit"))]
    pages.append(client_as("second").get(of(comment, "comment_report")))
    for page in pages:
        assert page.status_code == 200
        assert Faults(page.content.decode()).faults == []


def test_no_file_takes_it_along(client_as, readers) -> None:
    """Nothing of it is in the deck's pages, or in what is found."""
    say(readers, "Unheard-of.")
    client = client_as("member")
    for address in (readers.deck.get_absolute_url(), "/search/?q=Unheard-of.", "/decks/"):
        html = client.get(address).content.decode()
        assert "Unheard-of.</" not in html
