"""Puts announcements into words: the plan's own message with its gaps filled, or the template that it names."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Template

from sellergate.adapters.letters.letters import plain_environment
from sellergate.adapters.letters.words import moment, on_one_line
from sellergate.domain.announced import Texts
from sellergate.domain.announcements import Edition
from sellergate.domain.authorization import Action
from sellergate.domain.figures import Figures
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.preferences import Locale
from sellergate.domain.thresholds import Metric
from sellergate.domain.verdict_words import value_words

TEMPLATES: Final = Path(__file__).parent / "announcements"
NO_DATE: Final = {Locale.EN: "a date that is not set yet", Locale.KO: "추후 안내드릴 날짜"}
_GAPS: Final = re.compile(r"\{(reason|step|date)\}")
_FIRST_SENTENCE: Final = re.compile(r"(.+?)(?:\.+(?:\s|$)|$)", re.DOTALL)


class AnnouncementWords:
    """See ports.announcements.Wording. `faq` is where those who answer questions find the answers."""

    def __init__(self, faq: str) -> None:
        self._faq = faq
        # Blocks stand on lines of their own and leave none behind.
        self._environment = plain_environment(trim_blocks=True, lstrip_blocks=True)
        self._template = cache(self._read)

    def texts(self, edition: Edition, plan: RolloutPlan, figures: Figures | None) -> Texts:
        """The subject and the text of an edition in every language."""
        worded = {locale.value: self._worded(edition, plan, figures, locale) for locale in Locale}
        return {
            "subject": {locale: subject for locale, (subject, _) in worded.items()},
            "text": {locale: text for locale, (_, text) in worded.items()},
        }

    def _worded(self, edition: Edition, plan: RolloutPlan, figures: Figures | None, locale: Locale) -> tuple[str, str]:
        one = edition.announcement
        if one.template is None:
            message = one.message_ko if locale is Locale.KO and one.message_ko else one.message or ""
            text = _filled(message, edition, plan, locale)
            return _first_sentence(text), text
        facts = self._facts(edition, plan, figures)
        rendered = self._template(locale, one.template, plan.zone).render(facts)
        subject, _, text = rendered.partition("\n")
        return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip()

    def _facts(self, edition: Edition, plan: RolloutPlan, figures: Figures | None) -> dict[str, Any]:
        return {
            "plan": plan,
            "step": edition.step,
            "title": None if edition.step is None else title_of(edition.step),
            "date": edition.begins_at,
            "change": edition.change,
            "figures": figures,
            "Action": Action,
            "faq": self._faq,
        }

    def _read(self, locale: Locale, name: str, zone: str) -> Template:
        here = self._environment.overlay()
        here.filters = {
            **self._environment.filters,
            "moment": partial(moment, zone=zone, locale=locale),
            "latency": partial(_value, Metric.LATENCY),
            "share": partial(_value, Metric.ERRORS),
            "number": "{:,}".format,
        }
        return here.from_string((TEMPLATES / locale.value / f"{name}.txt").read_text(encoding="utf-8"))


def title_of(step: Step) -> str:
    """What a step is called among people."""
    return step.title or step.name


def _value(metric: Metric, value: float | None) -> str:
    return "-" if value is None else value_words(metric, value)


def _filled(message: str, edition: Edition, plan: RolloutPlan, locale: Locale) -> str:
    facts: Mapping[str, object] = {
        "reason": "" if edition.change is None else edition.change.reason.strip().rstrip("."),
        "step": "" if edition.step is None else title_of(edition.step),
        "date": _date(edition.begins_at, plan.zone, locale),
    }
    return _GAPS.sub(lambda gap: str(on_one_line(facts[gap[1]])), message)


def _date(at: datetime | None, zone: str, locale: Locale) -> str:
    return NO_DATE[locale] if at is None else moment(at, zone, locale)


def _first_sentence(text: str) -> str:
    found = _FIRST_SENTENCE.match(text)
    return " ".join((found[1] if found else text).split())
