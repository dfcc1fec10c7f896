"""The review session through its addresses, as a browser without JavaScript and as htmx."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.cards import make_card
from cards.actions.learners import change_settings
from cards.cardtext import Wording
from cards.models import Card, Enrolment, Learner, Schedule, StudyEvent
from cards.scheduling import NEW, NOT_MOVED, Mode, due_day, futures, outcome_text
from tests.conftest import SIGNED_IN, START

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's forms, the later ones winning."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def ask(client: Client, **query: object) -> str:
    return client.get(reverse("cards:review"), query).content.decode()


def answer(client: Client, card: Card, **query: object):
    return client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0, **query})


def send(client: Client, card: Card, n: int, grade: int = 3, htmx: bool = False, **more: object):
    data = {"card": card.pk, "part": 0, "n": n, "grade": grade, **more}
    return client.post(reverse("cards:grade"), data, **(HTMX if htmx else {"follow": True}))


def key(html: str) -> str | None:
    found = re.search(r"Prompt (\d)\?", html)
    return f"c{found[1]}" if found else None


def card(key: str) -> Card:
    return Card.objects.get(key=key)


def test_it_shows_the_first_prompt_to_anybody_and_makes_no_row(client) -> None:
    html = ask(client)
    assert key(html) == "c1"
    assert "Answer 1" not in html
    answered = answer(client, card("c1")).content.decode()
    assert "Answer 1." in answered
    assert not Learner.objects.exists()
    assert "sessionid" not in client.cookies


def test_it_makes_the_guest_at_the_first_grade(client) -> None:
    client.cookies["time_zone"] = "Europe%2FBerlin"
    send(client, card("c1"), 0)
    guest = Learner.objects.get()
    assert guest.is_guest
    assert guest.time_zone == "Europe/Berlin"
    assert not guest.has_usable_password()
    assert StudyEvent.objects.get().learner == guest
    assert Enrolment.objects.get(learner=guest).deck.name == "Shared deck"
    assert key(ask(client)) == "c2"


def test_both_halves_of_a_guests_double_click_find_the_same_guest() -> None:
    first = Client()
    ask(first)
    cookie = first.cookies["csrftoken"].value
    for _ in range(2):  # two requests in flight at once: neither knows the other's session
        half = Client()
        half.cookies["csrftoken"] = cookie
        send(half, card("c1"), 0)
    assert Learner.objects.count() == 1
    assert StudyEvent.objects.count() == 1


def test_it_ignores_a_time_zone_that_is_none(client) -> None:
    client.cookies["time_zone"] = "Mars%2FOlympus"
    send(client, card("c1"), 0)
    assert Learner.objects.get().time_zone == "UTC"


def test_each_button_says_what_it_will_do(client, ada, client_of) -> None:
    client = client_of(ada)
    html = answer(client, card("c1")).content.decode()
    for outcome in futures(NEW, date(2026, 3, 2), Mode.SCHEDULED, NOT_MOVED).values():
        assert f"<span>{outcome_text(outcome, date(2026, 3, 2))}</span>" in html


def test_with_spreading_and_easy_days_a_button_says_what_will_be_stored(ada, client_of, clock) -> None:
    """Twelve cards, each graded when it is due; the last grade of each by its button's own word."""
    deck = Card.objects.get(key="c1").deck
    make = partial(make_card, deck=deck, author=None, now=START)
    cards = [make(wording=Wording(f"{n}?", "So.", "")) for n in range(12)]
    change_settings(learner=ada, has_spreading=True, easy_days="uuuuufn")
    client = client_of(ada)
    for n, day in enumerate([0, 1, 10]):
        clock.set(START + timedelta(days=day))
        for each in cards:
            html = answer(client, each, n=n).content.decode()
            said = re.findall(r"<b>Good</b><span>(\d+) days?</span>", html)
            send(client, each, n)
            row = Schedule.objects.get(card=each)
            assert [str((row.due_on - clock.now.date()).days)] == said
            assert row.interval_days == [1, 6, 15][n]
    ends = clock.now.date() + timedelta(days=15)
    due = dict(Schedule.objects.filter(card__in=cards).values_list("card_id", "due_on"))
    moved = {
        card.pk: due_day(15, clock.now.date(), ada.study_settings.spreading(card.pk, 0)) for card in cards
    }
    assert due == moved
    assert set(due.values()) != {ends}
    assert all(due_on.weekday() != 6 for due_on in due.values())
    call_command("replay", "--check")


