"""Cards with clozes: asked part by part, answered, graded, written, searched for; without JavaScript."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import edit_card, make_card
from cards.actions.decks import make_deck
from cards.cardtext import clean
from cards.models import Card, Learner, StudyEvent
from tests.conftest import START

PROMPT = (
    "The {{c1::learning rate::two words}} says how far; {{c2::`lr_find`}} helps, in $\\frac{{c3::a}}{b}$."
)
GAP = re.compile(r'<mark class="(\w+)"><span class="unseen">([^<]+)</span>(.*?)</mark>')


@pytest.fixture
def card(ada: Learner, clock) -> Card:
    ada.enrolments.all().delete()
    deck = make_deck(owner=ada, name="Gaps", now=START)
    return make_card(deck=deck, author=ada, wording=clean(PROMPT, "Choose it well."), now=START, key="gap")


@pytest.fixture
def browser(ada, client_of) -> Client:
    return client_of(ada)


def session(html: str) -> str:
    return html[html.index('<div id="session"') : html.index("</main>")]


def fields(html: str, action: str) -> dict[str, str]:
    """What the form with that address sends, but for its buttons."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}".*?</form>', html, re.S)[0]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


def ask(browser: Client, **query: object) -> str:
    return session(browser.get(reverse("cards:review"), query).content.decode())


def reveal(browser: Client, html: str, card: Card, **more: object) -> str:
    url = reverse("cards:review_answer", args=[card.pk])
    return session(browser.get(url, fields(html, url) | more).content.decode())


def grade(browser: Client, html: str, grade: int) -> str:
    url = reverse("cards:grade")
    return session(browser.post(url, fields(html, url) | {"grade": grade}, follow=True).content.decode())


def test_a_part_is_asked_answered_and_graded_by_plain_forms(browser, ada, card) -> None:
    html = ask(browser)
    assert GAP.findall(html) == [("blank", "blank: ", "[two words]")]
    assert "learning rate" not in html
    assert "<code>lr_find</code>" in html
    answer = reveal(browser, html, card)
    assert GAP.findall(answer) == [("filled", "filled in: ", "learning rate")]
    assert "Choose it well." in answer
    done = grade(browser, answer, 3)
    assert "Done for today: 1 card" in done
    event = StudyEvent.objects.get()
    assert (event.card, event.part, event.number) == (card, 1, 1)


def test_each_part_has_its_day(browser, ada, card, clock) -> None:
    asked = []
    for day in range(6):
        clock.set(START + timedelta(days=day))
        html = ask(browser)
        if "Show answer" in html:
            asked.append(
                StudyEvent.objects.count()
                and fields(html, reverse("cards:review_answer", args=[card.pk]))["part"]
            )
            grade(browser, reveal(browser, html, card), 3)
    assert list(StudyEvent.objects.order_by("at").values_list("part", flat=True)) == [1, 1, 2, 2, 3, 3]


def test_the_formula_hides_its_part_alone(browser, ada, card) -> None:
    url = reverse("cards:review_answer", args=[card.pk])
    html = ask(browser, practise="deck:gaps", card=f"{card.pk}.3")
    assert '<span class="unseen">blank: </span><span class="whole"><math' in html
    assert "<mi>a</mi>" not in html
    assert "<mi>b</mi>" in html
    assert 'name="part" value="3"' in html
    assert '<span class="unseen">filled in: </span><span class="whole"><math' in session(
        browser.get(url, {"n": 0, "part": 3, "practise": "deck:gaps"}).content.decode()
    )


def test_practice_goes_through_all_parts_and_undo_comes_back_to_the_one(browser, ada, card) -> None:
    html = ask(browser, practise="deck:gaps")
    for part in (1, 2, 3):
        assert fields(html, reverse("cards:review_answer", args=[card.pk]))["part"] == str(part)
        assert f"<b>{part - 1}</b> of <b>3</b> practised" in html
        html = grade(browser, reveal(browser, html, card), 1)
    assert "That was the last of 3." in html
    undo = reverse("cards:undo")
    html = session(browser.post(undo, fields(html, undo), follow=True).content.decode())
    assert fields(html, reverse("cards:review_answer", args=[card.pk]))["part"] == "3"


def test_what_was_typed_is_compared_with_what_is_hidden(browser, ada, card) -> None:
    answer = reveal(browser, ask(browser), card, typed="learning speed")
    assert "learning <del>speed</del><ins>rate</ins>" in answer


def test_a_part_that_an_edit_took_away_is_said_so(browser, ada, card) -> None:
    html = ask(browser)
    edit_card(card=card, wording=clean("{{c2::x}} stays", ""), base_number=1, author=ada, now=START)
    shown = reveal(browser, html, card)
    assert "was changed while you looked at it" in shown
    assert 'name="part" value="2"' in shown
    url = reverse("cards:grade")
    form = {"card": card.pk, "part": 1, "n": 0, "grade": 3, "revision": 1}
    assert "was changed while you looked at it" in browser.post(url, form, follow=True).content.decode()
    assert not StudyEvent.objects.exists()


