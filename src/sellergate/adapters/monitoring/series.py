"""The PromQL that rules and dashboards are made of. Every ratio is of sums: what is divided has no labels, or the same ones."""

from dataclasses import dataclass
from typing import Final

ANY: Final = 'job="sellergate"'
"""Which series are ours, where nobody says."""
RATE: Final = "5m"
BAD_ENOUGH: Final = 5
"""A share of fewer checks than a hundred, or of no more than five that failed, is chance."""
MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Series:
    """Names of metrics as selectors; `match` are the label matchers that make them ours."""

    match: str = ANY

    def of(self, name: str, *matchers: str, over: str = "") -> str:
        """A selector; `over` makes it one of a time."""
        wanted = ",".join(part for part in (self.match, *matchers) if part)
        return f"{name}{{{wanted}}}{f'[{over}]' if over else ''}"

    def rate(self, name: str, *matchers: str, by: str = "", over: str = RATE) -> str:
        """How much a counter grew a second, of all processes together."""
        return f"{_sum(by)}(rate({self.of(name, *matchers, over=over)}))"

    def increase(self, name: str, *matchers: str, by: str = "", over: str = RATE) -> str:
        """How much a counter grew over a time, of all processes together."""
        return f"{_sum(by)}(increase({self.of(name, *matchers, over=over)}))"

    def worst(self, name: str, *matchers: str, by: str = "") -> str:
        """The highest value of a gauge of all processes."""
        return f"max{f' by ({by}) ' if by else ''}({self.of(name, *matchers)})"

    def quantile(self, share: float, name: str, *matchers: str, over: str = RATE) -> str:
        """What this share of a histogram's observations stayed below."""
        return f"histogram_quantile({share}, {self.rate(f'{name}_bucket', *matchers, by='le', over=over)})"

    def latency(self, share: float, *matchers: str, over: str = RATE) -> str:
        """How long this share of the evaluated checks took at most, in seconds."""
        return self.quantile(share, DURATION, *matchers, over=over)

    def error_rate(self, *matchers: str, over: str = RATE) -> str:
        """The share of the evaluated checks that failed."""
        failed = self.rate(CHECKS, FAILED, *matchers, over=over)
        return f"{failed} / {self.rate(CHECKS, EVALUATED, *matchers, over=over)}"

    def hit_rate(self, over: str = RATE) -> str:
        """The share of the checks a cache might answer that one of any tier did: each asks its process's own memory first."""
        return f"{self.rate(CACHE, HIT, over=over)} / {self.rate(CACHE, LOCAL, over=over)}"

    def enforcing(self) -> str:
        """Whether any product is enforced: something where it is, nothing where it is not."""
        return f"{self.worst(PHASE, ENFORCED)} == 1"

    def approval_rate(self, over: str) -> str:
        """The share of the decisions that were approvals."""
        approved = self.increase(VERBS, 'action="approve"', OK, over=over)
        return f"{approved} / {self.increase(VERBS, DECIDED, OK, over=over)}"


def _sum(by: str) -> str:
    return f"sum by ({by}) " if by else "sum"


CHECKS: Final = "seller_auth_gate_checks_total"
DENIES: Final = "seller_auth_gate_denies_total"
DURATION: Final = "seller_auth_gate_duration_seconds"
CACHE: Final = "seller_auth_cache_requests_total"
VERBS: Final = "seller_auth_requests_total"
RESPONSE: Final = "seller_auth_response_seconds"
INBOX: Final = "seller_auth_inbox_size"
SUPPLIER_DECISIONS: Final = "seller_auth_supplier_decisions"
LIMIT: Final = "seller_auth_limit_rejections_total"
COOLDOWN: Final = "seller_auth_cooldown_blocks_total"
PHASE: Final = "seller_auth_rollout_phase"
PERCENTAGE: Final = "seller_auth_rollout_percentage"
LAST_ROLLBACK: Final = "seller_auth_rollout_last_rollback_timestamp_seconds"
SILENCE: Final = "seller_auth_rollout_controller_silent_seconds"
KILL_SWITCH: Final = "seller_auth_kill_switch"
TRIPPED: Final = "seller_auth_rollout_tripped"
LAG: Final = "seller_auth_change_feed_lag_seconds"
POOL: Final = "seller_auth_db_pool_in_use_ratio"
DROPPED: Final = "seller_auth_measurements_dropped_total"
REVOKE: Final = "seller_auth_revoke_to_deny_seconds"
DEAD: Final = "seller_auth_notices_dead"

EVALUATED: Final = 'decision!="bypass"'
FAILED: Final = 'decision="error"'
ENFORCED: Final = 'phase=~"canary|percentage|full"'
HIT: Final = 'result="hit"'
LOCAL: Final = 'tier="local"'
OK: Final = 'result="ok"'
DECIDED: Final = 'action=~"approve|reject"'
