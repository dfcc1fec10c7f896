"""A questionnaire becomes a deck: pasted or uploaded, read, corrected, made. As a browser without JavaScript."""

import re
import threading
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards.actions.decks import archive_deck
from cards.markup import plain
from cards.models import Card, Deck, Enrolment, Learner, Revision, StudyEvent
from tests.conftest import START, Clock
from tests.views.hostile import HOSTILE, Faults
from tests.views.plain_browser import Forms, press

START_PAGE, READ, MAKE = "/questionnaires/", "/questionnaires/read/", "/questionnaires/make/"
FIXTURE = Path(__file__).parents[1] / "exchange" / "questionnaire.txt"
NOTES = """On tensors

What is a tensor?

An array of numbers.

It has any number of dimensions.

Explain broadcasting.
"""


@pytest.fixture(autouse=True)
def _world(deck: Deck, clock: Clock) -> None:
    pass


@pytest.fixture
def browser() -> Client:
    """Somebody unknown, who must hold the form's token."""
    return Client(enforce_csrf_checks=True)


def paste(browser: Client, text: str) -> HttpResponse:
    return press(browser, browser.get(START_PAGE), "Read it", text=text)


def upload(browser: Client, data: bytes, name: str = "notes.txt") -> HttpResponse:
    return press(browser, browser.get(START_PAGE), "Read it", file=SimpleUploadedFile(name, data))


def make(browser: Client, page: HttpResponse, **changes: str) -> HttpResponse:
    return press(browser, page, "Make the deck", **changes)


def roles(page: HttpResponse) -> str:
    """The first letters of the roles that are chosen on the page."""
    [form] = [form for form in Forms(page.content.decode()).forms if "Make the deck" in form.buttons]
    return "".join(role[0] for name, role in form.fields.items() if name.startswith("role-"))


def drafts(page: HttpResponse) -> list[tuple[str, str]]:
    """Prompt and answer of each card as the page shows it will be."""
    found = re.findall(
        r'<article class="draft">.*?</b>(.*?)</div>\s*(?:<div class="content soft">(.*?)</div>|<p class="note warm">)',
        page.content.decode(),
        re.DOTALL,
    )
    return [(words(prompt), words(answer)) for prompt, answer in found]


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def text_of(page: HttpResponse) -> str:
    return words(page.content.decode())


def made() -> list[Deck]:
    return list(Deck.objects.exclude(name="Shared deck").order_by("pk"))


def assert_nothing_was_made(browser: Client) -> None:
    assert made() == []
    assert Card.objects.count() == Revision.objects.count() == 3
    assert not Learner.objects.exists()
    assert "sessionid" not in browser.cookies


# --- what was read --------------------------------------------------------------------------------------------------


def test_it_shows_what_was_read_paragraph_by_paragraph(browser) -> None:
    page = paste(browser, NOTES)
    html = page.content.decode()
    assert roles(page) == "hpacp"
    shown = re.findall(r'<li class="is-(\w+)">.*?<p>(.*?)</p>', html, re.DOTALL)
    assert shown == [
        ("heading", "On tensors"),
        ("prompt", "What is a tensor?"),
        ("answer", "An array of numbers."),
        ("continuation", "It has any number of dimensions."),
        ("prompt", "Explain broadcasting."),
    ]
    assert set(re.findall(r'<option value="(\w+)"', html)) == {
        "prompt", "answer", "continuation", "heading", "ignore",
    }  # fmt: skip
    assert "2 cards, 1 of them needs an answer." in text_of(page)
    assert 'value="On tensors"' in html
    assert_nothing_was_made(browser)


def test_every_select_has_its_label(browser) -> None:
    html = paste(browser, NOTES).content.decode()
    assert re.findall(r'<label for="id_role-(\d)">Paragraph \1 is</label>', html) == list("12345")


def test_an_uploaded_file_is_read_alike(browser) -> None:
    pasted, uploaded = paste(browser, NOTES), upload(browser, NOTES.encode())
    assert roles(uploaded) == roles(pasted)
    assert "was read as" not in text_of(uploaded)


