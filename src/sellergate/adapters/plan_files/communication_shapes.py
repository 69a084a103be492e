"""The tables of a plan about people: announcements, alerts, and what is left to do afterwards."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sellergate.adapters.plan_files import units
from sellergate.adapters.plan_files.shapes import Key, Refused, Shape, fields_of
from sellergate.domain.communication import (
    FILLED_IN,
    SUITS,
    Alert,
    Announcement,
    Channel,
    Checklist,
    Occasion,
    Severity,
    Template,
    Watched,
)

DURATION: Final[dict[str, Any]] = {
    "allowed": units.DURATION,
    "parse": units.duration,
    "write": units.duration_text,
}


def _announcement(
    *,
    lead: timedelta = timedelta(0),
    occasion: Occasion,
    step: str | None = None,
    message: str | None = None,
    message_ko: str | None = None,
    template: Template | None = None,
    **more: Any,
) -> Announcement:
    if (message is None) == (template is None):
        raise Refused("message", "allowed is either a message or a template")
    if message_ko is not None and message is None:
        raise Refused("message_ko", "allowed is the Korean of a message only")
    if template is not None and occasion not in SUITS[template]:
        raise Refused("template", f"allowed is it for the occasion {_either(SUITS[template])} only")
    if lead and occasion is not Occasion.BEFORE:
        raise Refused("lead", "allowed is a lead before a step only")
    if step is not None and occasion not in (Occasion.BEFORE, Occasion.ENTERED):
        raise Refused("step", "allowed is a step only before it and when it is entered")
    _check_filled_in(occasion, message=message, message_ko=message_ko)
    return Announcement(
        lead=lead, occasion=occasion, step=step, message=message, message_ko=message_ko, template=template, **more
    )


def _check_filled_in(occasion: Occasion, **messages: str | None) -> None:
    for key, message in messages.items():
        for name, occasions in FILLED_IN.items():
            if message is not None and f"{{{name}}}" in message and occasion not in occasions:
                raise Refused(key, f"allowed is {{{name}}} for the occasion {_either(occasions)} only")


def _either(occasions: frozenset[Occasion]) -> str:
    return " or ".join(sorted(occasions))


ANNOUNCEMENT: Final = Shape(
    title="announcements",
    meaning="What is told to whom, where and when.",
    make=_announcement,
    facts=fields_of,
    keys={
        "name": Key(meaning="Its name, unique in the plan.", allowed=units.NAME, parse=units.name),
        "audience": Key(meaning="Who is told.", allowed=units.TEXT, parse=units.text),
        "channels": Key(
            meaning="Where they are told.",
            allowed=f"a list of {units.choices(Channel)}",
            parse=lambda value: _not_empty(units.list_of(units.choice(Channel))(value)),
            write=lambda channels: [channel.value for channel in channels],
        ),
        "to": Key(
            meaning="The place within the channels: a Slack channel, a mailing list.",
            allowed=units.TEXT,
            parse=units.text,
            default=None,
        ),
        "occasion": Key(
            meaning="When it is due: before a step, when it was entered, after a rollback, or regularly.",
            allowed=units.choices(Occasion),
            parse=units.choice(Occasion),
            write=str,
        ),
        "step": Key(
            meaning="The step it is about. Without one it is about each.",
            allowed="the name of a step",
            parse=units.name,
            default=None,
        ),
        "lead": Key(meaning="How long before the step it is told.", default="0 s", **DURATION),
        "message": Key(
            meaning="Its words; `{reason}`, `{step}` and `{date}` are filled in.",
            allowed=units.TEXT,
            parse=units.text,
            default=None,
        ),
        "message_ko": Key(
            meaning="The same in Korean. Without it those who read Korean get the message as it is.",
            allowed=units.TEXT,
            parse=units.text,
            default=None,
        ),
        "template": Key(
            meaning="Instead of a message: words that come with sellergate.",
            allowed=units.choices(Template),
            parse=units.choice(Template),
            write=str,
            default=None,
        ),
    },
)


def _not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError(values)
    return values


_WRITES: Final[Mapping[Watched, Callable[[Any], object]]] = {
    Watched.LATENCY: units.latency_text,
    Watched.ERRORS: units.share_text,
    Watched.CACHE_HITS: units.share_text,
    Watched.POOL: units.share_text,
    Watched.INBOX: int,
    Watched.LIMIT_REJECTIONS: int,
}
_READS: Final[Mapping[Watched, tuple[Callable[[object], float], str]]] = {
    Watched.LATENCY: (units.latency, units.LATENCY),
    Watched.ERRORS: (units.share, units.SHARE),
    Watched.CACHE_HITS: (units.share, units.SHARE),
    Watched.POOL: (units.share, units.SHARE),
    Watched.INBOX: (units.number(0, 1_000_000), "a number, 0 to 1000000"),
    Watched.LIMIT_REJECTIONS: (units.number(0, 1_000_000), "a number, 0 to 1000000"),
}
IN_ITS_UNIT: Final = "a number, a share or a time, as the metric is counted"


def in_unit_of(watched: str, key: str, value: object) -> float:
    """A value in the unit of what it is held against. Raises Refused."""
    parse, allowed = _READS[Watched(watched)]
    try:
        return parse(value)
    except ValueError:
        raise Refused(key, f"allowed is {allowed}") from None


def unit_text(watched: str, value: float) -> object:
    """A value as it stands in a file."""
    return _WRITES[Watched(watched)](value)


def _alert(*, metric: Watched, above: object, within: timedelta | None = None, **more: Any) -> Alert:
    if (metric is Watched.LIMIT_REJECTIONS) != (within is not None):
        raise Refused("within", "allowed is a time for limit_rejections, which are counted, and for nothing else")
    return Alert(watched=metric, above=in_unit_of(metric, "above", above), within=within, **more)


def _alert_facts(alert: Alert) -> dict[str, Any]:
    above = unit_text(alert.watched, alert.above)
    return {**fields_of(alert), "metric": alert.watched, "above": above}


ALERT: Final = Shape(
    title="alerts",
    meaning="Which alert rules there are, and from where on they fire.",
    make=_alert,
    facts=_alert_facts,
    keys={
        "name": Key(meaning="Its name, unique in the plan.", allowed=units.NAME, parse=units.name),
        "metric": Key(
            meaning="What it looks at.",
            allowed=units.choices(Watched),
            parse=units.choice(Watched),
            write=str,
        ),
        "above": Key(meaning="It fires beyond this value.", allowed=IN_ITS_UNIT, parse=lambda value: value),
        "within": Key(meaning="For `limit_rejections`: over which time they are counted.", default=None, **DURATION),
        "lasting": Key(meaning="How long it has to be so.", **DURATION),
        "severity": Key(
            meaning="Critical wakes somebody.",
            allowed=units.choices(Severity),
            parse=units.choice(Severity),
            write=str,
        ),
        "channel": Key(
            meaning="Where it is told.", allowed=units.choices(Channel), parse=units.choice(Channel), write=str
        ),
        "text": Key(meaning="What is told.", allowed=units.TEXT, parse=units.text),
    },
)

CHECKLIST: Final = Shape(
    title="afterwards",
    meaning="What people do once the rollout is full.",
    make=Checklist,
    facts=fields_of,
    keys={
        "name": Key(meaning="Its title.", allowed=units.TEXT, parse=units.text),
        "due": Key(meaning="When all of it should be done, counted from the beginning of the last step.", **DURATION),
        "items": Key(
            meaning="What there is to do.",
            allowed="a list of texts",
            parse=lambda value: _not_empty(units.list_of(units.text)(value)),
            write=list,
        ),
    },
)