@pytest.mark.parametrize("part", ["-1", "31", "x", "9" * 20])
def test_a_part_that_is_none_is_no_error(browser, ada, card, part) -> None:
    url = reverse("cards:review_answer", args=[card.pk])
    assert browser.get(url, {"n": 0, "part": part}).status_code == 302
    assert (
        browser.post(reverse("cards:grade"), {"card": card.pk, "part": part, "n": 0, "grade": 3}).status_code
        == 200
    )
    assert browser.get(reverse("cards:review"), {"card": f"{card.pk}.{part}"}).status_code in {200, 404}
    assert not StudyEvent.objects.exists()


def test_lists_titles_and_searches_show_gaps(browser, ada, card) -> None:
    for page in (
        card.deck.get_absolute_url(),
        f"{reverse('cards:search')}?q=deck:gaps",
        card.get_absolute_url(),
    ):
        html = browser.get(page).content.decode()
        assert "[two words] says how far" in html
    assert "<title>The [two words] says how far; […] helps, in \\frac[…]{b}." in html
    found = browser.get(reverse("cards:search"), {"q": '"learning rate"'}).content.decode()
    assert card.get_absolute_url() in found


def test_the_cards_page_shows_it_filled_in_below(browser, ada, card) -> None:
    html = browser.get(card.get_absolute_url()).content.decode()
    kinds = [kind for kind, _, _ in GAP.findall(html)]
    assert kinds == ["blank", "blank", "filled", "filled"]
    assert "needs an answer" not in html


def test_the_editor_offers_previews_and_refuses(browser, ada, card) -> None:
    page = browser.get(reverse("cards:card_new", args=[card.deck_id])).content.decode()
    assert "{{c1::" in unescape(page)
    preview = reverse("cards:card_preview")
    shown = browser.post(preview, {"prompt": "A {{c1::gap}}."}).content.decode()
    assert [kind for kind, _, _ in GAP.findall(shown)] == ["blank", "filled"]
    for prompt, said in (
        ("{{c1::a {{c2::b}}}}", "in no other cloze"),
        ("{{c1::" * 1_600, "in no other cloze"),
        ("{{c1::a", "not closed in its paragraph"),
        ("{{c99::a}}", "from 1 to 30"),
    ):
        refused = browser.post(preview, {"prompt": prompt})
        assert refused.status_code == 422
        assert said in refused.content.decode()
        written = browser.post(
            reverse("cards:card_new", args=[card.deck_id]), {"prompt": prompt, "act": "save"}
        )
        assert written.status_code == 422
        assert said in written.content.decode()
    assert Card.objects.filter(deck=card.deck).count() == 1


def test_the_setting_has_all_parts_on_one_day(browser, ada, card) -> None:
    url = reverse("cards:settings")
    page = browser.get(url).content.decode()
    assert "Ask all gaps of a card on one day" in page
    form = browser.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    browser.post(
        url,
        {name: value for name, value in data.items() if value not in (None, False)} | {"has_siblings": "on"},
    )
    ada.refresh_from_db()
    assert ada.has_siblings
    html = ask(browser)
    for _part in (1, 2, 3):
        html = grade(browser, reveal(browser, html, card), 3)
    assert "Done for today: 3 cards" in html


def test_a_skip_beside_the_answer_is_of_the_whole_card(browser, ada, card) -> None:
    html = reveal(browser, ask(browser), card)
    url = reverse("cards:card_act")
    done = session(browser.post(url, fields(html, url) | {"act": "skip"}, follow=True).content.decode())
    assert "Nothing is due today" in done
    assert set(StudyEvent.objects.values_list("part", flat=True)) == {1, 2, 3}


def test_a_guest_who_is_not_known_yet_sees_the_first_part(client, deck, clock) -> None:
    Card.objects.all().delete()
    card = make_card(deck=deck, author=None, wording=clean(PROMPT, ""), now=START)
    html = session(client.get(reverse("cards:review")).content.decode())
    assert GAP.findall(html) == [("blank", "blank: ", "[two words]")]
    grade(client, reveal(client, html, card), 3)
    assert StudyEvent.objects.get().part == 1


def test_statistics_name_the_parts(browser, ada, card) -> None:
    grade(browser, reveal(browser, ask(browser), card), 3)
    html = browser.get(reverse("cards:card_statistics", args=[card.pk])).content.decode()
    assert "part 1" in html


def test_a_questionnaire_with_clozes_makes_such_cards(browser, ada, card) -> None:
    text = "Gaps\n\nA loss is a {{c1::number}}.\n\nMore of it.\n\nThe {{c1::exp}} comes {{c2::first}}."
    page = browser.post(reverse("cards:questionnaire_read"), {"text": text}).content.decode()
    assert page.count('<mark class="filled">') == 3
    assert "Needs an answer" not in page
