"""What is held on a learner: counted, and all of it in one file."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.actions.groups import leave_group
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card
from cards.cardtext import Wording, read_deck
from cards.models import Card, Flag, Learner, Picture, StudyEvent
from cards.reports import held
from cards.scheduling import Grade
from tests.conftest import START
from tests.groups import invite_to, let_join, make_readers

PAGE, ZIP = "/settings/my-data/", "/settings/my-data.zip"


@pytest.fixture
def full(ada: Learner, deck, clock) -> Learner:
    """Ada, with something of everything."""
    picture = Picture.objects.create(owner=ada, width=1, height=1, created_at=START)
    default_storage.save(picture.file_name, ContentFile(b"webp of Ada's"))
    own = make_deck(
        owner=ada, name="Ada's <own>", now=START, description="*Mine*",
        wordings=(Wording("What is a ä?", f"A letter. ![it]({picture.get_absolute_url()})", "tags: letters"),),
    )  # fmt: skip
    card = deck.cards.get(key="c1")
    for number, each in enumerate((card, own.cards.get())):
        grade_card(
            learner=ada,
            card_id=each.pk,
            part=0,
            shown_number=0,
            grade=Grade.GOOD,
            now=START,
            answer_seconds=7 + number,
        )
    flag_card(learner=ada, card=card, kind=Flag.Kind.TYPO, note="a <typo>", now=START)
    save_search(learner=ada, name="Mine", query="tag:letters", now=START)
    EmailAddress.objects.create(user=ada, email="ada@example.org", primary=True)
    return ada


def download(client) -> zipfile.ZipFile:
    response = client.get(ZIP)
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))


def test_somebody_unknown_signs_in_first(client, deck) -> None:
    for address in (PAGE, ZIP, "/settings/my-data/delete/"):
        assert client.get(address).url == "/accounts/login/?next=%2Fsettings%2Fmy-data%2F"


def test_the_page_counts_what_is_held_and_leads_to_both(client_of, full) -> None:
    html = client_of(full).get(PAGE).content.decode()
    rows = dict(re.findall(r"<tr><td>([^<]+)</td><td class=\"num\">(\d+)</td>", html))
    assert rows["Study events"] == "2"
    assert rows["Pictures"] == "1"
    assert rows["Cards of my decks"] == "1"
    for name in ("my_data_zip", "my_data_delete"):
        assert f'href="{reverse(f"cards:{name}")}"' in html
    assert reverse("cards:my_data") in client_of(full).get("/settings/").content.decode()


def test_the_file_holds_every_row_that_names_the_learner_and_no_others(client_of, full, bob, deck) -> None:
    grade_card(
        learner=bob, card_id=deck.cards.get(key="c2").pk, part=0, shown_number=0, grade=Grade.EASY, now=START
    )
    with download(client_of(full)) as archive:
        data = json.loads(archive.read("my-data.json"))
    assert data["made at"].startswith("2026-03-02")
    assert data["account"][0]["username"] == "ada"
    assert {event["id"] for event in data["study events"]} == {
        str(pk) for pk in StudyEvent.objects.filter(learner=full).values_list("pk", flat=True)
    }
    assert [row["answer_seconds"] for row in data["study events"]].count(8) == 1
    assert data["cards of my decks"][0]["prompt"] == "What is a ä?"
    rows = {row["id"]: row for row in data["study settings that my events name"]}
    assert [rows[event["settings_id"]]["easy_days"] for event in data["study events"]] == ["uuuuuuu"] * 2
    assert data["cards of others that I study"][0]["prompt"] == deck.cards.get(key="c1").prompt
    for name in ("flags", "saved searches", "schedules", "enrolments", "pictures", "decks", "revisions"):
        assert data[name], name
    assert data["email addresses"][0]["email"] == "ada@example.org"
    assert {"flags, closed by", "suggestions, decided by", "revisions, co author"} <= set(data)
    assert set(data) == {"made at", *(table.name for table in held(full))}


def test_no_secret_is_in_it(client_of, full) -> None:
    full.set_password("correct horse battery staple")
    full.save()
    with download(client_of(full)) as archive:
        for name in archive.namelist():
            assert full.password.encode() not in archive.read(name)
            assert b"argon2" not in archive.read(name)


def test_every_table_that_names_learners_has_a_name_of_its_own(full) -> None:
    names = [table.name for table in held(full)]
    assert len(set(names)) == len(names)


def test_decks_come_as_deck_files_and_pictures_as_files(client_of, full) -> None:
    with download(client_of(full)) as archive:
        [deck_file] = [name for name in archive.namelist() if name.startswith("decks/")]
        read = read_deck(archive.read(deck_file).decode())
        [picture] = [name for name in archive.namelist() if name.startswith("pictures/")]
        assert archive.read(picture) == b"webp of Ada's"
        page = archive.read("index.html").decode()
    assert read.name == "Ada's <own>"
    assert [card.wording for card in read.cards] == [Card.objects.get(deck__owner=full).wording]
    assert f'src="{picture}"' in page


def test_it_can_be_read_without_the_site(client_of, full, deck) -> None:
    with download(client_of(full)) as archive:
        page, log = archive.read("index.html").decode(), archive.read("log.html").decode()
        assert archive.testzip() is None
        assert 'href="my-data.css"' in page
        assert "my-data.css" in archive.namelist()
    assert "Ada&#x27;s &lt;own&gt;" in page
    assert "What is a ä?" in page
    assert log.count("<td>Good</td>") == 2
    assert deck.cards.get(key="c1").prompt in log
    assert '<td class="num">8</td>' in log
    for text in (page, log):
        assert "//" not in re.sub(r"<!doctype html>", "", text)  # nothing is fetched from anywhere


def test_a_guest_takes_theirs_along(client, deck) -> None:
    card = deck.cards.get(key="c1")
    client.post(reverse("cards:grade"), {"card": card.pk, "part": 0, "n": 0, "grade": 3})
    with download(client) as archive:
        assert len(json.loads(archive.read("my-data.json"))["study events"]) == 1


def test_a_long_log_takes_no_more_queries(client_of, full, deck) -> None:
    client = client_of(full)
    with CaptureQueriesContext(connection) as short:
        download(client)
    for number, day in enumerate(range(1, 30), start=1):
        card = deck.cards.get(key="c1")
        grade_card(
            learner=full,
            card_id=card.pk,
            part=0,
            shown_number=number,
            grade=Grade.GOOD,
            now=START + timedelta(days=day),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as long:
        download(client)
    assert len(long) == len(short)


def test_of_a_group_that_one_left_ones_own_rows_are_in_it_and_nothing_that_others_wrote(
    client_of, bob, full
) -> None:
    group = make_readers(full)
    let_join(group, bob)
    card = Card.objects.get(deck__group=group)
    grade_card(learner=bob, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)

    def texts() -> dict[str, str]:
        with download(client_of(bob)) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}

    before = texts()
    assert all("Ours 0?" in before[name] for name in ("index.html", "log.html", "my-data.json"))
    assert json.loads(before["my-data.json"])["groups that I am in"][0]["name"] == "Readers"

    leave_group(group=group, learner=bob, now=START)
    after = texts()
    assert not any("Ours" in text or "Readers" in text for text in after.values())
    assert "a card that you no longer read" in after["log.html"]
    data = json.loads(after["my-data.json"])
    assert [event["card_id"] for event in data["study events"]] == [card.pk]
    assert data["memberships"][0]["status"] == "left"


def test_an_invite_is_in_it_without_what_lets_people_in(client_of, full) -> None:
    token = invite_to(make_readers(full)).token
    with download(client_of(full)) as archive:
        assert json.loads(archive.read("my-data.json"))["invites, created by"][0]["role"] == "member"
        assert not any(token.encode() in archive.read(name) for name in archive.namelist())
