"""What is said about a card in a group: who is told, what stays, what becomes of a report."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from cards.actions.discussions import (
    StaleComment,
    close_reports,
    delete_comment,
    edit_comment,
    pass_on_report,
    report_comment,
    write_comment,
)
from cards.actions.learners import delete_learner
from cards.actions.pace import TooMany
from cards.actions.study import NotYours
from cards.actions.suggestions import comment_on_suggestion, suggest_to_remove
from cards.models import Comment, Learner, Notice, Report, StudyGroup
from tests.conftest import START, make_learner
from tests.readers import Readers, make_readers

HOUR = timedelta(hours=1)


@pytest.fixture
def readers(db) -> Readers:
    return make_readers()


def say(readers: Readers, text: str = "Why so?", by: str = "member", now=START) -> Comment:
    return write_comment(group=readers.group, card=readers.cards[0], author=readers[by], text=text, now=now)


def told(kind: Notice.Kind = Notice.Kind.MENTIONED) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("learner__username", flat=True))


def report(readers: Readers, comment: Comment, by: str = "second", now=START) -> Report:
    report_comment(comment=comment, learner=readers[by], reason="Rude.", now=now)
    return Report.objects.open().get(comment=comment, learner=readers[by])


def test_it_stands_in_its_thread(readers) -> None:
    comment = say(readers)
    assert (comment.group, comment.card, comment.author) == (
        readers.group,
        readers.cards[0],
        readers["member"],
    )
    assert comment in Comment.objects.visible_to(readers["viewer"])


def test_sent_twice_it_is_said_once_and_later_anew(readers) -> None:
    assert say(readers) == say(readers, now=START + HOUR)
    say(readers, "And then?")
    say(readers, by="second")
    assert say(readers).text == "Why so?"
    assert Comment.objects.count() == 4


@pytest.mark.parametrize("who", ["viewer", "left", "stranger", "staff", "archived"])
def test_whoever_does_not_take_part_says_nothing(readers, who) -> None:
    comment = say(readers)
    author = readers["member"]
    if who == "viewer":
        readers.change("member", role="viewer")
    elif who == "left":
        readers.change("member", status="left", ended_at=START)
    elif who == "archived":
        StudyGroup.objects.update(archived_at=START)
    else:
        author = make_learner(who, is_staff=who == "staff")
    with pytest.raises(NotYours):
        write_comment(group=readers.group, card=readers.cards[0], author=author, text="I?", now=START)
    with pytest.raises(NotYours):
        edit_comment(comment=comment, author=author, text="I?", was=comment.text, now=START)
    assert Comment.objects.get().text == "Why so?"


def test_there_is_a_limit_to_an_hour(readers, settings) -> None:
    settings.COMMENTS_PER_HOUR = 2
    first = say(readers)
    say(readers, "And then?", now=START + HOUR / 2)
    with pytest.raises(TooMany):
        say(readers, "And now?", now=START + HOUR / 2)
    say(readers, by="second", now=START + HOUR / 2)
    say(readers, "And now?", now=START + HOUR)
    for number in range(2):
        report(readers, say(readers, f"No. {number}", by="owner"))
    with pytest.raises(TooMany):
        report(readers, first)


def test_what_is_said_about_suggestions_counts_within_the_same_hour(readers, settings) -> None:
    settings.COMMENTS_PER_HOUR = 2
    author = readers["member"]
    suggestion = suggest_to_remove(card=readers.cards[0], proposer=author, reason="Twice.", now=START)
    say(readers)
    word = comment_on_suggestion(suggestion=suggestion, author=author, text="Look.", now=START)
    assert comment_on_suggestion(suggestion=suggestion, author=author, text="Look.", now=START) == word
    with pytest.raises(TooMany):
        comment_on_suggestion(suggestion=suggestion, author=author, text="And here.", now=START + HOUR / 2)
    with pytest.raises(TooMany):
        say(readers, "And there.", now=START + HOUR / 2)
    comment_on_suggestion(suggestion=suggestion, author=author, text="And here.", now=START + HOUR)


def test_a_comment_that_one_changed_in_another_tab_is_not_overwritten_unseen(readers) -> None:
    comment, author = say(readers), readers["member"]
    edit_comment(comment=comment, author=author, text="Why not?", was="Why so?", now=START)
    with pytest.raises(StaleComment) as stale:
        edit_comment(comment=comment, author=author, text="Since when?", was="Why so?", now=START)
    assert stale.value.comment.text == "Why not?"
    edit_comment(comment=comment, author=author, text="Why not?", was="Why so?", now=START)  # as it stands
    edit_comment(comment=comment, author=author, text="Since when?", was="Why not?", now=START)
    comment.refresh_from_db()
    assert comment.text == "Since when?"


def test_those_whom_it_names_are_told_once(readers) -> None:
    make_learner("stranger")
    readers.change("editor", status="left", ended_at=START)
    comment = say(readers, "@Second, @viewer, @stranger, @editor, @member, @nobody: `@owner`?")
    assert told() == ["second", "viewer"]
    notice = Notice.objects.first()
    assert notice is not None
    assert (notice.by, notice.group, notice.card, notice.comment) == (
        readers["member"], readers.group, readers.cards[0], comment,
    )  # fmt: skip
    edit_comment(
        comment=comment, author=readers["member"], text="@second. @owner!", was=comment.text, now=START
    )
    assert told() == ["owner", "second", "viewer"]
    edit_comment(comment=comment, author=readers["member"], text="@viewer", was="@second. @owner!", now=START)
    assert told() == ["owner", "second", "viewer"]


def test_only_its_author_edits_it_and_that_is_said(readers) -> None:
    comment = say(readers)
    with pytest.raises(NotYours):
        edit_comment(comment=comment, author=readers["owner"], text="Mine?", was=comment.text, now=START)
    edit_comment(
        comment=comment, author=readers["member"], text="Why so?", was=comment.text, now=START + HOUR
    )
    assert Comment.objects.get().edited_at is None
    edit_comment(
        comment=comment, author=readers["member"], text="Why not?", was=comment.text, now=START + HOUR
    )
    assert Comment.objects.get().edited_at == START + HOUR


def test_a_deleted_one_keeps_its_place_and_nothing_of_its_text(readers) -> None:
    comment = say(readers)
    report(readers, comment)
    delete_comment(comment=comment, by=readers["owner"], now=START)
    delete_comment(comment=comment, by=readers["member"], now=START + HOUR)
    comment.refresh_from_db()
    assert (comment.text, comment.deleted_at, comment.deleted_by) == ("", START, readers["owner"])
    assert not Report.objects.open().exists()
    with pytest.raises(NotYours):
        edit_comment(
            comment=comment, author=readers["member"], text="Still here?", was=comment.text, now=START
        )
    with pytest.raises(NotYours):
        report(readers, comment)
    assert say(readers) != comment


def test_a_report_goes_to_the_owner_and_the_owners_own_to_the_staff(readers) -> None:
    make_learner("staff", is_staff=True)
    make_learner("gone", is_staff=True, is_active=False)
    comment = say(readers)
    report(readers, comment)
    report_comment(comment=comment, learner=readers["second"], reason="Still.", now=START)
    assert told(Notice.Kind.REPORTED) == ["owner"]
    assert Notice.objects.get().by is None
    assert Report.objects.count() == 1
    with pytest.raises(NotYours):
        report(readers, comment, by="member")
    report(readers, say(readers, by="owner"))
    assert told(Notice.Kind.REPORTED) == ["owner", "staff"]


def test_the_owner_passes_it_on_once_and_the_staff_is_told(readers) -> None:
    staff = make_learner("staff", is_staff=True)
    passed = report(readers, say(readers))
    assert passed in Report.objects.decidable_by(readers["owner"])
    for _ in range(2):
        pass_on_report(report=passed, by=readers["owner"], now=START + HOUR)
    assert told(Notice.Kind.REPORTED) == ["owner", "staff"]
    assert passed not in Report.objects.decidable_by(readers["owner"])
    assert passed in Report.objects.decidable_by(staff)


def test_who_decides_and_when_it_is_the_staffs(readers) -> None:
    staff = make_learner("staff", is_staff=True)
    of_member, of_owner = report(readers, say(readers)), report(readers, say(readers, by="owner"))
    assert set(Report.objects.decidable_by(readers["owner"])) == {of_member}
    assert set(Report.objects.decidable_by(staff)) == {of_member, of_owner}
    for name in ("editor", "member", "viewer"):
        assert not Report.objects.decidable_by(readers[name]).exists()

    def for_staff(now) -> set[Report]:
        return set(Report.objects.with_waiting(now).filter(is_for_staff=True))

    assert for_staff(START + timedelta(days=2)) == {of_owner}
    assert for_staff(START + timedelta(days=3)) == {of_member, of_owner}
    pass_on_report(report=of_member, by=readers["owner"], now=START)
    assert for_staff(START) == {of_member, of_owner}


def test_all_reports_of_a_comment_are_closed_together(readers) -> None:
    comment = say(readers)
    for name in ("second", "viewer"):
        report(readers, comment, by=name)
    close_reports(comment=comment, by=readers["owner"], now=START + HOUR)
    assert set(Report.objects.values_list("closed_at", "closed_by")) == {(START + HOUR, readers["owner"].pk)}
    report(readers, comment)
    assert Report.objects.open().count() == 1


def test_what_somebody_said_stays_when_they_leave_the_site(readers) -> None:
    comment = say(readers)
    delete_learner(learner=readers["member"], now=START)
    comment.refresh_from_db()
    assert (comment.text, comment.author) == ("Why so?", None)


@pytest.mark.django_db(transaction=True)
def test_both_halves_of_a_double_click_say_it_once() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    readers = make_readers()
    gate = threading.Barrier(4)

    def write() -> None:
        gate.wait()
        say(readers, "@second?")
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Comment.objects.count() == 1
    assert Learner.objects.get(notices__kind=Notice.Kind.MENTIONED).username == "second"
