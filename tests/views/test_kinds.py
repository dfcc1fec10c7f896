"""Cards that are done: a typed answer and a choice in the review, checked, with a grade suggested."""

import math
import re
import time
from html import escape, unescape

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import edit_card, make_card
from cards.cardtext import clean
from cards.models import Card, StudyEvent
from cards.templatetags.card_text import written
from tests.conftest import START

CHOICE = """Which takes no logarithm?

- [ ] `log_softmax`
  > It is *the* logarithm of softmax.
- [x] `nll_loss`
- [ ] `cross_entropy`"""
SEVERAL = "Which are optimisers?\n\n- [x] Adam\n- [x] SGD\n- [ ] Softmax\n- [ ] Dropout"


@pytest.fixture
def make(deck, clock):
    def make(prompt: str, details: str = "", answer: str = "So it is.") -> Card:
        return make_card(deck=deck, author=None, wording=clean(prompt, answer, details), now=START)

    return make


def ask(client: Client, card: Card) -> str:
    """The card's prompt, as a search for it lets one practise it."""
    return client.get(reverse("cards:review"), {"practise": "Which", "card": card.pk}).content.decode()


def answer(client: Client, card: Card, **given: object):
    url = reverse("cards:review_answer", args=[card.pk])
    return client.post(url, {"n": 0, "asked": 7, "practise": "Which", **given})


def shown(html: str) -> list[str]:
    """The choices in their order, without markup."""
    labels = re.findall(r'<label><input type="\w+" name="chosen".*?</label>', html, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", label)).strip().rstrip("0123456789").strip() for label in labels]


def suggested(html: str) -> list[str]:
    return re.findall(r'class="grade usual" name="grade" value="(\d)"', html)


def verdict(html: str) -> str:
    found = re.search(r'role="status" id="verdict"><b>([^<]+)</b>', html)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("typed", "says", "grade"),
    [("NLL-loss", "Right.", "3"), ("nll_los", "Nearly.", "2"), ("softmax", "Not quite.", "1"), ("", "", "3")],
)
def test_a_typed_answer_is_checked_and_suggests_a_grade(client, make, typed, says, grade) -> None:
    card = make("Which takes no logarithm?", "accept: nll_loss")
    assert 'method="post"' in ask(client, card).split('id="typed"')[0].split('class="prompt')[1]
    html = answer(client, card, typed=typed).content.decode()
    assert (verdict(html), suggested(html)) == (says, [grade])
    assert "So it is." in html
    assert "Accepted:" in html


def test_the_difference_is_shown_word_by_word_with_the_nearest_accepted_answer(client, make) -> None:
    card = make("Which?", "accept: negative log likelihood")
    html = answer(client, card, typed="negative <b> likelihood").content.decode()
    assert "negative <del>&lt;b&gt;</del><ins>log</ins> likelihood" in html


@pytest.mark.parametrize("letters", [4_001, 1_000_000])
def test_a_text_too_long_is_said_so_and_is_still_there(client, make, letters) -> None:
    card = make("Which?", "accept: a")
    typed = "<&>" + "x" * (letters - 3)
    html = answer(client, card, typed=typed).content.decode()
    assert f"has {letters} characters; at most 4000 fit" in html.replace(",", "")
    assert typed in unescape(html)
    assert "So it is." not in html


def test_choices_are_shuffled_anew_each_time_and_the_prompt_says_none_is_right(client, make, clock) -> None:
    card = make(CHOICE)
    orders = set()
    for _ in range(20):
        html = ask(client, card)
        orders.add(tuple(shown(html)))
        clock.tick(seconds=1)
    assert len(orders) > 2
    assert {frozenset(each) for each in orders} == {frozenset({"log_softmax", "nll_loss", "cross_entropy"})}
    for secret in ("[x]", "the</em> logarithm", "✓"):
        assert secret not in html


def take(client: Client, card: Card, *texts: str) -> str:
    """The answer's page after the choices of those texts were taken, in the order in which they were shown."""
    html = ask(client, card)
    shuffle = re.search(r'name="shuffle" value="(\d+)"', html)
    places = [shown(html).index(text) for text in texts]
    return answer(client, card, chosen=places, shuffle=shuffle[1]).content.decode()


