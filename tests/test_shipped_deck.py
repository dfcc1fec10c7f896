"""The deck that ships: complete, right, and rendered without a fault."""

import ast
import math
import re
from pathlib import Path

import pytest

from cards.cardtext import CardText, read_deck, show, write_deck
from cards.cardtext.cloze import MARKS
from cards.markup import render

TEXT = (Path(__file__).parents[1] / "cards" / "content" / "chapter5.md").read_text()
DECK = read_deck(TEXT)
CARDS = {card.key: card for card in DECK.cards}

# For each card, in the questionnaire's order, what a complete answer cannot do without.
FACTS = {
    "presizing": [
        r"same size",
        r"stack",
        r"corners",
        r"one transform",
        r"interpolated once",
        r"GPU",
        r"CPU",
        r"fast",
    ],
    "regex-labels": [r"\(\.\+\)_\\d\+\\\.jpg\$", r"great_pyrenees", r"dot is escaped"],
    "data-forms": [r"individual files", r"folders or the file names", r"table", r"row for each item"],
    "fastcore-l": ["map", "filter", "attrgot", "itemgot", "unique", "mask", r"t\[\[0, 2\]\]", r"\(#4\)"],
    "pathlib": [
        "/ joins",
        "exists",
        "name",
        "stem",
        "suffix",
        "parent",
        "glob",
        "read_text",
        r"path\.ls\(\)",
    ],
    "degraded-images": ["empty corners", "reflection", "interpolat", "each time"],
    "show-batch": [r"dls\.show_batch\(\)", r"unique=True", "one item"],
    "datablock-summary": [r"dblock\.summary\(source\)", "step by step", "step that fails"],
    "train-early": [r"\bno\b", "as soon as", "baseline", "helps you clean"],
    "cross-entropy-pieces": ["log_softmax", "nll_loss", "takes no logarithm"],
    "softmax-properties": ["between 0 and 1", "sum to 1", "stretches", "probabilities", "pick one"],
    "softmax-unwanted": ["none of the classes", "several", "sigmoid", "binary cross-entropy"],
    "bear-softmax": ["1.0202", "0.0829", "3.4903", "4.5935", "0.2221", "0.0180", "0.7599"],
    "torch-where": ["two", "index", r"acts\[range\(n\), targ\]", "nll_loss"],
    "log-of-negative": ["real numbers", "positive", "nan", "ValueError", "torch", "np"],
    "lr-finder-rules": [
        "minimum",
        "divide that rate by 10",
        "last rate at which the loss still clearly falls",
    ],
    "fine-tune-steps": ["head alone", "frozen", "one by default", "unfrozen", "lower rate", "discriminative"],
    "jupyter-source": [r"learn\.fine_tune\?\?", r"\?\?learn\.fine_tune", "documentation"],
    "discriminative-rates": ["low for the early", "highest for the new head", "general features"],
    "slice-rate": ["layer groups", "first group", "the last", "equal ratio", "a tenth"],
    "early-stopping": ["very small", "middle", "from scratch with fewer epochs"],
    "resnet-depths": ["101 layers", "50", "3, 4, 6, 3", "3, 4, 23, 3", "memory", "overfits", "longer"],
    "to-fp16": ["mixed precision", "half-precision", "loss scaling", "tensor cores", "less memory"],
    "smith-paper": ["Cyclical Learning Rates", r"1506\.01186", "range test", "cycle"],
    "improve-pets": [
        "longer",
        "deeper",
        "larger images",
        "augmentation",
        r"to_fp16",
        "test-time augmentation",
        "measure",
    ],
    # Two of the topics again, with gaps; cards of their own, so that nobody's schedule of a whole card is lost.
    "fine-tune-gaps": ["new head", "frozen", "one epoch", "all layers", "lower", "early"],
    "cross-entropy-gaps": ["log_softmax", "nll_loss", "no.*logarithm", r"e\^\{x_t\}"],
}
GAPS = {"fine-tune-gaps": (1, 2, 3), "cross-entropy-gaps": (1, 2, 3, 4)}
DEMOS = {
    "presizing": "presizing", "regex-labels": "regex_labels", "data-forms": "show_batch",
    "degraded-images": "augmentation_damage",
    "show-batch": "show_batch", "datablock-summary": "datablock_summary", "train-early": "train_early",
    "cross-entropy-pieces": "cross_entropy", "softmax-properties": "softmax_table",
    "softmax-unwanted": "softmax_or_sigmoid", "bear-softmax": "softmax_table", "torch-where": "where_or_index",
    "log-of-negative": "log_curve", "lr-finder-rules": "lr_find", "fine-tune-steps": "fine_tune",
    "jupyter-source": "source_of", "discriminative-rates": "slice_lr", "slice-rate": "slice_lr",
    "early-stopping": "one_cycle", "resnet-depths": "resnet_depth", "to-fp16": "to_fp16", "smith-paper": "lr_find",
}  # fmt: skip


