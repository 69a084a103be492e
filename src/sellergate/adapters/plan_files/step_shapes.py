"""The tables of a plan about its steps: what each enforces, how long, and what it has to stand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sellergate.adapters.plan_files import units
from sellergate.adapters.plan_files.communication_shapes import DURATION
from sellergate.adapters.plan_files.condition_shapes import CRITERION, ENTRY, THRESHOLD
from sellergate.adapters.plan_files.shapes import Key, Refused, Shape, fields_of, frozen
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import checked_id
from sellergate.domain.plan import Breach, CanarySelection, LoadTest, Promotion, Step
from sellergate.domain.rollout import Phase, Unselected
from sellergate.domain.thresholds import Threshold
from sellergate.domain.windows import ChangeWindow, parse_window

WINDOW: Final = "windows like Tue-Thu 02:00-04:00 Asia/Seoul: days, times, and a zone where it is not the plan's"


def _product(value: object) -> str:
    try:
        return checked_id(value, "product")  # type: ignore[arg-type]  # it refuses what is no text
    except InvalidInput as error:
        raise ValueError(value) from error


def _views(value: object) -> tuple[int, ...]:
    low, high = units.list_of(units.number(0, 1_000_000_000))(value)
    if low > high:
        raise ValueError(value)
    return (low, high)


CANARY: Final = Shape(
    title="steps.canary",
    meaning="Which products a canary step enforces, and what a suggestion of products looks for.",
    make=CanarySelection,
    facts=fields_of,
    keys={
        "share": Key(
            meaning="The share of all products that is wanted.",
            allowed=units.SHARE,
            parse=units.share,
            write=units.share_text,
            default="10 %",
        ),
        "products": Key(
            meaning="Products that join the canary when the step begins. An operator may name others.",
            allowed="a list of product ids, each once",
            parse=units.list_of(_product),
            write=list,
            default=[],
        ),
        "daily_views": Key(
            meaning="The lowest and the highest number of views a day of a product to suggest.",
            allowed="two numbers, the lower one first",
            parse=_views,
            write=list,
            default=[100, 500],
        ),
        "test_or_partner_suppliers": Key(
            meaning="Whether only products of test and partner suppliers are suggested.",
            allowed="true or false",
            parse=units.flag,
            default=True,
        ),
        "top_sellers": Key(
            meaning="Whether products that sell best may be suggested.",
            allowed="true or false",
            parse=units.flag,
            default=False,
        ),
    },
)

LOAD_TEST: Final = Shape(
    title="load_test",
    meaning="What a load test has to stand.",
    make=LoadTest,
    facts=fields_of,
    keys={
        "clients": Key(
            meaning="How many ask at once.",
            allowed="a number, 1 to 100000",
            parse=units.number(1, 100_000),
            default=1000,
        ),
        "rate": Key(
            meaning="How many requests a minute.",
            allowed="a number, 1 to 100000000",
            parse=units.number(1, 100_000_000),
            default=10_000,
        ),
        "duration": Key(
            meaning="For how long.",
            allowed=units.DURATION,
            parse=units.positive_duration,
            write=units.duration_text,
            default="10 minutes",
        ),
        "latency_p95": Key(
            meaning="95 % of the answers have to be faster.",
            allowed=units.LATENCY,
            parse=units.latency,
            write=units.latency_text,
            default="5 ms",
        ),
        "error_rate": Key(
            meaning="No more than this share of the requests may fail.",
            allowed=units.SHARE,
            parse=units.share,
            write=units.share_text,
            default="0 %",
        ),
    },
)


def _kind(value: object) -> Phase:
    kind = units.choice(Phase)(value)
    if kind is Phase.OFF:
        raise ValueError(value)
    return kind


def _step(
    *,
    kind: Phase,
    percentage: int | None = None,
    canary: CanarySelection | None = None,
    endpoints: bool | None = None,
    thresholds: list[Threshold] | None = None,
    minimum_duration: timedelta = timedelta(0),
    expected_duration: timedelta | None = None,
    **more: Any,
) -> Step:
    """The step; its thresholds are those that differ from the plan's."""
    if (percentage is None) == (kind is Phase.PERCENTAGE):
        raise Refused(
            "percentage", "is missing" if percentage is None else "allowed is it for the kind percentage only"
        )
    if canary is not None and kind is not Phase.CANARY:
        raise Refused("canary", "allowed is it for the kind canary only")
    if expected_duration is not None and expected_duration < minimum_duration:
        raise Refused("expected_duration", f"allowed is at least {units.duration_text(minimum_duration)}, the minimum")
    full = kind is Phase.FULL or percentage == 100
    return Step(
        kind=Phase.FULL if full else kind,
        percentage=100 if full else percentage or 0,
        canary=CanarySelection() if kind is Phase.CANARY and canary is None else canary,
        endpoints=kind is not Phase.SHADOW if endpoints is None else endpoints,
        thresholds=tuple(thresholds or ()),
        minimum_duration=minimum_duration,
        expected_duration=expected_duration,
        **frozen(more),
    )