def test_it_shows_ones_own_text_beside_the_answer(client) -> None:
    html = answer(client, card("c1"), typed="Answer <b>9</b>.").content.decode()
    assert "You wrote" in html
    assert "<b>9</b>" not in html
    assert "<ins>1</ins>" in html


def test_a_text_that_shares_nothing_with_the_answer_has_no_marks(client) -> None:
    html = answer(client, card("c1"), typed="I do not know, & <b>so</b>.").content.decode()
    assert "You wrote: I do not know, &amp; &lt;b&gt;so&lt;/b&gt;." in html


def test_what_the_answer_says_beyond_ones_own_text_is_not_said_twice(client) -> None:
    Card.objects.filter(key="c1").update(answer="Two things: " + "a long story of a loss & its fall " * 9)
    html = answer(client, card("c1"), typed="Two things").content.decode()
    added = re.search(r"Two things<ins>(.*?)</ins>", html)[1]
    assert added.startswith(": a long story of a loss &amp; its fall")
    assert added.endswith(" … ")
    assert len(added) < 75


def test_what_the_answer_says_before_ones_own_text_is_left_out(client) -> None:
    Card.objects.filter(key="c1").update(answer="A long story of a loss & its fall. " * 3 + "Then the end.")
    html = answer(client, card("c1"), typed="Then the end.").content.decode()
    assert "You wrote: <ins>… </ins>Then the end.</p>" in html


def test_it_takes_a_whole_day(client) -> None:
    """All three new cards; one again, which comes back today; then the finish."""
    html = ask(client)
    for grade, expected in ((3, "c1"), (1, "c2"), (4, "c3")):
        assert key(html) == expected
        html = send(client, card(expected), 0, grade).content.decode()
    assert key(html) == "c2"
    assert "<b>1</b> again today" in html
    html = send(client, card("c2"), 1, 3).content.decode()
    assert "Done for today: 3 cards." in html
    assert "<b>1</b> Again" in html
    assert "<b>1</b> Easy" in html
    assert "<b>1</b> repeat" in html
    assert "The next cards come tomorrow: three to review.</p>" in html
    assert re.search(r"From tomorrow on.*?<b>3</b><svg .*?on Tuesday, 3 March", html, re.DOTALL)
    call_command("replay", "--check")


def test_the_finish_tells_a_streak_unless_that_is_hidden(client, clock) -> None:
    send(client, card("c1"), 0)
    clock.tick(days=1)
    for key, n in (("c1", 1), ("c2", 0)):
        send(client, card(key), n)
    html = send(client, card("c3"), 0).content.decode()
    assert "<li><span>A streak of <b>2</b> days</span>" in html
    Learner.objects.update(has_streak=False)
    assert "streak" not in ask(client)


def test_what_was_again_yesterday_is_due_and_no_repeat(client, clock) -> None:
    send(client, card("c1"), 0, 1)
    clock.tick(days=1)
    html = ask(client)
    assert "<b>1</b> to review" in html
    assert "again today" not in html
    assert key(html) == "c1"


def test_it_says_when_a_card_was_graded_elsewhere(client) -> None:
    send(client, card("c1"), 0)
    response = send(client, card("c1"), 0, 1)
    assert "graded elsewhere" in response.content.decode()
    assert StudyEvent.objects.count() == 1


def test_the_back_button_shows_where_one_is_now(client) -> None:
    send(client, card("c1"), 0)
    html = answer(client, card("c1")).content.decode()
    assert "graded elsewhere" in html
    assert key(html) == "c2"


def test_a_cut_connection_after_the_commit_gives_one_review(client) -> None:
    """The answer is lost, the browser sends the form again: the same page, nothing written twice."""
    pages = [send(client, card("c1"), 0).content.decode() for _ in range(2)]
    assert [key(page) for page in pages] == ["c2", "c2"]
    assert "elsewhere" not in pages[1]
    assert StudyEvent.objects.count() == 1


