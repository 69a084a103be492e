"""The phase, the plan, and what the rollout is judged by."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sellergate.domain.rollout import RolloutState, Source, from_flags
from sellergate.settings.declaring import setting
from sellergate.settings.parsers import choice, flag, http_url, ids, matchers, number

FLAG: Final = "true or false"


@dataclass(frozen=True, kw_only=True)
class RolloutSettings:
    """The phase as the environment gives it, and whether anybody else may."""

    enabled: bool = setting(
        "ENABLE_SELLER_AUTHORIZATION", False, "Whether authorization is enforced at all.", flag, allowed=FLAG
    )
    shadow: bool = setting(
        "SELLER_AUTHORIZATION_SHADOW",
        True,
        "While not enabled: whether to look and record (shadow) or to do nothing (off).",
        flag,
        allowed=FLAG,
    )
    canary_products: tuple[str, ...] = setting(
        "PHASE9_CANARY_PRODUCTS",
        (),
        "Products that are enforced in the canary and percentage phases.",
        ids,
        allowed="product ids separated by commas, each 1 to 64 characters of A-Z a-z 0-9 . _ : -",
    )
    percentage: int = setting(
        "PHASE9_ROLLOUT_PERCENTAGE", 0, "Share of the products that is enforced.", number(0, 100), allowed="0 to 100"
    )
    source: str | None = setting(
        "ROLLOUT_SOURCE",
        None,
        "Who says the phase. Unset: an operator once one has spoken, before that the environment.",
        choice("env", "managed"),
        allowed="env or managed",
    )

    plan_file: Path | None = setting(
        "SELLERGATE_PLAN_FILE",
        None,
        "The rollout plan, a TOML file. Unset: the plan that comes with sellergate.",
        Path,
        allowed="a path",
    )

    @property
    def environment(self) -> RolloutState:
        """The phase these variables mean."""
        return from_flags(
            enabled=self.enabled,
            shadow=self.shadow,
            canary_products=self.canary_products,
            percentage=self.percentage,
        )

    @property
    def pinned(self) -> Source | None:
        """The only source that counts, or None."""
        return Source(self.source) if self.source else None


@dataclass(frozen=True, kw_only=True)
class MeasurementSettings:
    """What was measured: where it is read, and how long it is kept."""

    prometheus_url: str | None = setting(
        "PROMETHEUS_URL",
        None,
        "A Prometheus that scrapes every process's /metrics, to judge the rollout by. Unset: by what the processes store.",
        http_url,
        allowed="an http or https URL",
        secret=True,
    )
    prometheus_match: str = setting(
        "SELLERGATE_PROMETHEUS_MATCH",
        "",
        "Which series of that Prometheus are ours, where it has others' too; alert rules and dashboards are about these. "
        "Unset: all of them, and there the job sellergate.",
        matchers,
        allowed='label matchers like job="sellergate",env="production"',
    )
    windows_hours: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_WINDOWS",
        2,
        "How many hours the windows of ten seconds are kept once they are added into minutes.",
        number(2, 168),
        allowed="a number of hours, 2 to 168",
    )
    minutes_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_MINUTES",
        14,
        "How many days minutes are kept once they are added into hours.",
        number(2, 400),
        allowed="a number of days, 2 to 400",
    )
    hours_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_HOURS",
        400,
        "How many days hours are kept.",
        number(2, 4000),
        allowed="a number of days, 2 to 4000",
    )
    denials_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_DENIALS",
        14,
        "How many days the enforced denials of each minute are kept.",
        number(1, 400),
        allowed="a number of days, 1 to 400",
    )
    verdicts_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_VERDICTS",
        30,
        "How many days verdicts and their evidence are kept; those that something was done for stay for good.",
        number(1, 400),
        allowed="a number of days, 1 to 400",
    )

    @property
    def windows_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(hours=self.windows_hours)

    @property
    def minutes_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.minutes_days)

    @property
    def hours_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.hours_days)

    @property
    def denials_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.denials_days)

    @property
    def verdicts_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.verdicts_days)