@pytest.mark.parametrize(
    ("prompt", "taken", "says", "grade"),
    [
        (CHOICE, ["nll_loss"], "Right.", "3"),
        (CHOICE, ["log_softmax"], "Not quite.", "1"),
        (CHOICE, [], "", "3"),
        (SEVERAL, ["Adam", "SGD"], "Right.", "3"),
        (SEVERAL, ["Adam"], "Nearly.", "2"),
        (SEVERAL, ["Adam", "Softmax"], "Not quite.", "1"),
    ],
)
def test_what_is_chosen_is_checked_in_the_order_shown(client, make, prompt, taken, says, grade) -> None:
    html = take(client, make(prompt), *taken)
    assert (verdict(html), suggested(html)) == (says, [grade])


def test_a_wrong_choice_has_its_own_feedback_and_each_is_marked_in_words(client, make) -> None:
    card = make(CHOICE)
    html = take(client, card, "log_softmax")
    assert "It is <em>the</em> logarithm of softmax." in html
    assert "wrong, and you took it" in html
    assert "It is <em>the</em> logarithm" not in take(client, card, "cross_entropy")
    assert "right, and you took it" in take(client, card, "nll_loss")


def test_one_right_choice_is_a_radio_and_several_are_boxes(client, make) -> None:
    assert 'type="radio"' in ask(client, make(CHOICE))
    html = ask(client, make(SEVERAL))
    assert 'type="checkbox"' in html
    assert "Choose all that are right" in html


@pytest.mark.parametrize("chosen", ["x", "99", "-1", "1e9"])
def test_what_is_no_choice_is_taken_for_none(client, make, chosen) -> None:
    response = answer(client, make(CHOICE), chosen=chosen)
    assert response.status_code == 302


def test_nothing_is_written_before_the_grade(client, make) -> None:
    card = make(CHOICE)
    take(client, card, "nll_loss")
    assert not StudyEvent.objects.exists()
    data = {"card": card.pk, "part": 0, "n": 0, "grade": 1, "practise": "Which"}
    client.post(reverse("cards:grade"), data)
    assert StudyEvent.objects.get().grade == 1


def test_the_cards_page_and_the_editors_preview_show_what_is_right(client, make) -> None:
    card = make(CHOICE)
    pages = [
        client.get(card.get_absolute_url()).content.decode(),
        client.post(
            reverse("cards:card_preview"),
            {"prompt": CHOICE, "answer": "So.", "details": "accept: `nll_loss`"},
        ).content.decode(),
    ]
    for html in pages:
        assert "It is <em>the</em> logarithm of softmax." in html
        assert "[x]" not in html
    assert "Accepted:" in pages[1]
    assert str(card) == "Which takes no logarithm?"


def test_what_was_typed_is_checked_again_where_the_card_was_reworded_meanwhile(client, make) -> None:
    card = make("Which?", "accept: nll_loss")
    html = answer(client, card, typed="nll").content.decode()
    given = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html.split('id="grade"')[1])
    )
    edit_card(
        card=card, wording=clean("Which?", "Other.", "accept: nll"), base_number=1, author=None, now=START
    )
    html = client.post(reverse("cards:grade"), given | {"grade": 1}, HTTP_HX_REQUEST="true").content.decode()
    assert (verdict(html), suggested(html)) == ("Right.", ["3"])
    assert not StudyEvent.objects.exists()


# --- worksheets -------------------------------------------------------------------------------------------------------

BEARS = """Which softmax?

```worksheet
| class | activation | exp | softmax |
| teddy | 0.02 ~ -3..3 | ?=exp(B2) | ?=C2/sum(C2:C3) |
| brown | 1.25 ~ -3..3 | ?=exp(B3) | ?=C3/sum(C2:C3) |
hint: The **exponential** first.
```"""
RIGHT = {"cell-C2": "1.0202", "cell-C3": "=exp(B3)", "cell-D2": "=C2/(C2+C3)", "cell-D3": "0.7738"}


def check(client: Client, card: Card, **given: object) -> str:
    return answer(client, card, act="check", **given).content.decode()


def test_a_worksheet_right_at_once_suggests_good(client, make) -> None:
    card = make(BEARS)
    assert ask(client, card).count("data-cell") == 4
    html = check(client, card, **RIGHT)
    assert (verdict(html), suggested(html)) == ("Right.", ["3"])
    assert "So it is." in html