def test_undo_shows_the_card_again_as_deep_as_the_day(client) -> None:
    for name in ("c1", "c2", "c3"):
        html = send(client, card(name), 0).content.decode()
    for name in ("c3", "c2", "c1"):
        html = client.post(reverse("cards:undo"), {"act": fields(html)["act"]}, follow=True).content.decode()
        assert key(html) == name
    assert "act" not in fields(html)
    assert set(Schedule.objects.values_list("due_on", flat=True)) == {None}
    call_command("replay", "--check")


def test_undo_stands_on_the_finish_screen_and_after_a_restart_of_the_browser(client) -> None:
    for name in ("c1", "c2", "c3"):
        html = send(client, card(name), 0).content.decode()
    assert "Done for today" in html
    assert "act" in fields(html)
    again = Client()
    again.cookies = client.cookies
    assert fields(ask(again))["act"] == fields(html)["act"]


def test_a_stranger_can_neither_undo_nor_grade_what_is_mine(ada, bob, client_of) -> None:
    act = fields(send(client_of(ada), card("c1"), 0).content.decode())["act"]
    assert client_of(bob).post(reverse("cards:undo"), {"act": act}).status_code == 404
    deck = card("c1").deck
    deck.is_public, deck.owner = False, ada
    deck.save()
    assert send(client_of(bob), card("c1"), 0).status_code == 404
    assert answer(client_of(bob), card("c1")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"grade": 5}, {"grade": ""}, {"grade": "Good"}, {"n": -1}, {"n": "x"}, {"n": 2**40}, {"part": "a"},
        {"card": ""},
        {"asked": "yesterday"}, {"practise": "is:everything"}, {"card": 10**30},
    ],
)  # fmt: skip
def test_it_refuses_what_it_cannot_read(client, wrong) -> None:
    data = {"card": card("c1").pk, "part": 0, "n": 0, "grade": 3} | wrong
    response = client.post(reverse("cards:grade"), data)
    assert response.status_code == 200
    assert "could not be read" in response.content.decode()
    assert not StudyEvent.objects.exists()


def test_a_card_that_is_not_there_is_404(client) -> None:
    data = {"card": 999_999, "part": 0, "n": 0, "grade": 3}
    assert client.post(reverse("cards:grade"), data).status_code == 404
    assert client.get(reverse("cards:review_answer", args=[999_999]), {"n": 0}).status_code == 404


