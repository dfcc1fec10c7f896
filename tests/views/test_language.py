"""Whose words and whose dates and numbers a page has: the learner's setting, the browser's cookie, what it accepts."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import override

from cards.actions.learners import change_settings
from cards.regions import MAIN_REGIONS, REGIONS, accepted_region, tag

DAY = date(2026, 11, 28)
# Django's own formats of each region, but where they are words of its language.
DJANGOS = {"GB": "en-gb", "US": "en", "SE": "sv", "JP": "ja", "BR": "pt-br"}


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def day_of(client, **headers: str) -> str:
    """The day as the home page has it."""
    page = client.get("/", headers=headers).content.decode()
    return re.search(r'<p class="counts"><span>([^<]*)', page)[1]


@pytest.mark.parametrize("region", REGIONS)
def test_numbers_are_written_as_django_knows_the_region(region) -> None:
    names = ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING")
    ours = [get_format(name, lang=tag("en", region)) for name in names]
    djangos = [get_format(name, lang=DJANGOS.get(region, region.lower())) for name in names]
    assert ours == [
        separator.replace(" ", "\xa0") if separator == " " else separator for separator in djangos
    ]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("region", REGIONS)
def test_each_region_writes_a_day_with_no_words_but_of_the_language(language, region) -> None:
    """Each format that our templates name, in each pair."""
    with override(tag(language, region)):
        for name in ("DATE", "MONTH_DAY", "WEEKDAY", "SHORT_MONTH_DAY", "SHORT_WEEKDAY"):
            written = date_format(DAY, f"{name}_FORMAT")
            assert set(re.findall(r"[^\W\d]+", written)) <= {"November", "Nov", "Saturday", "Sat"}
            assert ("2026" in written) == (name == "DATE")


@pytest.mark.parametrize(
    ("region", "day", "number"),
    [
        ("GB", "28 November 2026", "1,234.50"),
        ("US", "November 28, 2026", "1,234.50"),
        ("DE", "28. November 2026", "1.234,50"),
        ("FR", "28 November 2026", "1\xa0234,50"),
        ("JP", "2026 November 28", "1,234.50"),
        ("", "28 November 2026", "1,234.50"),
        ("XX", "28 November 2026", "1,234.50"),
    ],
)
def test_a_region_has_its_dates_and_numbers(region, day, number) -> None:
    with override(tag("en", region)):
        assert date_format(DAY) == day
        assert number_format(1234.5, 2, force_grouping=True) == number


@pytest.mark.parametrize(
    ("accepted", "region"),
    [
        ([], "GB"),
        (["en-us", "en"], "US"),
        (["en"], "GB"),
        (["en-au"], "GB"),
        (["de-at", "de", "en"], "DE"),
        (["pt-br"], "BR"),
        (["pt"], "PT"),
        (["ja"], "JP"),
        (["tlh", "fr-ca"], "FR"),
        (["en-de"], "DE"),
        (["*"], "GB"),
    ],
)
def test_a_browser_asks_for_a_region_by_its_languages(accepted, region) -> None:
    assert accepted_region(accepted) == region


def test_each_main_region_is_one_of_ours() -> None:
    assert set(MAIN_REGIONS.values()) <= REGIONS.keys()


def test_dates_follow_the_setting_then_the_cookie_then_the_browser(client_of, ada) -> None:
    client = client_of(ada)
    assert day_of(client) == "Monday, 2 March"
    assert day_of(client, accept_language="de-AT,de;q=0.9,en;q=0.8") == "Monday, 2. March"
    client.cookies["region"] = "US"
    assert day_of(client, accept_language="de") == "Monday, March 2"
    change_settings(learner=ada, region="JP")
    assert day_of(client, accept_language="de") == "March 2, Monday"


@pytest.mark.parametrize("cookie", ["XX", "../..", "de", ""])
def test_a_cookie_of_no_region_counts_as_none(client_of, ada, cookie) -> None:
    client = client_of(ada)
    client.cookies["region"] = cookie
    client.cookies["language"] = cookie
    assert day_of(client) == "Monday, 2 March"


def test_a_learner_sets_the_region_and_their_cookie_is_forgotten(client_of, ada) -> None:
    client = client_of(ada)
    client.cookies["region"] = "US"
    page = client.get("/settings/").content.decode()
    assert '<option value="US" selected>English (US): November 28, 2026, 1,234.5</option>' in page
    assert 'name="language"' not in page
    form = dict(re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL))
    form |= {"new_per_day": "20", "leech_lapses": "8", "region": "DE"}
    assert client.post("/settings/", form).status_code == 302
    ada.refresh_from_db()
    assert ada.region == "DE"
    assert client.cookies["region"].value == ""
    assert day_of(client) == "Monday, 2. March"


def test_whoever_is_not_known_chooses_it_beside_the_theme(client) -> None:
    assert 'name="region"' in client.get("/appearance/").content.decode()
    client.post("/appearance/", {"region": "DE"})
    assert client.cookies["region"].value == "DE"
    page = client.get("/appearance/").content.decode()
    assert '<option value="DE" selected>' in page
    client.post("/appearance/", {"theme": "dark"})
    assert client.cookies["region"].value == "DE"
    client.post("/appearance/", {"region": ""})
    assert client.cookies["region"].value == ""


def test_a_learner_finds_it_in_the_settings_alone(client_of, ada) -> None:
    assert 'name="region"' not in client_of(ada).get("/appearance/").content.decode()


def test_a_page_says_its_language_and_that_it_depends_on_the_browsers(client) -> None:
    response = client.get("/", headers={"accept-language": "de"})
    assert response.headers["Content-Language"] == "en"
    assert "Accept-Language" in response.headers["Vary"]
    assert b'<html lang="en">' in response.content