def _step_facts(step: Step) -> dict[str, Any]:
    return {**fields_of(step), "percentage": step.percentage if step.kind is Phase.PERCENTAGE else None}


def _open_or_closed(value: object) -> bool:
    if value not in ("open", "closed"):
        raise ValueError(value)
    return value == "open"


def _windows(zone: str) -> Callable[[object], tuple[ChangeWindow, ...]]:
    def parse_one(value: object) -> ChangeWindow:
        if not isinstance(value, str):
            raise ValueError(value)  # noqa: TRY004
        return parse_window(value, zone)

    return units.list_of(parse_one, most=50)


def step_shape(zone: str) -> Shape:
    """A step of a plan in this zone."""
    return Shape(
        title="steps",
        meaning="The steps, from less to more. The last one enforces everything.",
        make=_step,
        facts=_step_facts,
        keys={
            "name": Key(meaning="Its name, unique in the plan.", allowed=units.NAME, parse=units.name),
            "title": Key(meaning="Its title for people.", allowed=units.TEXT, parse=units.text, default=""),
            "goal": Key(meaning="What it is for.", allowed=units.TEXT, parse=units.text, default=""),
            "kind": Key(
                meaning="What is enforced: nothing, the listed products, a share of all, or all.",
                allowed="shadow, canary, percentage or full",
                parse=_kind,
                write=str,
            ),
            "percentage": Key(
                meaning="For the kind `percentage`: which share; 100 is the same as the kind `full`.",
                allowed="1 to 100",
                parse=units.number(1, 100),
                default=None,
            ),
            "canary": Key(meaning="For the kind `canary`.", table=CANARY, default={}),
            "endpoints": Key(
                meaning="Whether sellers and suppliers are let in. Open in a shadow step: they enrol while nothing is enforced.",
                allowed="open or closed",
                parse=_open_or_closed,
                write=lambda is_open: "open" if is_open else "closed",
                default="open, and closed in shadow",
            ),
            "unselected": Key(
                meaning="What happens to products that are not enforced: looked at in shadow, or let through.",
                allowed=units.choices(Unselected),
                parse=units.choice(Unselected),
                write=str,
                default="shadow",
            ),
            "minimum_duration": Key(meaning="How long it lasts at least.", default="0 s", **DURATION),
            "expected_duration": Key(
                meaning="How long it should last at most. Without it, it stays.", default=None, **DURATION
            ),
            "minimum_checks": Key(
                meaning="How many checks have to be evaluated in it before the next.",
                allowed="a number, 0 to 1000000000",
                parse=units.number(0, 1_000_000_000),
                default=0,
            ),
            "watch": Key(meaning="How long somebody watches the dashboards after it began.", default="0 s", **DURATION),
            "promotion": Key(
                meaning="Whether a person goes on to the next step, or the controller once nothing stands in the way.",
                allowed=units.choices(Promotion),
                parse=units.choice(Promotion),
                write=str,
                default="manual",
            ),
            "breach": Key(
                meaning="What a lasting verdict to roll back does: roll back, stop promotions, or tell people.",
                allowed=units.choices(Breach),
                parse=units.choice(Breach),
                write=str,
                default="rollback",
            ),
            "windows": Key(
                meaning="When it may begin. Without any, at all times.",
                allowed=WINDOW,
                parse=_windows(zone),
                write=lambda windows: [str(window) for window in windows],
                default=[],
            ),
            "thresholds": Key(meaning="Other bands than the plan's.", table=THRESHOLD, many=True, default=[]),
            "entry": Key(meaning="What has to hold before it begins.", table=ENTRY, many=True, default=[]),
            "criteria": Key(meaning="What has to hold before the next step.", table=CRITERION, many=True, default=[]),
        },
    )
