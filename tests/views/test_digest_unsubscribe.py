"""The link of a mail of the morning: a page for people, a POST for mail programs; and nothing for anybody else."""

import pytest
from django.test import Client

from cards.actions.digests import token_of
from cards.models import Learner
from tests.digests import subscriber

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def eve(deck) -> Learner:
    return subscriber("eve")


@pytest.fixture
def program() -> Client:
    """As a mail program asks: without cookies, and by the site's own rules against forged forms."""
    return Client(enforce_csrf_checks=True)


def address(learner: Learner) -> str:
    return f"/digest/unsubscribe/{token_of(learner)}/"


def has_digest(learner: Learner) -> bool:
    learner.refresh_from_db()
    return learner.has_digest


def test_looking_at_it_ends_nothing(program, eve) -> None:
    """Scanners of mails follow every link."""
    for response in (program.get(address(eve)), program.head(address(eve))):
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
    assert has_digest(eve)
    assert "sessionid" not in program.cookies


def test_the_page_says_nothing_of_whose_it_is(program, eve) -> None:
    html = program.get(address(eve)).content.decode()
    assert "<h1>No more mails in the morning?</h1>" in html
    assert "eve" not in html.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("data", [ONE_CLICK, {}, {"anything": "else"}])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_post_ends_them_at_once_without_signing_in_and_without_a_token_of_a_form(
    program, eve, data, kind
) -> None:
    body = {"data": data} if kind.startswith("multipart") else {"data": "&".join(data), "content_type": kind}
    response = program.post(address(eve), **body)
    assert response.status_code == 200  # and not elsewhere: a mail program does not follow
    assert "No more mails in the morning.</h1>" in response.content.decode()
    assert not has_digest(eve)


def test_its_button_does_that(program, eve) -> None:
    html = program.get(address(eve)).content.decode()
    assert '<form class="acts" method="post">' in html
    assert '<button class="go" name="List-Unsubscribe" value="One-Click">' in html


def test_again_and_again_it_does_no_harm(program, eve) -> None:
    for _ in range(3):
        assert program.post(address(eve), ONE_CLICK).status_code == 200
    Learner.objects.update(has_digest=True)  # asked for anew
    assert program.post(address(eve), ONE_CLICK).status_code == 200  # and an old mail ends them still
    assert not has_digest(eve)


def test_it_is_nobody_elses(program, eve) -> None:
    kim = subscriber("kim")
    program.post(address(eve), ONE_CLICK)
    assert has_digest(kim)


def test_whoever_is_signed_in_ends_those_that_the_link_names(client_of, eve) -> None:
    kim = subscriber("kim")
    client_of(kim).post(address(eve), ONE_CLICK)
    assert (has_digest(eve), has_digest(kim)) == (False, True)


def test_of_a_learner_who_is_gone_there_are_none_either(program, eve) -> None:
    link = address(eve)
    eve.delete()
    assert program.post(link, ONE_CLICK).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_was_not_made_here_is_not_there(program, eve, method) -> None:
    kim = subscriber("kim")
    own, other = token_of(eve), token_of(kim)
    mixed = f"{own.partition(':')[0]}:{other.partition(':')[2]}"
    for token in (
        mixed,
        f"{eve.pk}",
        f"{eve.pk}:",
        "x:y",
        own[:-1],
        own.upper(),
        "%00",
        "1" * 3000,
        "..%2F..",
    ):
        assert getattr(program, method)(f"/digest/unsubscribe/{token}/").status_code == 404
    assert has_digest(eve)
    assert has_digest(kim)


def test_it_answers_to_nothing_else(program, eve) -> None:
    assert {getattr(program, method)(address(eve)).status_code for method in ("put", "delete", "patch")} == {
        405
    }
    assert has_digest(eve)