def test_a_file_wins_over_what_was_pasted(browser) -> None:
    page = browser.get(START_PAGE)
    file = SimpleUploadedFile("notes.txt", b"Why a file?")
    page = press(browser, page, "Read it", text="Why a text?", file=file)
    assert "Why a file?" in page.content.decode()
    assert "Why a text?" not in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "expected", "cards"),
    [
        ({"role-4": "prompt"}, "hpapp", [("What is a tensor?", "An array of numbers."),
                                         ("It has any number of dimensions.", ""), ("Explain broadcasting.", "")]),
        ({"role-5": "answer"}, "hpaca", [("What is a tensor?", "An array of numbers.\n\nIt has any number of "
                                          "dimensions.\n\nExplain broadcasting.")]),
        ({"role-3": "continuation", "role-4": "answer"}, "hpcap",
         [("What is a tensor?\n\nAn array of numbers.", "It has any number of dimensions."),
          ("Explain broadcasting.", "")]),
        ({"role-4": "heading", "role-1": "ignore"}, "ipahp",
         [("What is a tensor?", "An array of numbers."), ("Explain broadcasting.", "")]),
        ({"role-4": "ignore"}, "hpaip", [("What is a tensor?", "An array of numbers."), ("Explain broadcasting.", "")]),
    ],
)  # fmt: skip
def test_each_role_can_be_switched_and_the_deck_follows(browser, changes, expected, cards) -> None:
    page = press(browser, paste(browser, NOTES), "Read it again so", **changes)
    assert roles(page) == expected
    assert_nothing_was_made(browser)
    make(browser, page)
    [deck] = made()
    assert list(deck.cards.values_list("prompt", "answer")) == cards


# One paragraph of each role, read so: heading, prompt, answer, continuation, ignore, heading, prompt.
ALL_ROLES = "Tensors\n\nWhat is one?\n\nAn array.\n\nOf any rank.\n\n***\n\nShapes\n\nExplain them.\n"
LAST = ("Explain them.", "", "Shapes")
# What each of the paragraphs 2 to 6 gives in each other role: prompt, answer and tag of every card.
SWITCHES = {
    # The prompt: what followed it answers nothing.
    (2, "answer"): [LAST],
    (2, "continuation"): [LAST],
    (2, "heading"): [LAST],
    (2, "ignore"): [LAST],
    # The answer: what continued it goes where the prompt is, or where none is any more, nowhere.
    (3, "prompt"): [("What is one?", "", ""), ("An array. Of any rank.", "", ""), LAST],
    (3, "continuation"): [("What is one? An array. Of any rank.", "", ""), LAST],
    (3, "heading"): [("What is one?", "", ""), LAST],
    (3, "ignore"): [("What is one? Of any rank.", "", ""), LAST],
    # The continuation, which is as good as a second answer.
    (4, "prompt"): [("What is one?", "An array.", ""), ("Of any rank.", "", ""), LAST],
    (4, "answer"): [("What is one?", "An array. Of any rank.", ""), LAST],
    (4, "heading"): [("What is one?", "An array.", ""), LAST],
    (4, "ignore"): [("What is one?", "An array.", ""), LAST],
    # What was ignored.
    (5, "prompt"): [("What is one?", "An array. Of any rank.", ""), ("***", "", ""), LAST],
    (5, "answer"): [("What is one?", "An array. Of any rank. ***", ""), LAST],
    (5, "continuation"): [("What is one?", "An array. Of any rank. ***", ""), LAST],
    (5, "heading"): [("What is one?", "An array. Of any rank.", ""), LAST],
    # The heading, whose tag goes with it.
    (6, "prompt"): [
        ("What is one?", "An array. Of any rank.", ""),
        ("Shapes", "", ""),
        ("Explain them.", "", ""),
    ],
    (6, "answer"): [("What is one?", "An array. Of any rank. Shapes", ""), ("Explain them.", "", "")],
    (6, "continuation"): [("What is one?", "An array. Of any rank. Shapes", ""), ("Explain them.", "", "")],
    (6, "ignore"): [("What is one?", "An array. Of any rank.", ""), ("Explain them.", "", "")],
}


