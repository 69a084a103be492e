"""The rules about who controls the rollout, and what has happened to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.proofs import Course, Proof, held
from sellergate.adapters.monitoring.rules import CRITICAL, PREFIX, WARNING, Rule
from sellergate.adapters.monitoring.series import Series

SILENT_BEYOND: Final = 30
"""Seconds: twice as long as another process may take to take over."""
ROLLED_BACK_FOR: Final = 3600
"""Seconds during which people hear of it."""
MINUTE: Final = timedelta(minutes=1)
AT_ONCE: Final = timedelta(0)


def rollout_rules(series: Series) -> Iterator[Rule]:
    """Every rule about the rollout whose limit is not the plan's."""
    yield from (_kill_switch(series), _tripped(series), _controller(series), _rolled_back(series))


def _flag(
    series: Series, metric: str, *, name: str, severity: str, summary: str, description: str, section: str
) -> Rule:
    """A gauge that must be 0."""
    one, other = (series.of(metric, f'instance="{instance}"') for instance in "ab")
    return Rule(
        name=f"{PREFIX}{name}",
        expr=f"{series.worst(metric)} > 0",
        lasting=AT_ONCE,
        severity=severity,
        summary=summary,
        description=description,
        section=section,
        proofs=(
            Course(0).proof("on one of two servers", {one: (0, 1, 0), other: (0, 0, 0)}, counts=False),
            Course(0).quiet("on none", {one: (0,), other: (0,)}, counts=False),
        ),
    )


def _kill_switch(series: Series) -> Rule:
    return _flag(
        series,
        names.KILL_SWITCH,
        name="KillSwitchPresent",
        severity=WARNING,
        summary="The kill switch is present: nothing is enforced",
        description="While the file of SELLERGATE_KILL_SWITCH_FILE exists the gate is off, whatever the rollout says.",
        section="kill-switch-present",
    )


def _tripped(series: Series) -> Rule:
    return _flag(
        series,
        names.TRIPPED,
        name="GateTripped",
        severity=CRITICAL,
        summary="A process has switched its own gate off",
        description="It could not ask the database, and what it measured itself would have been rolled back.",
        section="rollback-happened",
    )


def _controller(series: Series) -> Rule:
    silent = series.of(names.SILENCE)
    return Rule(
        name=f"{PREFIX}ControllerSilent",
        expr=f"{series.worst(names.SILENCE)} > {SILENT_BEYOND}",
        lasting=MINUTE,
        severity=CRITICAL,
        summary="Nobody controls the rollout",
        description="No controller has moved for {{ $value | humanizeDuration }}: nothing would be rolled back by itself.",
        section="controller-missing",
        proofs=(
            Course(1).proof("it does not move", {silent: (1, 60, 1)}, counts=False),
            Course(1).quiet("another takes over in time", {silent: (SILENT_BEYOND,)}, counts=False),
        ),
    )


def _rolled_back(series: Series) -> Rule:
    at = series.worst(names.LAST_ROLLBACK)
    hour = ROLLED_BACK_FOR // 60
    return Rule(
        name=f"{PREFIX}RolledBack",
        expr=f"time() - {at} < {ROLLED_BACK_FOR} and {at} > 0",
        lasting=AT_ONCE,
        severity=WARNING,
        summary="The rollout was rolled back",
        description="It happened {{ $value | humanizeDuration }} ago. The gates are off; the history says who and why.",
        section="rollback-happened",
        proofs=(
            Proof(
                story="rolled back after ten minutes",
                series={series.of(names.LAST_ROLLBACK): held((0, 10), (600, 2 * hour))},
                silent=(9, hour + 11),
                firing=(11, hour + 9),
            ),
            Course(0).quiet("never", {series.of(names.LAST_ROLLBACK): (0,)}, counts=False),
        ),
    )
