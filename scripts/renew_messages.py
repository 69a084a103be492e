"""Bring the console's catalogues up to date with its pages: new messages are added empty, those no longer used are dropped.

    .venv/bin/python scripts/renew_messages.py

Then write what is empty. A test holds that nothing is missing, empty or unsure.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
CONSOLE: Final = ROOT / "src" / "sellergate" / "faces" / "console"
KEYWORDS: Final[dict[str, object]] = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
LANGUAGES: Final = ("ko",)


def file_of(language: str) -> Path:
    """Where the catalogue of a language is."""
    return CONSOLE / "locales" / language / "LC_MESSAGES" / "console.po"


def template() -> Catalog:
    """Every message the pages have now."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalogue = Catalog(project="sellergate", charset="utf-8")
    found = extract_from_dir(
        str(CONSOLE), methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )  # type: ignore[arg-type]
    for _file, _line, message, comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalogue.add(message, auto_comments=comments, context=context)
    return catalogue


def renewed(language: str) -> bytes:
    """The catalogue of a language with the messages of now."""
    with file_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    before = (catalogue.creation_date, catalogue.revision_date)
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.creation_date, catalogue.revision_date = before
    written = BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, no_location=True)
    return written.getvalue()


if __name__ == "__main__":
    for language in LANGUAGES:
        file_of(language).write_bytes(renewed(language))
