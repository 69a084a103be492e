"""Words in the languages people read: translations are read from their .po files when the server starts."""

from collections.abc import Iterable, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = Path(__file__).with_name("locales")
DEFAULT: Final = "en"
LANGUAGES: Final = (DEFAULT, "ko")
"""The first is what messages are written in."""

COOKIE: Final = "sellergate_language"


class Words:
    """One language: its messages, and how it writes numbers and dates. Values are put in by name: `%(count)s`."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self.translations = translations

    def gettext(self, message: str, **values: Any) -> str:
        """The message in this language."""
        return self.translations.gettext(message) % values

    def ngettext(self, singular: str, plural: str, number: int, **values: Any) -> str:
        """The message for this number of things, which it may show as `%(num)s`."""
        return self.translations.ngettext(singular, plural, number) % {"num": number, **values}

    def pgettext(self, context: str, message: str, **values: Any) -> str:
        """The message where the same English words mean another thing elsewhere."""
        return self.translations.pgettext(context, message) % values


@cache
def words_of(language: str) -> Words:
    """The words of one of LANGUAGES."""
    return Words(language, NullTranslations() if language == DEFAULT else _compiled(language))


def _compiled(language: str) -> GNUTranslations:
    with (LOCALES / language / "LC_MESSAGES" / "console.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def chosen(wishes: Iterable[str | None], accept: str | None) -> str:
    """The first wish that is one of LANGUAGES, or else what the browser's Accept-Language asks for, or else English."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    return negotiate_locale(_accepted(accept or ""), LANGUAGES, sep="-") or DEFAULT


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    wanted: dict[str, float] = {}
    for part in header.split(",")[:20]:
        name, _, quality = part.strip().partition(";")
        wanted[name.strip()] = _quality(quality)
    return sorted((name for name in wanted if name and wanted[name] > 0), key=lambda name: -wanted[name])


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


NAMES: Final[Mapping[str, str]] = {"ko": "한국어", "en": "English"}
"""How each language calls itself."""