@pytest.mark.parametrize(("number", "role"), SWITCHES)
def test_each_role_switched_to_each_other_gives_other_cards(browser, number: int, role: str) -> None:
    cards = SWITCHES[number, role]
    page = paste(browser, ALL_ROLES)
    assert roles(page) == "hpacihp"
    page = press(browser, page, "Read it again so", **{f"role-{number}": role})
    assert roles(page) == "hpacihp"[: number - 1] + role[0] + "hpacihp"[number:]
    assert drafts(page) == [(prompt, answer) for prompt, answer, _ in cards]
    make(browser, page)
    [deck] = made()
    assert [
        (plain(card.prompt), plain(card.answer), card.details.removeprefix("tags: "))
        for card in deck.cards.all()
    ] == cards


def test_no_switch_is_left_out() -> None:
    read = dict(zip(range(2, 7), ("prompt", "answer", "continuation", "ignore", "heading"), strict=True))
    assert SWITCHES.keys() == {
        (number, role) for number in read for role in read.values() if role != read[number]
    }


def test_what_is_switched_counts_without_reading_it_again(browser) -> None:
    make(browser, paste(browser, NOTES), **{"role-5": "ignore"})
    [deck] = made()
    assert [card.prompt for card in deck.cards.all()] == ["What is a tensor?"]


def test_it_shows_the_cards_as_they_will_be(browser) -> None:
    page = paste(browser, "What does `relu` do?\n\n1. It keeps x > 0\n2. and drops the rest")
    html = page.content.decode()
    assert "<code>relu</code>" in html
    assert "<li>It keeps x &gt; 0</li>" in html


def test_a_text_without_a_prompt_can_be_given_one(browser) -> None:
    page = paste(browser, "Tensors.\n\nArrays of numbers.")
    assert page.status_code == 200
    assert "No prompt was found." in text_of(page)
    page = press(browser, page, "Read it again so", **{"role-1": "prompt", "role-2": "answer"})
    assert "No prompt was found." not in text_of(page)
    make(browser, page)
    assert Card.objects.get(deck__in=made()).answer == "Arrays of numbers."


# --- the deck -------------------------------------------------------------------------------------------------------


def test_the_deck_is_made_with_a_guest_who_studies_it(browser) -> None:
    page = paste(browser, NOTES)
    browser.cookies["time_zone"] = "Asia%2FTokyo"
    response = make(browser, page)
    [deck] = made()
    assert (response.status_code, response.url) == (302, deck.get_absolute_url())
    guest = Learner.objects.get()
    assert (guest.is_guest, guest.time_zone) == (True, "Asia/Tokyo")
    assert (deck.owner, deck.name, deck.is_public, deck.created_at) == (guest, "On tensors", False, START)
    assert Enrolment.objects.filter(learner=guest, deck=deck).exists()
    assert [card.position for card in deck.cards.all()] == [0, 1]
    revisions = Revision.objects.filter(card__deck=deck)
    assert [(one.number, one.source, one.author, one.created_at) for one in revisions] == [
        (1, "imported", guest, START)
    ] * 2
    assert [one.wording for one in revisions.order_by("card")] == [card.wording for card in deck.cards.all()]
    assert "The deck has 2 cards. 1 needs an answer." in text_of(browser.get(response.url))


def test_an_account_makes_it_as_itself(client_of, ada) -> None:
    browser = client_of(ada)
    make(browser, paste(browser, NOTES))
    assert [deck.owner for deck in made()] == [ada]
    assert Learner.objects.count() == 1


def test_its_cards_come_up_in_the_review(client_of, ada) -> None:
    Enrolment.objects.all().delete()
    browser = client_of(ada)
    make(browser, paste(browser, NOTES))
    page = browser.get("/review/")
    assert "What is a tensor?" in page.content.decode()
    card = Card.objects.get(prompt="What is a tensor?")
    browser.post("/review/grade/", {"card": card.pk, "part": 0, "n": 0, "grade": 3})
    assert StudyEvent.objects.get().card == card


@pytest.mark.parametrize(
    ("text", "typed", "name"),
    [
        (NOTES, "  Mine  ", "Mine"),
        (NOTES, "", "On tensors"),
        ("Why?\n\nSo.", "", "My questionnaire"),
        ("Why?\n\nSo.", "n" * 200, "n" * 200),
    ],
)
def test_it_has_the_name_that_was_typed_else_its_title(browser, text, typed, name) -> None:
    make(browser, paste(browser, text), name=typed)
    assert [deck.name for deck in made()] == [name]