def test_after_the_first_try_each_cell_is_marked_with_a_hint_and_all_is_still_there(client, make) -> None:
    card = make(BEARS)
    html = check(client, card, **RIGHT | {"cell-C2": "2", "cell-D3": "=C9"})
    assert "So it is." not in html
    assert "The <strong>exponential</strong> first." in html
    assert "3 cells are not right yet." in html  # D2 is computed from C2
    for text in (
        'value="=exp(B3)"',
        'value="=C9"',
        "C9 has no number.",
        "not yet (0.3643)",
        'name="tries" value="1"',
    ):
        assert text in html, text
    html = check(client, card, tries=1, **RIGHT)
    assert (verdict(html), suggested(html)) == ("Nearly.", ["2"])


def test_after_the_second_try_the_working_is_shown(client, make) -> None:
    html = check(client, make(BEARS), tries=1, **RIGHT | {"cell-C2": "<b>2"})
    assert (verdict(html), suggested(html)) == ("Not quite.", ["1"])
    assert "<code>=C2/sum(C2:C3)</code>" in html
    assert "<b>0.2262</b>" in html  # e^0.02 / (e^0.02 + e^1.25)
    assert "&lt;b&gt;2" in html


def test_the_working_can_be_shown_without_a_try(client, make) -> None:
    html = answer(client, make(BEARS), act="show").content.decode()
    assert (verdict(html), suggested(html)) == ("", ["3"])
    assert "<code>=exp(B2)</code>" in html


def test_new_numbers_are_kept_through_the_tries_and_checked_as_such(client, make) -> None:
    card = make(BEARS)
    html = answer(client, card, act="new", **RIGHT).content.decode()
    seed = re.search(r'name="numbers" value="(\d+)"', html)[1]
    given = [float(x.replace("−", "-")) for x in re.findall(r'<td class="num">([−\d.]+)</td>', html)]
    assert given != [0.02, 1.25]
    assert 'value="1.0202"' not in html
    exps = [math.exp(x) for x in given]
    html = check(client, card, numbers=seed, **{"cell-C2": exps[0]})
    assert f'name="numbers" value="{seed}"' in html
    typed = {
        "cell-C2": exps[0],
        "cell-C3": exps[1],
        "cell-D2": exps[0] / sum(exps),
        "cell-D3": exps[1] / sum(exps),
    }
    assert verdict(check(client, card, numbers=seed, **typed)) == "Right."


@pytest.mark.parametrize(
    "typed", ["=" * 201, "x" * 1_000_000, "1e999", "=" + "(" * 150, "<script>alert(1)</script>"]
)
def test_whatever_is_typed_into_a_cell_has_an_answer_and_is_still_there(client, make, typed) -> None:
    card = make(BEARS)
    begun = time.process_time()
    html = check(client, card, **{"cell-C2": typed})
    assert time.process_time() - begun < 2
    assert f'value="{escape(typed)}"' in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("wrong", [{"tries": 9}, {"numbers": "x"}, {"act": "run"}])
def test_what_no_page_of_ours_sends_shows_the_worksheet_anew(client, make, wrong) -> None:
    html = answer(client, make(BEARS), **RIGHT | {"act": "check"} | wrong).content.decode()
    assert 'name="tries" value="0"' in html


def test_a_worksheet_stands_on_the_cards_page_and_in_the_preview(client, make) -> None:
    assert "<code>=exp(B2)</code>" in client.get(make(BEARS).get_absolute_url()).content.decode()
    sent = {"prompt": BEARS, "answer": "", "details": ""}
    assert "<code>=exp(B2)</code>" in client.post(reverse("cards:card_preview"), sent).content.decode()
    wrong = sent | {"prompt": BEARS.replace("?=exp(B2)", "?=exq(B2)")}
    assert (
        "Line 5: `?=exq(B2)`: There is no function exq."
        in client.post(reverse("cards:card_preview"), wrong).content.decode()
    )


def test_what_was_filled_in_stands_on_no_other_card(client, make, deck) -> None:
    """Somebody unknown, who typed the address: their review is at its first card."""
    card = make(BEARS)
    sent = {"n": 0, "act": "check", "cell-C2": "2"}
    html = client.post(reverse("cards:review_answer", args=[card.pk]), sent).content.decode()
    assert "Prompt 1?" in html
    assert "data-cell" not in html


def test_a_number_below_zero_has_a_minus_sign_as_prompts_have_it() -> None:
    assert [written(number) for number in (-2.49, 0.5, -1e-6, -0.0)] == ["−2.49", "0.5", "−1e-6", "0"]
