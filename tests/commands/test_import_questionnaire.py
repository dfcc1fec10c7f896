"""manage.py import_questionnaire: a file on the server becomes a deck, by the reader of the browser."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cards.models import Card, Deck, Enrolment, Learner, Revision
from tests.conftest import START, Clock
from tests.views.plain_browser import press

OURS = Path(__file__).parents[1] / "exchange" / "questionnaire.txt"
# Notes that may not stand in this repository are named by the environment.
FILES = [OURS, *(Path(name) for name in [os.environ.get("EXTRA_NOTES_FILE")] if name)]
SHORT = "Losses\n\nWhat is a loss?\n\nA number.\n\nWhat is a metric?\n"


@pytest.fixture(autouse=True)
def _world(deck: Deck, clock: Clock) -> None:
    pass


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A questionnaire of two cards."""
    return written(tmp_path, SHORT.encode())


def written(folder: Path, data: bytes) -> Path:
    path = folder / "my notes.txt"
    path.write_bytes(data)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    call_command("import_questionnaire", *map(str, arguments))
    return capsys.readouterr().out


def made() -> list[Deck]:
    return list(Deck.objects.exclude(name="Shared deck").order_by("pk"))


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Deck, Card, Revision, Enrolment, Learner))


# --- what it makes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_makes_23_cards_of_which_2_need_an_answer(capsys, path) -> None:
    said = run(capsys, path)
    [deck] = made()
    assert said.endswith(f" (deck {deck.pk}): 23 cards, 2 need an answer.\n")
    assert deck.cards.count() == 23
    assert [card.position for card in deck.cards.needing_an_answer()] == [11, 12]
    assert set(Revision.objects.filter(card__deck=deck).values_list("source", "number", "created_at")) == {
        ("imported", 1, START)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_browser_makes_the_same_cards(capsys, path) -> None:
    run(capsys, path)
    browser = Client()
    with path.open("rb") as upload:
        page = press(browser, browser.get("/questionnaires/"), "Read it", file=upload)
    press(browser, page, "Make the deck")
    ours, theirs = (
        [(card.position, card.prompt, card.answer, card.details) for card in deck.cards.all()]
        for deck in made()
    )
    assert ours == theirs
    assert len(ours) == 23
    assert len({deck.name for deck in made()}) == 1


def test_the_deck_is_the_sites_and_hidden_unless_an_owner_is_named(capsys, file, ada, bob) -> None:
    run(capsys, file)
    run(capsys, file, "--owner", "ada")
    sites, adas = made()
    assert (sites.owner, sites.is_public, sites.is_starter) == (None, False, False)
    assert (adas.owner, adas.is_public) == (ada, False)
    assert sites not in Deck.objects.visible_to(bob)
    assert list(Enrolment.objects.filter(deck__in=made()).values_list("learner", "deck")) == [
        (ada.pk, adas.pk)
    ]


@pytest.mark.parametrize(
    ("text", "options", "name"),
    [
        (SHORT, ["--deck", "Mine"], "Mine"),
        (SHORT, [], "Losses"),
        ("Why?\n\nSo.", [], "my notes"),
        (SHORT, ["--deck", "n" * 250], "n" * 200),
    ],
)
def test_its_name_is_the_given_one_else_the_heading_else_the_files(
    capsys, tmp_path, text, options, name
) -> None:
    said = run(capsys, written(tmp_path, text.encode()), *options)
    assert [deck.name for deck in made()] == [name]
    assert said.startswith(f"{name} (deck ")


def test_importing_it_again_makes_nothing_twice(capsys, file) -> None:
    first = run(capsys, file)
    before = rows()
    assert run(capsys, file) == first
    assert rows() == before


# --- a dry run ------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_each_paragraph_and_writes_nothing(capsys, file, ada) -> None:
    before = rows()
    said = run(capsys, file, "--dry-run", "--owner", "ada", "--deck", "Mine")
    assert said.splitlines() == [
        "   1 heading      Losses",
        "   2 prompt       What is a loss?",
        "   3 answer       A number.",
        "   4 prompt       What is a metric?",
        "Mine: 2 cards would be made, 1 needs an answer.",
    ]
    assert rows() == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dry_run_counts_what_would_be_made(capsys, path) -> None:
    before = rows()
    assert run(capsys, path, "--dry-run").endswith(": 23 cards would be made, 2 need an answer.\n")
    assert rows() == before


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "The file is empty."),
        (b" \n\n \n", "The file holds nothing but blank lines."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "The file is a PNG picture, not plain text."),
        (bytes(range(256)) * 40, "not plain text"),
        (b"x" * 50_000_000, "The file has 50 MB. The most that can be read is 2 MB."),
        (b"x" * 2_000_001, "The file has 2.1 MB. The most that can be read is 2 MB."),
        (b"Why?\n\n" * 5_000, "The text has 5,000 paragraphs; at most 2,000 can be read. Divide it."),
        (b"Why?\n\n" + b"x" * 50_001, "Paragraph 2 has 50,001 characters; at most 50,000 fit on a card."),
        (b"why " * 2_501 + b"?", "Card 1: The prompt has 10,005 characters; at most 10,000 fit. Shorten it."),
        (b"Tensors.\n\nArrays of numbers.", "No prompt was found."),
        ("Ťažké.".encode("cp1250"), "The file's encoding is unsure: it may be"),
    ],
    ids=["empty", "blank", "png", "binary", "50 MB", "2.1 MB", "5,000 paragraphs", "long", "long prompt",
         "no prompt", "unsure"],
)  # fmt: skip
@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=["", "dry"])
def test_bad_input_gets_a_clear_error_and_changes_nothing(capsys, tmp_path, data, complaint, options) -> None:
    path, before = written(tmp_path, data), rows()
    with pytest.raises(CommandError) as error:
        run(capsys, path, *options)
    assert str(error.value).startswith(f"{path}: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert capsys.readouterr().out == ""
    assert rows() == before


def test_a_file_that_is_not_there_or_none_is_named(capsys, tmp_path) -> None:
    before = rows()
    for path, complaint in (
        (tmp_path / "nowhere.txt", "No such file or directory."),
        (tmp_path, "Is a directory."),
    ):
        with pytest.raises(CommandError) as error:
            run(capsys, path)
        assert str(error.value) == f"{path}: {complaint}"
    assert rows() == before


def test_an_owner_who_is_nobody_is_refused(capsys, file, ada) -> None:
    before = rows()
    with pytest.raises(CommandError, match=r"^There is no learner named eve\.$"):
        run(capsys, file, "--owner", "eve")
    assert rows() == before


# --- other encodings ------------------------------------------------------------------------------------------------

FRENCH = "Qu’est-ce qu’un tenseur ?\n\nUn tableau de nombres, à plusieurs dimensions, très général.\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp1252", "windows-1252"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_another_encoding_is_said(capsys, tmp_path, encoding, said) -> None:
    lines = run(capsys, written(tmp_path, FRENCH.encode(encoding))).splitlines()
    assert lines[0] == f"Read as {said}."
    [card] = Card.objects.filter(deck__in=made())
    assert f"{card.prompt}\n\n{card.answer}\n" == FRENCH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_usual_encoding_is_not_worth_a_line(capsys, tmp_path, encoding) -> None:
    assert "Read as" not in run(capsys, written(tmp_path, FRENCH.encode(encoding)))