def test_a_long_title_is_cut_to_a_name(browser) -> None:
    make(browser, paste(browser, "x" * 250 + "\n\nWhy?"), **{"role-1": "heading", "name": ""})
    assert [deck.name for deck in made()] == ["x" * 200]


def test_the_fixture_gives_23_cards_of_which_2_need_an_answer(browser) -> None:
    page = upload(browser, FIXTURE.read_bytes())
    assert "23 cards, 2 of them need an answer." in text_of(page)
    response = make(browser, page)
    [deck] = made()
    assert (deck.cards.count(), deck.cards.needing_an_answer().count()) == (23, 2)
    assert "The deck has 23 cards. 2 need an answer." in text_of(browser.get(response.url))


def test_what_was_read_of_a_large_file_fits_into_the_form_that_makes_it(browser) -> None:
    """1.9 MB of Cyrillic in UTF-16: percent-encoded it would be more than a form may have."""
    text = "\n\n".join(f"Почему {number}?\n\n{'нет' * 14_000}" for number in range(22))
    data = text.encode("utf-16")
    assert 1_800_000 < len(data) < 2_000_000
    page = upload(browser, data)
    assert make(browser, page).status_code == 302
    assert Card.objects.filter(deck__in=made()).count() == 22


# --- a double click -------------------------------------------------------------------------------------------------


def test_a_double_click_makes_one_deck(browser) -> None:
    page = paste(browser, NOTES)
    first, second = make(browser, page), make(browser, page)
    assert first.url == second.url
    assert len(made()) == 1
    assert Card.objects.filter(deck__in=made()).count() == 2
    assert "The deck has 2 cards." in text_of(browser.get(second.url))


@pytest.mark.django_db(transaction=True)
def test_both_halves_at_once_make_one_deck_of_one_guest(browser) -> None:
    """Two requests in flight: neither knows of the other's session, guest or deck."""
    page = paste(browser, NOTES)
    answers: list[str] = []
    barrier = threading.Barrier(8)

    def click() -> None:
        half = Client(enforce_csrf_checks=True)
        half.cookies["csrftoken"] = browser.cookies["csrftoken"].value
        try:
            barrier.wait(30)
            answers.append(make(half, page).url)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    [deck] = made()
    assert answers == [deck.get_absolute_url()] * 8
    assert Learner.objects.count() == 1
    assert deck.cards.count() == 2


def test_the_same_text_read_otherwise_is_another_deck(browser) -> None:
    page = paste(browser, NOTES)
    make(browser, page)
    make(browser, page, **{"role-5": "ignore"})
    make(browser, page, name="Another name")
    assert [(deck.name, deck.cards.count()) for deck in made()] == [
        ("On tensors", 2),
        ("On tensors", 1),
        ("Another name", 2),
    ]


def test_a_deck_that_was_changed_or_put_away_is_made_anew(browser) -> None:
    page = paste(browser, NOTES)
    make(browser, page)
    Card.objects.filter(prompt="Explain broadcasting.").update(answer="Stretching without copying.")
    make(browser, page)
    archive_deck(deck=made()[1], now=START)
    make(browser, page)
    assert len(made()) == 3


def test_a_stranger_gets_a_deck_of_their_own(client_of, ada, bob) -> None:
    for learner in (ada, bob):
        browser = client_of(learner)
        make(browser, paste(browser, NOTES))
    assert [deck.owner for deck in made()] == [ada, bob]


