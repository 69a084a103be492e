"""Every word on a page can be read in Korean."""

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from sellergate.faces.console.language import LANGUAGES, chosen, words_of

ROOT = Path(__file__).parents[2]
RENEWING = runpy.run_path(str(ROOT / "scripts" / "renew_messages.py"))
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


@pytest.fixture(scope="module")
def catalogue():
    with RENEWING["file_of"]("ko").open("rb") as file:
        return read_po(file, locale="ko")


def test_the_catalogue_has_exactly_the_messages_of_the_pages():
    written = RENEWING["file_of"]("ko").read_bytes()

    assert written == RENEWING["renewed"]("ko"), "Renew it: .venv/bin/python scripts/renew_messages.py"
    assert len(RENEWING["template"]()) > 50


def test_nothing_is_empty_or_unsure(catalogue):
    texts = {message.id: message.string for message in catalogue if message.id}
    empty = [id for id, text in texts.items() if not (all(text) if isinstance(text, tuple) else text)]

    assert empty == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


def test_a_translation_has_the_values_of_its_message(catalogue):
    def values(text):
        return {one or other for one, other in PLACEHOLDER.findall(text)}

    for message in catalogue:
        if not message.id:
            continue
        ids, texts = ((each,) if isinstance(each, str) else each for each in (message.id, message.string))
        for text in texts:
            assert values(text) == values(ids[-1]), message.id


def test_there_is_a_catalogue_for_every_language_but_the_first():
    assert tuple(RENEWING["LANGUAGES"]) == LANGUAGES[1:]


@pytest.mark.parametrize(
    ("wishes", "accept", "language"),
    [
        (("ko", "en"), "en", "ko"),
        ((None, "ko"), "en", "ko"),
        ((None, "fr"), None, "en"),
        ((), "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ((), "fr, en;q=0.5, ko;q=0.7", "ko"),
        ((), "ko;q=0, en", "en"),
        ((), "*", "en"),
        ((), "ko;q=x,,;", "en"),
    ],
)
def test_the_language_is_the_first_wish_that_can_be_met(wishes, accept, language):
    assert chosen(wishes, accept) == language


def test_words_are_put_in_by_name():
    assert words_of("en").ngettext("%(num)s product", "%(num)s products", 1) == "1 product"
    assert words_of("ko").gettext("%(span)s left", span="2일") == "2일 남음"
