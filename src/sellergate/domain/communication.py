"""Whom the plan tells what and when, which alerts it asks for, and what is left to do once the rollout is full."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing that is told to one audience.

    Its words are a `message`, in which `{reason}`, `{step}` and `{date}` are filled in, or the `template` of that name. `to` is
    the place within the channels, a Slack channel for instance.
    """

    name: str
    audience: str
    channels: tuple[Channel, ...]
    occasion: Occasion
    to: str | None = None
    step: str | None = None
    lead: timedelta = timedelta(0)
    message: str | None = None
    template: str | None = None


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
