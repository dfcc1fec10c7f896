"""manage.py load_deck: what it says, and what it refuses. What it does is in tests/actions/test_load_deck.py."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cards.actions.cards import edit_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Revision
from tests.conftest import START, Clock

pytestmark = pytest.mark.django_db
LOSSES = """# Losses

About losses.

## Card: loss
tags: loss

What is a loss?

### Answer

A number.

## Card: metric

What is a metric?
"""


@pytest.fixture(autouse=True)
def _at_start(clock: Clock) -> None:
    pass


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "losses.md"
    path.write_text(LOSSES)
    return path


def load(capsys: pytest.CaptureFixture[str], path: Path, **options: object) -> list[str]:
    call_command("load_deck", str(path), **options)
    return capsys.readouterr().out.splitlines()


def rows() -> tuple[list[object], ...]:
    return tuple(list(model.objects.order_by("pk").values()) for model in (Deck, Card, Revision))


def edit(key: str, answer: str) -> None:
    card = Card.objects.get(key=key)
    wording = Wording(card.prompt, answer, card.details)
    edit_card(card=card, wording=wording, base_number=card.revision_number, author=None, now=START)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_it_says_what_was_added_and_changed(capsys, file) -> None:
    assert load(capsys, file) == ["Losses: 2 cards added, 0 changed."]
    assert Deck.objects.get().source_key == "losses"
    assert set(Revision.objects.values_list("created_at", flat=True)) == {START}
    file.write_text(LOSSES.replace("A number.", "One number.") + "\n## Card: third\n\nWhy?\n")
    assert load(capsys, file) == ["Losses: 1 card added, 1 changed."]
    assert Card.objects.get(key="loss").answer == "One number."


def test_again_it_writes_nothing(capsys, file) -> None:
    load(capsys, file)
    before = rows()
    assert load(capsys, file) == ["Losses: 0 cards added, 0 changed."]
    assert rows() == before


def test_it_names_the_edits_that_it_kept(capsys, file) -> None:
    load(capsys, file)
    edit("loss", "Edited here.")
    edit("metric", "Written here.")
    file.write_text(LOSSES.replace("A number.", "One number."))
    assert load(capsys, file) == [
        "Losses: 0 cards added, 0 changed.",
        "  kept as edited here: loss, metric",
    ]
    assert Card.objects.get(key="loss").answer == "Edited here."


def test_it_names_the_cards_that_the_file_no_longer_has(capsys, file) -> None:
    load(capsys, file)
    file.write_text(LOSSES[: LOSSES.index("## Card: metric")])
    assert load(capsys, file) == [
        "Losses: 0 cards added, 0 changed.",
        "  no longer in the file: metric",
    ]
    assert Card.objects.get(key="metric").archived_at is None


def test_asked_to_be_quiet_it_speaks_of_what_somebody_should_know_alone(capsys, file) -> None:
    assert load(capsys, file, verbosity=0) == []
    edit("metric", "Written here.")
    file.write_text(LOSSES.replace("What is a metric?", "What is a metric for?"))
    assert load(capsys, file, verbosity=0) == [
        "Losses: 0 cards added, 0 changed.",
        "  kept as edited here: metric",
    ]
    edit("metric", "")
    file.write_text(LOSSES[: LOSSES.index("## Card: metric")])
    assert load(capsys, file, verbosity=0) == [
        "Losses: 0 cards added, 0 changed.",
        "  no longer in the file: metric",
    ]


def test_two_files_are_two_decks(capsys, file, tmp_path) -> None:
    load(capsys, file)
    other = tmp_path / "more_losses-2.md"
    other.write_text(LOSSES)
    load(capsys, other)
    assert list(Deck.objects.order_by("pk").values_list("source_key", flat=True)) == [
        "losses",
        "more_losses-2",
    ]
    assert Card.objects.count() == 4


# --- what it refuses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("Losses\n" + LOSSES, 1, "A deck file begins with its name"),
        (LOSSES.replace("tags: loss", "colour: red"), 6, "`colour:` is no detail."),
        (LOSSES.replace("Card: metric", "Card: loss"), 14, "The key `loss` is that of line 5 already."),
        (LOSSES.replace("Card: metric", "Card: A metric"), 14, "A card's line reads `## Card: key`."),
        (LOSSES.replace("What is a metric?", ""), 14, "A card needs a prompt."),
        (LOSSES.replace("A number.", "### Answer"), 12, "The card has an answer in line 10 already."),
        (LOSSES.replace("About losses.", "### Answer"), 3, "This answer belongs to no card."),
        (LOSSES.replace("A number.", "x" * 50_001), 10, "The answer has 50,001 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_said_with_its_line(capsys, file, text, line, complaint) -> None:
    load(capsys, file)
    before = rows()
    file.write_text(text)
    with pytest.raises(CommandError) as error:
        load(capsys, file)
    assert str(error.value).startswith(f"{file}: Line {line}: {complaint}")
    assert rows() == before


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file holds nothing but blank lines."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "The file is a PNG picture, not plain text."),
        (b"# Losses\n\n## Card: a\n\nWhy\x07?", "line 5 holds the control character 0x07"),
        (b"x" * 50_000_000, "The file has 50 MB. The most that can be read is 2 MB."),
    ],
    ids=["empty", "blank", "png", "bell", "50 MB"],
)
def test_a_file_that_is_no_text_is_refused(capsys, file, data, complaint) -> None:
    file.write_bytes(data)
    with pytest.raises(CommandError) as error:
        load(capsys, file)
    assert str(error.value).startswith(f"{file}: ")
    assert complaint in str(error.value)
    assert not Deck.objects.exists()


def test_a_file_that_is_not_there_or_none_is_named(capsys, tmp_path) -> None:
    for path, complaint in (
        (tmp_path / "nowhere.md", "No such file or directory."),
        (tmp_path, "Is a directory."),
    ):
        with pytest.raises(CommandError) as error:
            load(capsys, path)
        assert str(error.value) == f"{path}: {complaint}"


@pytest.mark.parametrize("name", ["my losses.md", "l.osses.md", "verlüste.md", "l" * 81 + ".md"])
def test_a_name_that_is_no_key_is_refused(capsys, file, name) -> None:
    with pytest.raises(CommandError, match="The file's name is the deck's key"):
        load(capsys, file.rename(file.with_name(name)))
    assert not Deck.objects.exists()
