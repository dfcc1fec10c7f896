"""Each text of each page is marked for translation: in a language of brackets, what stands outside them is Greek."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils.html import escape

from cards.actions.assignments import set_assignment
from cards.actions.cards import edit_card, make_card
from cards.actions.decks import make_deck
from cards.actions.demo_runs import claim_run, finish_run, request_run
from cards.actions.digests import token_of
from cards.actions.discussions import report_comment, write_comment
from cards.actions.groups import follow_deck, make_group
from cards.actions.invites import join_group, make_invite
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card, suggest_wording
from cards.cardtext import Wording
from cards.demos.contract import Plot, Result, Series, Table
from cards.demos.draw import draw
from cards.demos.registry import demo
from cards.http import REGION_COOKIE
from cards.models import Card, Deck, Flag
from cards.scheduling import Grade
from tests.browser.test_every_page import PAGES
from tests.conftest import START, make_learner
from tests.pseudo import Unmarked, spoken
from tests.views.demo_runs import ENVIRONMENT, worker

DAY = timedelta(days=1)
WIDE = "\n\n| α |\n| - |\n| β |\n\n```\nα\n```\n\n$$α$$"  # each has a name that is read aloud
# What is another each time: a form's token, and the seed of another run.
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*|(?<=name="seed" value=")[0-9]*')
RESULT = Result(
    parts=[
        Plot(
            title="Κλίση", x_label="ρυθμός", y_label="απώλεια", series=[Series(label="α", x=[1, 2], y=[2, 3])],
            finding="Πέφτει.",
        ),
        Table(title="Πίνακας", columns=["α", "β"], rows=[["γ", 0.5]], note="Όλα."),
    ],
    finding="Πέφτει.",
    data_used="Κανένα.",
)  # fmt: skip


@pytest.fixture
def world(db, clock) -> SimpleNamespace:
    """A Greek learner who did everything once, a Greek admin, and the names that fill in the rows of pages."""
    site = Deck.objects.create(
        name="Δίκτυα", description="Για όλους.", is_public=True, is_starter=True, created_at=START
    )
    cards = [
        make_card(
            deck=site,
            wording=Wording(f"Τί {n};", f"Αυτό {n}.{WIDE}", "tags: βάρη\ndemo: softmax_table"),
            author=None,
            now=START,
        )
        for n in range(25)
    ]
    me, staff = make_learner("άδα"), make_learner("νους", is_staff=True, is_superuser=True)
    address = EmailAddress.objects.create(user=me, email="a@example.org", primary=True, verified=True)
    own = make_deck(owner=me, name="Δικά μου", description="", now=START)
    mine = make_card(deck=own, wording=Wording("Ποιο;", "", ""), author=me, now=START)
    second = make_card(deck=own, wording=Wording("Πότε;", "Τότε.", ""), author=me, now=START)
    edit_card(
        card=second,
        wording=Wording("Πότε;", "Τώρα.", ""),
        base_number=1,
        author=me,
        now=START,
        reason="Σαφέστερο.",
    )
    for day, grade in enumerate((3, 1, 3, 1, 2, 4)):
        for card in (cards[0], mine, second):
            grade_card(
                learner=me,
                card_id=card.pk,
                part=0,
                shown_number=day,
                grade=Grade(grade),
                now=START + day * 9 * DAY,
                answer_seconds=4,
            )
    clock.set(START + 60 * DAY)
    flag = flag_card(card=cards[1], learner=me, kind=Flag.Kind.TYPO, note="Λάθος.", now=START)
    suggestion = suggest_wording(
        card=cards[1],
        proposer=me,
        wording=Wording("Γιατί;", "Έτσι.", ""),
        base_number=1,
        reason="Καλύτερο.",
        now=START,
    )
    search = save_search(learner=me, name="Βάρη", query="βάρη", now=START)
    softmax = demo("softmax_table")
    assert softmax is not None
    worker()
    for seed in (1, 2):
        run = request_run(
            learner=me, demo=softmax, parameters=softmax.read({}), seed=seed, now=START, card=cards[1]
        )
        claimed = claim_run(run_id=run.pk, now=START)
        assert claimed is not None
        stamp = {
            "device": "Ω",
            "versions": {"torch": "2"},
            "seconds": 0.5,
            "draw_seconds": 0.1,
            "data_used": "Κανένα.",
        }
        finish_run(
            run=claimed,
            drawing=draw(RESULT, prefix=f"r{seed}"),
            environment=ENVIRONMENT,
            stamp=stamp,
            now=START,
        )
    group = make_group(owner=me, name="Αναγνώστες", description="Μαζί.", now=START)
    join_group(
        token=make_invite(group=group, by=me, role="member", days=7, now=START + 58 * DAY).token,
        learner=staff, shows_progress=True, now=START + 58 * DAY,
    )  # fmt: skip
    follow_deck(group=group, deck=site, by=me, now=START)
    assignment = set_assignment(
        group=group, by=me, deck=site, tags=["βάρη"], due_on=date(2026, 6, 1), now=START + 58 * DAY
    )
    comment = write_comment(group=group, card=cards[1], author=staff, text="Πώς;", now=START + 58 * DAY)
    own_comment = write_comment(group=group, card=cards[1], author=me, text="Έτσι.", now=START + 58 * DAY)
    report_comment(comment=comment, learner=me, reason="Όχι.", now=START + 58 * DAY)
    other = make_group(owner=staff, name="Άλλοι", description="*Αλλού*", now=START)
    elsewhere = make_invite(group=other, by=staff, role="member", days=7, now=START + 58 * DAY)
    names = {
        "comment": comment.pk, "own_comment": own_comment.pk,
        "group": group.pk, "membership": group.memberships.get(learner=staff).pk,
        "invite": elsewhere.token, "assignment": assignment.pk,
        "learner": me.pk, "own_deck": own.pk, "own_card": mine.pk, "card": cards[1].pk, "deck": site.pk, "run": run.pk,
        "search": search.pk, "flag": flag.pk, "suggestion": suggestion.pk,
        "reset_key": user_pk_to_url_str(me) + "-" + default_token_generator.make_token(me),
        "email_key": EmailConfirmationHMAC(address).key, "digest": token_of(me),
        "card_type": ContentType.objects.get_for_model(Card).pk,
    }  # fmt: skip
    clients = {"": Client(), "@": Client(), "-": Client()}
    clients[""].force_login(me)
    clients["@"].force_login(staff)
    return SimpleNamespace(
        me=me, staff=staff, names=names, clients=clients, cards=cards, own=own, second=second
    )


@pytest.fixture
def _brackets() -> Iterator[None]:
    with spoken():
        yield


def page_of(world: SimpleNamespace, row: str):
    who = row[0] if row[0] in "@-" else ""
    row = row.replace("my+own+words", "δικά+μου").replace("q=softmax", "q=Τί")
    return world.clients[who].get(row.removeprefix(who).format_map(world.names))


@pytest.mark.usefixtures("_brackets")
def test_every_page_is_marked(world) -> None:
    found = {}
    for name, row in PAGES.items():
        response = page_of(world, row)
        assert response.status_code == 200, name
        if unmarked := Unmarked(response.content.decode()).found:
            found[name] = unmarked
    assert not found, "\n".join(f"{name}: {texts}" for name, texts in found.items())


class Machine(HTMLParser):
    """What of a page machines read: its attributes, but for those that are words, or say what was chosen."""

    LEFT_OUT = {"title", "alt", "aria-label", "placeholder", "nonce", "selected", "checked"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.read: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        kept = [(name, value) for name, value in attributes if name not in self.LEFT_OUT]
        self.read.append((tag, kept))


def test_what_machines_read_is_the_same_in_every_region(world) -> None:
    """Ids, days, addresses, what forms hold, and each drawing's numbers; files as they are."""
    for name, row in PAGES.items():
        pages = []
        for region in ("GB", "DE"):
            for client in world.clients.values():
                client.cookies[REGION_COOKIE] = region
            pages.append(Machine(TOKEN.sub("", page_of(world, row).content.decode())).read)
        assert pages[0] == pages[1], name