# --- bad input ------------------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "The submitted file is empty."),
        (b" \n\n \n", "nothing but blank lines"),
        (PNG, "a PNG picture"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (bytes(range(256)) * 40, "not plain text"),
        (b"Why?\n\nBecause\x07 so.", "line 3 holds the control character 0x07"),
        (b"x" * 50_000_000, "has 50 MB. The most that can be read is 2 MB."),
        (b"x" * 2_000_001, "has 2.1 MB. The most that can be read is 2 MB."),
        (b"Why?\n\n" * 5_000, "has 5,000 paragraphs; at most 2,000 can be read. Divide it."),
        (b"Why?\n\n" + b"x" * 50_001, "Paragraph 2 has 50,001 characters; at most 50,000 fit on a card."),
        ("Ťažké.".encode("cp1250"), "encoding is unsure: it may be"),
    ],
    ids=["empty", "blank", "png", "pdf", "binary", "bell", "50 MB", "2.1 MB", "5,000 paragraphs", "long", "unsure"],
)  # fmt: skip
def test_a_bad_file_gets_a_clear_error_and_changes_nothing(browser, data, complaint) -> None:
    page = upload(browser, data)
    html = page.content.decode()
    assert page.status_code == 422
    assert re.search(rf'<ul class="errorlist" id="id_file_error"><li>[^<]*{re.escape(complaint)}', html)
    assert re.search(r'<input type="file"[^>]*aria-invalid="true"', html)
    assert_nothing_was_made(browser)
    form = Forms(html).forms[0]
    token = form.fields["csrfmiddlewaretoken"]
    file = SimpleUploadedFile("notes.txt", data)
    again = browser.post(MAKE, {"csrfmiddlewaretoken": token, "file": file})
    assert (again.status_code, complaint in again.content.decode()) == (422, True)
    assert_nothing_was_made(browser)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Paste a text, or choose a file."),
        (" \n\t\n ", "Paste a text, or choose a file."),
        ("Why?\n\nSo\x00.", "Null characters are not allowed."),
        ("Why?\n\n" * 5_000, "has 5,000 paragraphs; at most 2,000 can be read. Divide it."),
        ("Why?\n\n" + "x" * 50_001, "Paragraph 2 has 50,001 characters; at most 50,000 fit on a card."),
    ],
    ids=["empty", "blank", "NUL", "5,000 paragraphs", "long"],
)
def test_a_bad_text_gets_a_clear_error_and_stays_in_its_box(browser, text, complaint) -> None:
    page = paste(browser, text)
    assert page.status_code == 422
    assert complaint in text_of(page)
    [form] = [form for form in Forms(page.content.decode()).forms if "Read it" in form.buttons]
    assert form.fields["text"].split() == text.split()
    assert_nothing_was_made(browser)
    again = browser.post(MAKE, {"csrfmiddlewaretoken": form.fields["csrfmiddlewaretoken"], "text": text})
    assert (again.status_code, complaint in text_of(again)) == (422, True)
    assert_nothing_was_made(browser)


def test_more_text_than_a_form_takes_is_refused_with_a_page(browser) -> None:
    page = paste(browser, "Why so long? " * 500_000)
    assert page.status_code == 400
    assert "5 MB of text at most" in text_of(page)
    assert "Nothing was written." in text_of(page)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert_nothing_was_made(browser)


def test_a_prompt_that_no_card_can_hold_is_named_when_the_deck_is_made(browser) -> None:
    page = make(browser, paste(browser, "Why?\n\nSo.\n\n" + "why " * 2_501 + "?"))
    assert page.status_code == 422
    assert "Card 2: The prompt has 10,005 characters; at most 10,000 fit. Shorten it." in text_of(page)
    assert roles(page) == "pap"
    assert_nothing_was_made(browser)


def test_no_deck_is_made_without_a_prompt(browser) -> None:
    page = make(browser, paste(browser, "Tensors.\n\nArrays of numbers."))
    assert page.status_code == 422
    assert "No prompt was found." in text_of(page)
    assert_nothing_was_made(browser)


def test_a_role_that_is_none_makes_nothing(browser) -> None:
    page = paste(browser, NOTES)
    response = make(browser, page, **{"role-3": "owner"})
    assert response.status_code == 422
    assert "A role could not be read. Nothing was made." in text_of(response)
    assert roles(response) == "hpacp"
    assert roles(press(browser, page, "Read it again so", **{"role-3": "owner"})) == "hpacp"
    assert_nothing_was_made(browser)


def test_a_name_that_is_too_long_makes_nothing(browser) -> None:
    page = make(browser, paste(browser, NOTES), name="n" * 201)
    assert page.status_code == 422
    assert "at most 200 characters" in text_of(page)
    assert "What is a tensor?" in page.content.decode()
    assert_nothing_was_made(browser)


