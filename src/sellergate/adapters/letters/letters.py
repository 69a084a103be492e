"""Puts messages into words: one template for each kind and language gives the text, and one layout the HTML of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template, TemplateError

from sellergate.adapters.letters.words import Lines, blocks_of, moment, on_one_line, quoted
from sellergate.domain.messages import Channel, Item, Message
from sellergate.domain.notices import Audience
from sellergate.domain.occasions import is_severe
from sellergate.domain.preferences import Locale
from sellergate.ports.couriers import Letter, Undelivered

TEMPLATES: Final = Path(__file__).parent / "templates"
DIGEST: Final = "digest"
_IS_NAME: Final = re.compile(r"[a-z]+([.-][a-z]+)*").fullmatch
MOST_LISTED: Final = 50
"""How many things a digest names; the others are counted."""


def plain_environment(**options: Any) -> Environment:
    """Where templates of plain text are filled in. A variable that is missing is an error."""
    environment = Environment(
        undefined=StrictUndefined,
        finalize=on_one_line,
        autoescape=False,  # noqa: S701  plain text; the layout, which is HTML, escapes
        keep_trailing_newline=False,
        **options,
    )
    environment.filters |= {"quoted": quoted, "lines": Lines}
    return environment


@dataclass(frozen=True, slots=True)
class _Words:
    """One template: what its first line says, and the rest."""

    subject: Template
    text: Template


class Letters:
    """See ports.couriers.Writer. A variable that is missing is an error, never an empty place."""

    def __init__(self) -> None:
        self._plain = plain_environment()
        pages = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True)
        self._layout = pages.from_string((TEMPLATES / "layout.html").read_text(encoding="utf-8"))
        self._words = cache(self._read)

    def write(self, message: Message, items: Sequence[Item]) -> Letter:
        """The message in the words of its recipient's language. Raises Undelivered, final, where there are no words for it."""
        try:
            subject, text = self._worded(message, items)
        except (TemplateError, OSError, KeyError) as error:
            raise Undelivered(f"It cannot be put into words: {error}", final=True) from error
        footer = self._footer(message, items)
        html = self._layout.render(locale=message.locale.value, subject=subject, blocks=blocks_of(text), footer=footer)
        return Letter(
            uid=message.uid,
            address=message.address,
            locale=message.locale,
            subject=subject,
            text=f"{text}\n\n-- \n{footer}\n" if footer else f"{text}\n",
            html=html,
            payload=_payload(items[0]),
            wakes=any(is_severe(item.kind, item.facts) for item in items),
            at=items[0].at,
        )

    def _worded(self, message: Message, items: Sequence[Item]) -> tuple[str, str]:
        if len(items) == 1:
            return self._of(message, items[0].kind, _facts(items[0]))
        lines = [{"at": item.at, "line": self._of(message, item.kind, _facts(item))[0]} for item in items]
        return self._of(message, DIGEST, {"items": lines, "most": MOST_LISTED})

    def _of(self, message: Message, kind: str, facts: dict[str, Any]) -> tuple[str, str]:
        words = self._words(message.locale, kind, message.zone)
        facts = {**facts, "locale": message.locale.value}
        return str(on_one_line(words.subject.render(facts))), words.text.render(facts).strip()

    def _read(self, locale: Locale, kind: str, zone: str) -> _Words:
        subject, _, text = _template(locale, kind).partition("\n")
        here = self._plain.overlay()
        here.filters = {**self._plain.filters, "moment": partial(moment, zone=zone, locale=locale)}
        return _Words(here.from_string(subject), here.from_string(text))

    @staticmethod
    def _footer(message: Message, items: Sequence[Item]) -> str:
        theirs = message.channel is Channel.EMAIL and items[0].audience in (Audience.SELLER, Audience.SUPPLIER)
        return _template(message.locale, "footer").strip() if theirs else ""


def _template(locale: Locale, name: str) -> str:
    if not _IS_NAME(name):
        raise KeyError(name)
    return (TEMPLATES / locale.value / f"{name}.txt").read_text(encoding="utf-8")


def _facts(item: Item) -> dict[str, Any]:
    return {**item.facts, "audience": item.audience}


def _payload(item: Item) -> dict[str, Any]:
    at = item.at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    return {"type": item.kind, "timestamp": at, "data": {**item.facts, "audience": item.audience}}
