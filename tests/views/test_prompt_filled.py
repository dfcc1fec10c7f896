"""The prompt that a grade brings is, sign by sign, what the template gives."""

import re
from random import Random

import pytest
from django.template.loader import get_template
from django.test import Client
from django.utils.translation import override

from cards.models import Card, Learner, Schedule
from cards.models.acts import Act
from cards.scheduling import Kind, QueueCounts
from cards.templatetags.limits import day_counts
from cards.views import prompt, review
from cards.views.session import Session

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


def replies(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """For each grade of a day, what was filled in, or "", and what the template gives for the same."""
    seen: list[tuple[str, str]] = []

    def both(request, context):
        html = prompt.filled(request, context)
        whole = review.render_page(request, "review/prompt.html", context, part="session").content.decode()
        seen.append((html or "", whole))
        return html

    monkeypatch.setattr(review, "filled", both)
    client, chance = Client(headers={"HX-Request": "true"}), Random(4)
    client.force_login(learner)
    for _ in range(14):
        context = client.get("/review/").context
        if "card" not in context:
            break
        form = {"card": context["card"].pk, "part": 0, "n": context["n"], "grade": chance.choice((1, 2, 3))}
        client.post("/review/grade/", form)
    return [each for each in seen if each[0]]


def test_it_is_what_the_template_gives(ada: Learner, deck, monkeypatch) -> None:
    deck.name = "A <deck> & its 'name'"
    deck.save()
    Card.objects.filter(key="c2").update(prompt="Has `code` & **force**: $x^2$?")
    found = replies(ada, monkeypatch)
    assert len(found) > 5
    for html, whole in found:
        assert TOKEN.sub("", html) == TOKEN.sub("", whole)
        assert len(set(TOKEN.findall(html))) == 1
        assert "\0" not in html
        assert "mark" not in html


@pytest.mark.parametrize("change", [{"has_answer_box": False}, {"region": "DE"}])
def test_so_it_is_for_other_settings(ada: Learner, monkeypatch, change) -> None:
    Learner.objects.filter(pk=ada.pk).update(**change)
    for html, whole in replies(ada, monkeypatch):
        assert TOKEN.sub("", html) == TOKEN.sub("", whole)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_the_reply_confirms_is_what_its_template_gives(language: str) -> None:
    counts = QueueCounts(done=1_234, due=1_001, new=7, repeat=2)
    context = {
        "session": Session(), "counts": counts, "share": counts.share_done, "asked": 1_795_946_404,
        "act": Act("event:<1>", Kind.GRADED),
    }  # fmt: skip
    with override(language):
        filled = prompt.filled_confirmation(context)
        assert filled == get_template("review/_confirmed.html").render(context)
        assert "\0" not in filled
        assert prompt.filled_confirmation(context | {"session": Session(practise="softmax")}) is None
        assert prompt.filled_confirmation(context | {"said": "Something."}) is None


def test_the_token_of_its_forms_is_this_browsers(ada: Learner, deck) -> None:
    client = Client(headers={"HX-Request": "true"}, enforce_csrf_checks=True)
    client.force_login(ada)
    page = client.get("/review/")
    token = TOKEN.search(page.content.decode())[0]
    first = {"card": page.context["card"].pk, "part": 0, "n": 0, "grade": 3, "csrfmiddlewaretoken": token}
    reply = client.post("/review/grade/", first).content.decode()
    undone = {"act": re.search(r'name="act" value="(event:[^"]+)"', reply)[1]}
    assert client.post("/undo/", undone | {"csrfmiddlewaretoken": "no"}).status_code == 403
    assert client.post("/undo/", undone | {"csrfmiddlewaretoken": TOKEN.search(reply)[0]}).status_code == 200
    assert Schedule.objects.get(learner=ada).due_on is None


@pytest.mark.parametrize(
    "wording",
    [
        {"details": "accept: this"},
        {"prompt": "Which?\n\n- [x] This\n- [ ] That"},
    ],
)
def test_what_is_typed_or_chosen_is_rendered_each_time(ada: Learner, deck, monkeypatch, wording) -> None:
    Card.objects.update(**wording)
    assert not replies(ada, monkeypatch)


def test_the_days_numbers_are_as_each_reader_has_them() -> None:
    counts = QueueCounts(done=1_500, due=1_001, new=2, repeat=1)
    said = {}
    for tag in ("en-gb", "en-de", "en-gb"):
        with override(tag):
            said[tag] = re.findall(r"<b>(.+?)</b> (\w+)", day_counts(counts))
    english = [("1,500", "done"), ("1,000+", "to"), ("2", "new"), ("1", "again")]
    assert said["en-gb"] == english
    assert said["en-de"] == [(number.replace(",", "."), word) for number, word in english]
