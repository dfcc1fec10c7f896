"""What is reported of comments: to a group's owner, then to the site's staff."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.discussions import delete_comment, pass_on_report, report_comment, write_comment
from cards.models import Comment, Report
from tests.conftest import START, make_learner
from tests.readers import Readers, make_readers
from tests.views.hostile import HOSTILE, Faults
from tests.views.plain_browser import Forms, press

URL = "/reports/"


@pytest.fixture
def readers(db, clock) -> Readers:
    return make_readers()


@pytest.fixture
def staff(readers):
    return make_learner("staff", is_staff=True)


def reported(
    readers: Readers, text: str = "Rude words.", by: str = "member", reason: str = "Rude."
) -> Report:
    comment = write_comment(
        group=readers.group, card=readers.cards[0], author=readers[by], text=text, now=START
    )
    report_comment(comment=comment, learner=readers["second"], reason=reason, now=START)
    return Report.objects.get(comment=comment)


def decide(client: Client, report: Report, act: str):
    return client.post(reverse("cards:report_decide", args=[report.pk]), {"act": act})


def test_the_owner_sees_the_words_and_the_reason_and_not_who_said_so(client_of, readers) -> None:
    reported(readers)
    html = client_of(readers["owner"]).get(URL).content.decode()
    assert "Rude words." in html
    assert "Reported: Rude." in html
    assert "member" in html
    assert "second" not in html


@pytest.mark.parametrize(
    ("button", "said", "text"),
    [
        ("Delete the comment", "The comment is deleted.", ""),
        ("Let it stand", "The comment stays.", "Rude words."),
        ("Pass it on to the site’s staff", "The site’s staff will decide.", "Rude words."),
    ],
)
def test_the_owner_decides(client_of, readers, staff, button, said, text) -> None:
    report = reported(readers)
    client = client_of(readers["owner"])
    page = press(client, client.get(URL), button, follow=True)
    assert said in page.content.decode()
    assert "Nothing that was reported waits for you." in page.content.decode()
    assert Comment.objects.get().text == text
    is_passed = "Pass" in button
    assert Report.objects.open().exists() == is_passed
    assert ("passed it on" in client_of(staff).get(URL).content.decode()) == is_passed
    assert decide(client, report, "delete").status_code == (404 if is_passed else 302)


def test_what_is_reported_of_the_owner_goes_to_the_staff(client_of, readers, staff) -> None:
    report = reported(readers, by="owner")
    owner, client = client_of(readers["owner"]), client_of(staff)
    assert "Rude words." not in owner.get(URL).content.decode()
    assert decide(owner, report, "fine").status_code == 404
    page = client.get(URL)
    assert "the group’s owner’s own words" in page.content.decode()
    press(client, page, "Delete the comment")
    assert Comment.objects.get().deleted_by == staff


def test_the_staff_sees_all_and_first_what_waits_for_them(client_of, readers, staff, clock) -> None:
    reported(readers, "Waits for the owner.")
    passed = reported(readers, "Passed on.")
    clock.tick(days=1)
    pass_on_report(report=passed, by=readers["owner"], now=clock.now)
    client = client_of(staff)
    html = client.get(URL).content.decode()
    assert html.index("Passed on.") < html.index("Waits for the owner.")
    assert "It waits for the group’s owner." in html
    assert "Pass it on" not in html
    clock.tick(days=2)
    assert "has let it lie for three days" in client.get(URL).content.decode()
    press_all = {name for form in Forms(html).forms for name in form.buttons}
    assert {"Delete the comment", "Let it stand"} <= press_all


@pytest.mark.parametrize("who", ["editor", "member", "viewer", "stranger", "nobody", "guest"])
def test_for_others_it_is_not_there(client_of, readers, who) -> None:
    report = reported(readers)
    client = Client()
    if who in readers.people:
        client = client_of(readers[who])
    elif who == "stranger":
        client = client_of(make_learner(who))
    elif who == "guest":
        client.post(reverse("cards:grade"), {})
    assert client.get(URL).status_code == 404
    for act in ("delete", "fine", "pass_on"):
        assert decide(client, report, act).status_code == 404
    assert Report.objects.open().exists()


def test_it_refuses_what_it_cannot_read(client_of, readers) -> None:
    report = reported(readers)
    client = client_of(readers["owner"])
    assert decide(client, report, "burn").status_code == 404
    assert client.post(reverse("cards:report_decide", args=[999_999]), {"act": "fine"}).status_code == 404


def test_the_owner_comes_to_it_from_the_inbox(client_of, readers) -> None:
    reported(readers)
    notice = readers["owner"].notices.get(kind="reported")
    opened = client_of(readers["owner"]).post(reverse("cards:notice_open", args=[notice.pk]))
    assert opened["Location"] == URL


def test_what_is_dealt_with_is_gone_from_it(client_of, readers) -> None:
    report = reported(readers)
    delete_comment(comment=report.comment, by=readers["member"], now=START)
    client = client_of(readers["owner"])
    assert "Nothing that was reported waits for you." in client.get(URL).content.decode()
    assert decide(client, report, "fine").status_code == 302


def test_an_edit_after_the_report_is_said(client_of, readers) -> None:
    report = reported(readers)
    Comment.objects.filter(pk=report.comment_id).update(edited_at=START + timedelta(hours=1))
    assert "edited since then" in client_of(readers["owner"]).get(URL).content.decode()


def test_it_needs_as_many_queries_for_many_reports(client_of, readers, django_assert_max_num_queries) -> None:
    client = client_of(readers["owner"])
    for count in (2, 10):
        for n in range(count):
            reported(readers, f"No. {count}-{n}.")
        with django_assert_max_num_queries(10):
            client.get(URL)


def test_hostile_text_does_nothing(client_of, readers) -> None:
    report = reported(readers, reason="<script>alert(1)</script>")
    Comment.objects.filter(pk=report.comment_id).update(text=HOSTILE)
    page = client_of(readers["owner"]).get(URL)
    assert page.status_code == 200
    assert Faults(page.content.decode()).faults == []
