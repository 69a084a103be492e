"""Alert rules: those the plan asks for, and what an operator has to hear of whatever the plan says."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sellergate.adapters.monitoring.proofs import Proof

CRITICAL: Final = "critical"
WARNING: Final = "warning"
INFO: Final = "info"
ROLLBACK: Final = "rollback"
PREFIX: Final = "Phase9"
RUNBOOK: Final = "docs/runbook.md"
"""Where the runbook is, seen from the top of the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One alert: it fires once `expr` has given something for `lasting`. `section` is its place in the runbook.

    `rolls_back`: the rollback receiver is to hear it. `limit` is the value beyond which it fires, where it has one. `proofs` are series with the moments at which it must fire, or must not.
    """

    name: str
    expr: str
    lasting: timedelta
    severity: str
    summary: str
    description: str
    section: str
    rolls_back: bool = False
    limit: float = 0.0
    proofs: Sequence[Proof] = field(default=(), repr=False)

    @property
    def labels(self) -> dict[str, str]:
        """What the routes go by."""
        return {"severity": self.severity, **({"action": ROLLBACK} if self.rolls_back else {})}

    def facts(self, runbook: str) -> dict[str, object]:
        """As it stands in a file of rules."""
        return {
            "alert": self.name,
            "expr": self.expr,
            **({"for": promql_time(self.lasting)} if self.lasting else {}),
            "labels": self.labels,
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{runbook}#{self.section}",
            },
        }


def promql_time(span: timedelta) -> str:
    """A time as Prometheus writes it: `90s`, `5m`, `1h`, `1d`."""
    seconds = round(span.total_seconds())
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % unit == 0:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"


def rule_file(rules: Sequence[Rule], *, runbook: str = RUNBOOK) -> dict[str, object]:
    """The rules as Prometheus reads them, in one group."""
    return {"groups": [{"name": "sellergate", "rules": [rule.facts(runbook) for rule in rules]}]}


def fingerprint(rules: Sequence[Rule]) -> str:
    """What the rules fire on, in twelve characters: another threshold is another fingerprint, another text is not."""
    facts = [(rule.name, rule.expr, promql_time(rule.lasting), sorted(rule.labels.items())) for rule in rules]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


def sections(rules: Sequence[Rule]) -> Iterator[str]:
    """The places in the runbook that rules lead to, each once."""
    yield from dict.fromkeys(rule.section for rule in rules)
