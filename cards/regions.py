"""PURE: how a region writes dates and numbers, whatever language the words are in.

A page has the tag of both, such as en-de: English words, written as in Germany. Django takes the words from the
catalogs of the language, and the formats from `chapter5/formats/en_DE/formats.py`.
"""

from collections.abc import Iterable

REGIONS = {
    "GB": "English (UK)",
    "US": "English (US)",
    "DE": "Deutsch",
    "ES": "Español",
    "FR": "Français",
    "IT": "Italiano",
    "NL": "Nederlands",
    "PL": "Polski",
    "PT": "Português",
    "BR": "Português (Brasil)",
    "SE": "Svenska",
    "JP": "日本語",
}
DEFAULT = "GB"

# Where a browser names a language alone, or a region that is none of ours.
MAIN_REGIONS = {region.lower(): region for region in ("DE", "ES", "FR", "IT", "NL", "PL", "PT")} | {
    "en": "GB",
    "ja": "JP",
    "sv": "SE",
}


def accepted_region(accepted: Iterable[str]) -> str:
    """The region of the first of these language tags, such as de-at, de and en, that is written as one of ours."""
    for tag in accepted:
        language, _, region = tag.partition("-")
        if region.upper() in REGIONS:
            return region.upper()
        if language in MAIN_REGIONS:
            return MAIN_REGIONS[language]
    return DEFAULT


def tag(language: str, region: str) -> str:
    """As Django wants it; of a region that is none of ours, the default."""
    return f"{language}-{(region if region in REGIONS else DEFAULT).lower()}"