def test_htmx_gets_the_part_and_a_history_restore_the_page(client) -> None:
    part = client.get(reverse("cards:review"), **HTMX)
    assert part.content.decode().lstrip().startswith('<div id="session">')
    assert "HX-Request" in part["Vary"]
    page = client.get(reverse("cards:review"), **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert page.content.decode().startswith("<!doctype html>")


def test_grade_and_next_takes_six_queries(ada, client_of) -> None:
    """Session, account, card with schedule, event, schedule, next card with the counts."""
    change_settings(learner=ada, has_spreading=True)
    client = client_of(ada)
    send(
        client, card("c3"), 0, 3, htmx=True
    )  # a study day's first event also writes the learner's latest day
    first = card("c1")
    with CaptureQueriesContext(connection) as queries:
        html = send(client, first, 0, 3, htmx=True).content.decode()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    counted = [query["sql"] for query in queries if not query["sql"].startswith(control)]
    assert key(html) == "c2"
    assert len(counted) <= 6, "\n\n".join(counted)


def test_the_answer_takes_no_more_queries_with_spreading(ada, client_of) -> None:
    """Session, account, card with schedule and note, counts, last act, the groups that discuss it; what is unread,
    as on each whole page."""
    change_settings(learner=ada, has_spreading=True)
    client, first = client_of(ada), card("c1")
    with CaptureQueriesContext(connection) as queries:
        assert "Good" in answer(client, first).content.decode()
    assert len(queries) == SIGNED_IN + 5, "\n\n".join(query["sql"] for query in queries)


def test_answer_seconds_are_kept_when_they_can_be_true(client, clock) -> None:
    asked = fields(ask(client))["asked"]
    clock.tick(seconds=9)
    send(client, card("c1"), 0, asked=asked)
    clock.tick(hours=2)
    send(client, card("c2"), 0, asked=asked)
    assert list(StudyEvent.objects.order_by("at").values_list("answer_seconds", flat=True)) == [9, None]


def test_practising_goes_through_what_a_search_finds_and_leaves_the_schedule_alone(ada, client_of) -> None:
    client, session = client_of(ada), {"practise": 'deck:shared -"2?"', "order": "deck"}
    html = ask(client, **session)
    for place, name in enumerate(("c1", "c3")):
        assert key(html) == name
        assert f"<b>{place}</b> of <b>2</b> practised" in html
        html = answer(client, card(name), **session).content.decode()
        assert "no change" in html
        assert f"<b>{place}</b> of <b>2</b> practised" in html
        html = send(client, card(name), 0, 1, **session).content.decode()
    assert "That was the last of 2." in html
    assert all(schedule.state.is_new for schedule in Schedule.objects.all())
    assert key(ask(client)) == "c1"


def test_a_practice_goes_on_though_its_cards_fit_no_more(ada, client_of) -> None:
    client, session = client_of(ada), {"practise": "-forgotten:1"}
    html = ask(client, **session)
    for name in ("c1", "c2", "c3"):
        assert key(html) == name
        html = send(client, card(name), 0, 1, **session).content.decode()
    assert "That was the last of 1." in html


def test_studying_ahead_shows_what_comes_and_leaves_the_schedule_alone(ada, client_of) -> None:
    client, session = client_of(ada), {"practise": "due>0", "order": "due"}
    for name in ("c3", "c1", "c2"):
        send(client, card(name), 0)
    due = dict(Schedule.objects.values_list("card__key", "due_on"))
    html = ask(client, **session)
    assert key(html) == "c1"
    assert "<b>0</b> of <b>3</b> practised" in html
    assert answer(client, card("c1"), n=1, **session).content.decode().count("no change") == 4
    html = send(client, card("c1"), 1, 1, **session).content.decode()
    assert key(html) == "c2"
    assert dict(Schedule.objects.values_list("card__key", "due_on")) == due


def test_a_shuffled_practice_keeps_its_order(ada, client_of, clock) -> None:
    client, seen = client_of(ada), []
    html = ask(client, practise="prompt", order="shuffled")
    while name := key(html):
        seen.append(name)
        clock.tick(seconds=20)
        session = {
            field: value for field, value in fields(html).items() if field in {"practise", "order", "seed"}
        }
        assert key(answer(client, card(name), **session).content.decode()) == name
        html = send(client, card(name), 0, 3, **session).content.decode()
    assert sorted(seen) == ["c1", "c2", "c3"]


def test_undo_in_practice_steps_back_in_its_list(ada, client_of, clock) -> None:
    client, session = client_of(ada), {"practise": "prompt"}
    send(client, card("c1"), 0, 3, **session)
    clock.tick(seconds=9)
    html = send(client, card("c2"), 0, 3, **session).content.decode()
    assert key(html) == "c3"
    data = fields(html) | {"next": ""}  # which is the theme's form's
    html = client.post(reverse("cards:undo"), data, follow=True).content.decode()
    assert key(html) == "c2"
    assert "<b>1</b> of <b>3</b> practised" in html
    assert key(send(client, card("c2"), 2, 3, **session).content.decode()) == "c3"


def test_a_search_that_cannot_be_read_is_shown_as_the_search_page_does(client) -> None:
    response = client.get(reverse("cards:review"), {"practise": "is:dew & more"})
    assert response.url == "/search/?q=is%3Adew+%26+more"


def test_the_answer_box_may_be_off(ada, client_of: Callable[[Learner], Client]) -> None:
    client = client_of(ada)
    assert 'name="typed"' in ask(client)
    Learner.objects.update(has_answer_box=False)
    assert 'name="typed"' not in ask(client)