# Which cards are done, not only read; the others are asked and answered.
KINDS = {
    "console": {"regex-labels", "fastcore-l", "pathlib"},
    "worksheet": {"cross-entropy-pieces", "bear-softmax", "log-of-negative", "slice-rate"},
    "accepted": {"show-batch", "jupyter-source"},
    "choices": {"softmax-unwanted"},
    "clozes": set(GAPS),
}


def test_its_exercises_use_every_kind() -> None:
    found = {kind: {card.key for card in DECK.cards if getattr(card.wording, kind)} for kind in KINDS}
    assert found == KINDS


def test_it_has_the_twenty_five_items_in_their_order_and_two_cards_with_gaps() -> None:
    assert [card.key for card in DECK.cards] == list(FACTS)
    assert {card.key: card.wording.clozes for card in DECK.cards if card.wording.clozes} == GAPS
    assert len(FACTS) == 25 + len(GAPS)


@pytest.mark.parametrize("key", GAPS)
def test_each_gap_is_hidden_and_filled_in(key: str) -> None:
    prompt = CARDS[key].wording.prompt
    for part in GAPS[key]:
        asked, filled = render(show(prompt, part)), render(show(prompt, part, is_filled=True))
        assert "maths-error" not in asked + filled
        assert asked.count("blank: ") == filled.count("filled in: ") >= 1


@pytest.mark.parametrize("key", FACTS)
def test_each_answer_has_every_fact(key: str) -> None:
    text = " ".join(f"{MARKS.sub('', CARDS[key].wording.filled)} {CARDS[key].wording.answer}".split())
    missing = [fact for fact in FACTS[key] if not re.search(fact, text, re.IGNORECASE)]
    assert not missing


@pytest.mark.parametrize("card", DECK.cards, ids=lambda card: card.key)
def test_each_card_is_whole(card: CardText) -> None:
    wording = card.wording
    assert not wording.needs_answer
    assert len(wording.answer) <= 1_600
    assert wording.references
    assert wording.tags
    assert "maths-error" not in render(wording.filled) + render(wording.answer)
    assert (
        [demo.slug for demo in wording.demos] == [DEMOS[card.key]] if card.key in DEMOS else not wording.demos
    )


@pytest.mark.parametrize("card", DECK.cards, ids=lambda card: card.key)
def test_its_python_can_be_read(card: CardText) -> None:
    for code in re.findall(r"```python\n(.*?)```", card.wording.answer, re.DOTALL):
        ast.parse("\n".join(line for line in code.splitlines() if "??" not in line))


def test_the_bears_numbers_are_right() -> None:
    acts = [0.02, -2.49, 1.25]
    exps = [math.exp(act) for act in acts]
    digits = [f"{value:.4f}" for value in [*exps, sum(exps), *(exp / sum(exps) for exp in exps)]]
    assert all(number in CARDS["bear-softmax"].wording.answer for number in digits)


def test_the_regular_expression_does_what_the_card_says() -> None:
    found = re.match(r"(.+)_\d+\.jpg$", "great_pyrenees_173.jpg")
    assert found is not None
    assert found.group(1) == "great_pyrenees"


def test_writing_it_gives_it_back() -> None:
    assert read_deck(write_deck(DECK)) == DECK
