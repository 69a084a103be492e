"""What has to hold before the rollout goes further, and whether it does."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sellergate.domain.thresholds import Metric


class Check(StrEnum):
    """What is checked without a person. A plan that names another is refused."""

    MIGRATIONS_AT_HEAD = "migrations_at_head"
    """The database is at the newest migration."""
    VERDICT_CONTINUE = "verdict_continue"
    """The verdict is to continue: on the criterion's metric, or on all of them; over the criterion's time, or as of now."""
    LATENCY_STABLE = "latency_stable"
    """The gate's latency stays within its good band since the step began."""
    NO_ERRORS = "no_errors"
    """Not one check failed since the step began."""
    MINIMUM_CHECKS = "minimum_checks"
    """As many checks as the step asks for were evaluated since it began. Every step that asks for some has it by itself."""
    LOAD_TEST_PASSED = "load_test_passed"
    """The newest load test meets what the plan asks of one, and is of the last 30 days."""
    INDEX_CHECK = "index_check"
    """Every hot query uses its index."""
    CACHE_HIT_RATE = "cache_hit_rate"
    """The cache hit rate is in the step's good band."""
    INBOX_LATENCY = "inbox_latency"
    """The fullest inbox answers in less than the criterion's limit, the slowest of several times."""
    POOL_IN_USE = "pool_in_use"
    """The share of database connections in use is in the step's good band."""
    ALERT_RULES_PROVED = "alert_rules_proved"
    """Every alert rule this plan makes was shown to fire when it must, and to stay silent otherwise, since the last rollback."""
    PREVIOUS_STEPS_MET = "previous_steps_met"
    """The criteria of the step that the criterion names were met, or of all earlier steps."""
    ZERO_ROLLBACKS = "zero_rollbacks"
    """Nothing was rolled back since the step began."""
    DASHBOARDS_PRESENT = "dashboards_present"
    """The dashboards were found where Grafana reads them, as this version and plan make them, since the last rollback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition, by a name that is unique in its plan, and in words.

    It is automatic with a `check`, and otherwise signed by a person. `metric`, `over`, `limit` and `step` say more about
    the check, where it looks at them.
    """

    name: str
    text: str
    check: Check | None = None
    metric: Metric | None = None
    over: timedelta | None = None
    limit: timedelta | None = None
    step: str | None = None

    @property
    def is_signed(self) -> bool:
        """Whether a person has to vouch for it."""
        return self.check is None


class CriterionState(StrEnum):
    """Whether a criterion is met. Only `MET` is."""

    MET = "met"
    FAILING = "failing"
    NOT_ENOUGH_DATA = "not_enough_data"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class CriterionStatus:
    """The state of a criterion, and one sentence about it."""

    state: CriterionState
    detail: str

    @property
    def is_met(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.state is CriterionState.MET


def unknown(criterion: Criterion) -> CriterionStatus:
    """What is to be said where nobody has looked: absence is no permission."""
    if criterion.is_signed:
        return CriterionStatus(CriterionState.UNSIGNED, "Nobody has signed it yet.")
    return CriterionStatus(CriterionState.NOT_ENOUGH_DATA, "It has not been evaluated yet.")