@pytest.mark.parametrize("name", ["days", "ahead", "months", "hours", "seconds"])
def test_a_file_is_the_same_in_every_region(world, name: str) -> None:
    files = []
    for region in ("GB", "DE"):
        world.clients[""].cookies[REGION_COOKIE] = region
        files.append(world.clients[""].get(f"/statistics/{name}.csv").content)
    assert files[0] == files[1]
    assert files[0]


def refused(world: SimpleNamespace) -> Iterator[tuple[str, object]]:
    """Each form of ours with something wrong in it, and what else answers a POST with words."""
    me, staff, nobody = (world.clients[who] for who in ("", "@", "-"))
    n = world.names

    def post(address: str, client: Client = me, **data: object) -> tuple[str, object]:
        return f"{address} {data}", client.post(address.format(**n), data, follow=True)

    yield post(
        "/settings/", time_zone="Nowhere", region="XX", rollover_hour="99", new_per_day="-1", leech_lapses="x"
    )
    yield post(
        "/settings/",
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "n"),
    )
    yield post("/appearance/", theme="neon")
    yield post("/decks/new/", name="", description="x" * 100_000)
    yield post("/decks/new/", name="Νέα")
    yield post("/decks/{own_deck}/edit/", name="")
    yield post("/decks/{own_deck}/edit/", name="Άλλα")
    yield post("/decks/{own_deck}/limits/", new_per_day="-1", reviews="99999999")
    yield post("/decks/{own_deck}/archive/", to="archive")
    yield post("/decks/{own_deck}/archive/", to="back")
    yield post("/decks/{deck}/study/", to="stop")
    yield post("/decks/{deck}/study/", to="study")
    yield post("/today/", new="-1")
    yield post("/decks/{own_deck}/new/", prompt="", details="colour: red", act="save")
    yield post(
        "/decks/{own_deck}/new/", prompt="Τί;", details="demo: softmax_table activations=1", act="save"
    )
    yield post(
        "/decks/{own_deck}/new/", prompt="Τί;", details="demo: softmax_table activations=α,1 β=2", act="save"
    )
    yield post(
        "/decks/{own_deck}/new/",
        prompt="Τί;",
        details="demo: lr_find start_rate=1 end_rate=0.5 steps=x",
        act="save",
    )
    yield post("/decks/{own_deck}/new/", prompt="α" * 20_001, details='demo: lr_find x="', act="save")
    yield post("/decks/{own_deck}/new/", prompt="Τί;", details="tags:\ndemo: A!\nνέα", act="save")
    yield post("/decks/{own_deck}/new/", prompt="Νέο;", answer="Ναι.", act="save")
    yield post("/decks/{own_deck}/new/", act="picture")
    yield post("/cards/{own_card}/edit/", prompt="Ποιο;", reason="", base_number="1", act="save")
    yield post("/cards/{own_card}/edit/", prompt="Ποιο;", reason="Έτσι.", base_number="1", act="save")
    yield post("/cards/{own_card}/move/", deck="999999")
    yield post("/cards/{own_card}/archive/", to="archive")
    yield post("/cards/{own_card}/archive/", to="back")
    yield post("/cards/{card}/suggest/", prompt="", reason="", base_number="1", act="save")
    yield post(
        "/cards/{card}/suggest/",
        prompt="Τί 1;",
        answer="Αυτό 1.",
        details="tags: βάρη\ndemo: softmax_table",
        reason="Έτσι.",
        base_number="1",
        act="save",
    )
    yield post("/cards/{card}/suggest/", prompt="Τί άλλο;", reason="Έτσι.", base_number="1", act="save")
    yield post("/cards/{card}/flag/", kind="odd")
    yield post("/cards/{card}/flag/", kind="wrong", note="Όχι.")
    yield post("/cards/{card}/flag/withdraw/")
    for act in ("suspend", "resume", "skip", "restart"):
        yield post("/cards/act/", act=act, cards=str(world.second.pk), next="/decks/")
    yield post("/cards/act/", act="due", cards=str(world.second.pk), due_on="1999-01-01", next="/decks/")
    yield post("/cards/act/", act="due", cards=str(world.second.pk), due_on="x", next="/decks/")
    yield post("/cards/act/", act="due", cards=str(world.second.pk), next="/decks/")
    yield post("/cards/act/", act="suspend", next="/decks/")
    yield post("/undo/", act="nothing:1")
    yield post("/review/grade/", card=str(world.second.pk), grade="9")
    yield post("/catch-up/", days="7", plan="stale")
    yield post("/questionnaires/read/", text="")
    yield post("/questionnaires/read/", text="Κείμενο.")
    yield post("/questionnaires/read/", text="Τί;\n\nΑυτό.\n\nΠοιο;")
    yield post("/search/keep/", query="Τί", name="Βάρη")
    yield post("/search/keep/", query="Τί", name="Άλλη")
    yield post("/demos/softmax_table/runs/", **{"p-activations": "α"})
    yield post("/settings/my-data/delete/", password="λάθος")
    yield post("/accounts/login/", nobody, login="άδα", password="λάθος")
    yield post("/accounts/login/", nobody, login="", password="")
    yield post("/accounts/signup/", nobody, username="admin", email="x", password1="1")
    yield post("/accounts/signup/", nobody, username="άδα", email="a@example.org", password1="12345678")
    yield post("/accounts/password/reset/", nobody, email="x")
    yield post("/accounts/password/reset/", nobody, email="a@example.org")
    yield post("/accounts/password/change/", oldpassword="λάθος", password1="1", password2="2")
    yield post("/accounts/email/", email="x", action_add="1")
    yield post("/accounts/email/", email="b@example.org", action_add="1")
    yield post("/accounts/email/", email="b@example.org", action_remove="1")
    yield post("/admin/cards/card/{card}/change/", staff, prompt="", reason="", base_number="1", act="save")
    yield post(
        "/admin/cards/suggestion/{suggestion}/change/", staff, prompt="", act="accept", base_number="1"
    )
    yield post(
        "/admin/cards/suggestion/{suggestion}/change/",
        staff,
        act="decline",
        base_number="1",
        prompt="Γιατί;",
        answer="Έτσι.",
        reply="Όχι.",
    )
    yield post("/admin/cards/deck/add/", staff, name="")
    yield post("/admin/cards/learner/{learner}/password/", staff, password1="1", password2="2")
    yield "404", me.get("/nowhere/")
    for query in (
        "is:suspend",
        "(",
        "ease<2.345",
        "colour:red",
        "Τί -",
        "or",
        '"',
        "deck:",
        "is:",
        "a" * 501,
        "tag<3",
        "forgotten:x",
    ):
        yield f"search {query}", me.get("/search/", {"q": query})
    yield "search", me.get("/search/", {"q": "Τί Άλφα"})


@pytest.mark.usefixtures("_brackets")
def test_what_a_form_says_is_marked_too(world) -> None:
    found = {}
    for name, response in refused(world):
        typed = name.partition("search ")[2] or "\0"
        assert response.status_code in {200, 404, 409, 422, 429}, name
        if unmarked := Unmarked(response.content.decode().replace(escape(typed), "")).found:
            found[name] = unmarked
    assert not found, "\n".join(f"{name}: {texts}" for name, texts in found.items())
