"""Whom the plan tells what and when, which alerts it asks for, and what is left to do once the rollout is full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """Where people are told."""

    SLACK = "slack"
    EMAIL = "email"
    PAGERDUTY = "pagerduty"
    IN_APP = "in_app"
    DASHBOARD = "dashboard"


class Occasion(StrEnum):
    """When an announcement is due."""

    BEFORE = "before"
    """`lead` before its step begins; without a step, before each."""
    ENTERED = "entered"
    """When its step has begun; without a step, each of them."""
    ROLLED_BACK = "rolled_back"
    """When the rollout was rolled back."""
    DAILY = "daily"
    """Every day while the rollout goes on."""
    WEEKLY = "weekly"
    """Every week while the rollout goes on."""


class Template(StrEnum):
    """Words that come with sellergate, in every language."""

    DAILY_SUMMARY = "daily-summary"
    """What engineers look at: the figures of a day."""
    WEEKLY_SUMMARY = "weekly-summary"
    """What the product's people look at: the figures of a week."""
    SUPPORT_FAQ = "support-faq"
    """What a step means for those who answer questions, and where the answers are."""
    MILESTONE = "milestone"
    """A step was reached, or the rollout rolled back."""
    FULL_ROLLOUT = "full-rollout"
    """Everything will be enforced, when, and who watches."""


SUITS: Final[Mapping[Template, frozenset[Occasion]]] = {
    Template.DAILY_SUMMARY: frozenset({Occasion.DAILY}),
    Template.WEEKLY_SUMMARY: frozenset({Occasion.WEEKLY}),
    Template.SUPPORT_FAQ: frozenset({Occasion.BEFORE}),
    Template.MILESTONE: frozenset({Occasion.ENTERED, Occasion.ROLLED_BACK}),
    Template.FULL_ROLLOUT: frozenset({Occasion.BEFORE}),
}
"""When each template has what it tells of."""

_ABOUT_A_STEP: Final = frozenset({Occasion.BEFORE, Occasion.ENTERED})
FILLED_IN: Final[Mapping[str, frozenset[Occasion]]] = {
    "reason": frozenset({Occasion.ENTERED, Occasion.ROLLED_BACK}),
    "step": _ABOUT_A_STEP,
    "date": _ABOUT_A_STEP,
}
"""What a message may leave to be filled in, and when there is something to fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing that is told to one audience.

    Its words are a `message`, in which `{reason}`, `{step}` and `{date}` are filled in, with `message_ko` for readers of Korean,
    or a `template`. `to` is the place within the channels, a Slack channel for instance.
    """

    name: str
    audience: str
    channels: tuple[Channel, ...]
    occasion: Occasion
    to: str | None = None
    step: str | None = None
    lead: timedelta = timedelta(0)
    message: str | None = None
    message_ko: str | None = None
    template: Template | None = None


class Severity(StrEnum):
    """How urgent an alert is: critical wakes somebody."""

    CRITICAL = "critical"
    WARNING = "warning"


class Watched(StrEnum):
    """What an alert looks at: what the rollout is judged by, and what is only watched."""

    LATENCY = "gate_latency_p95"
    ERRORS = "error_rate"
    CACHE_HITS = "cache_hit_rate"
    POOL = "database_pool_in_use"
    INBOX = "supplier_inbox"
    LIMIT_REJECTIONS = "limit_rejections"
    """Requests refused because the seller's slots are all in use, counted over `within`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Tells `channel` once `watched` has been beyond `above` for `lasting`; counts are over `within`. In the metric's unit."""

    name: str
    watched: Watched
    above: float
    lasting: timedelta
    severity: Severity
    channel: Channel
    text: str
    within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What people do after the rollout is full, and when all of it should be done."""

    name: str
    due: timedelta
    items: tuple[str, ...]