def test_more_fields_than_paragraphs_can_be_are_refused(browser) -> None:
    token = Forms(browser.get(START_PAGE).content.decode()).forms[0].fields["csrfmiddlewaretoken"]
    data = {f"role-{number}": "prompt" for number in range(5_001)}
    response = browser.post(MAKE, {"csrfmiddlewaretoken": token, "text": NOTES} | data)
    assert response.status_code == 400
    assert_nothing_was_made(browser)


@pytest.mark.parametrize("path", [READ, MAKE])
def test_what_writes_or_reads_a_form_is_no_address_to_open(browser, path) -> None:
    assert browser.get(path).status_code == 405


# --- other encodings ------------------------------------------------------------------------------------------------

RUSSIAN = (
    "Что такое тензор и зачем он нужен?\n\n"
    "Это массив чисел, у которого может быть сколько угодно измерений. Число само по себе является тензором без "
    "измерений, список чисел имеет одно измерение, а таблица два. Почти всё, что мы делаем при обучении, состоит "
    "из умножения таблиц и сложения их строк.\n"
)
FRENCH = "Qu’est-ce qu’un tenseur ?\n\nUn tableau de nombres, à plusieurs dimensions, très général.\n"


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (FRENCH, "cp1252", "windows-1252"),
        (FRENCH, "utf-16", "utf-16-le"),
        (FRENCH, "utf-16-be", "utf-16-be"),
    ],
)
def test_another_encoding_is_recognised_and_said(browser, text, encoding, said) -> None:
    page = upload(browser, text.encode(encoding))
    assert f"The file was read as {said}." in text_of(page)
    make(browser, page)
    [card] = Card.objects.filter(deck__in=made())
    assert f"{card.prompt}\n\n{card.answer}\n" == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_usual_encoding_is_not_worth_a_word(browser, encoding) -> None:
    assert "was read as" not in text_of(upload(browser, RUSSIAN.encode(encoding)))


# --- hostile text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["prompt", "answer", "heading", "ignore"])
def test_hostile_text_acts_on_no_page(browser, role) -> None:
    page = paste(browser, f"Why?\n\n{HOSTILE}")
    assert page.status_code == 200
    fields = Forms(page.content.decode()).forms[0].fields
    switched = {name: role for name in fields if name.startswith("role-") and name != "role-1"}
    page = press(browser, page, "Read it again so", **switched, name='"><script>alert(1)</script>')
    response = make(browser, page)
    [deck] = made()
    pages = [page, browser.get(response.url), browser.get("/decks/")]
    pages += [browser.get(card.get_absolute_url()) for card in deck.cards.all()[:40]]
    for shown in pages:
        assert shown.status_code == 200
        assert Faults(shown.content.decode()).faults == []


def test_a_text_cannot_leave_its_box(browser) -> None:
    page = paste(browser, "</textarea><script>alert(1)</script>?\n\n</textarea><img src=x onerror=alert(1)>")
    [form] = [form for form in Forms(page.content.decode()).forms if "Make the deck" in form.buttons]
    assert form.fields["text"].startswith("</textarea><script>")
    make(browser, page)
    [card] = Card.objects.filter(deck__in=made())
    assert "onerror" in card.answer  # kept as text: nothing is lost


def test_a_form_without_its_token_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    for path in (READ, MAKE):
        assert browser.post(path, {"text": NOTES}).status_code == 403
    assert_nothing_was_made(browser)


# --- queries --------------------------------------------------------------------------------------------------------


def count(browser: Client, path: str, cards: int) -> int:
    text = "\n\n".join(f"Why is it {number}?\n\nSo." for number in range(cards))
    token = Forms(browser.get(START_PAGE).content.decode()).forms[0].fields["csrfmiddlewaretoken"]
    with CaptureQueriesContext(connection) as queries:
        response = browser.post(path, {"csrfmiddlewaretoken": token, "text": text, "name": f"{cards}"})
    assert response.status_code < 400
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in queries)


def test_its_queries_do_not_grow_with_the_cards(client_of, ada) -> None:
    browser = client_of(ada)
    assert count(browser, READ, 70) == count(browser, READ, 3) <= 3
    assert count(browser, MAKE, 70) == count(browser, MAKE, 3) <= 12
    # SQLite takes some hundred values in one statement, hence about seventy cards.
    assert count(browser, MAKE, 990) <= count(browser, MAKE, 4) + 25
