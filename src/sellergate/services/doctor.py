"""Is everything as it should be? One finding for each thing looked at, with what to do where it is not."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sellergate.domain.errors import StoreUnavailable
from sellergate.ports.survey import DatabaseSurvey, Patient, RedisSurvey

log = logging.getLogger(__name__)

CLOCKS_WITHIN: Final = 1.0
"""Seconds two clocks may differ: ends of approvals and of cooldowns are judged by each process's own."""
RINGS_WITHIN: Final = 0.1
SLOW_REDIS: Final = 0.05
"""As long as a check waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. With `advice` there is something to do, urgent only where it does not hold."""

    check: str
    holds: bool
    detail: str
    advice: str | None = None


Check = Callable[[], Finding]
Part = Sequence[Check]
"""Checks that belong together: where the first does not hold, the others are not made."""


class Doctor:
    """Makes every check and says what was found; what goes wrong in one of them is a finding like any other."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    def findings(self) -> Iterator[Finding]:
        """One finding after the other, as they are made."""
        for first, *others in self._parts:
            finding = first()
            yield finding
            if finding.holds:
                yield from (check() for check in others)


def database_part(patient: Patient, *, connections_needed: int) -> Part:
    """What there is to ask of a database. This installation holds so many connections to it at most."""
    return [
        _check("database", lambda: _database(patient.survey()), "Look at DATABASE_URL, and whether the server runs."),
        _check("migrations", lambda: _migrations(*patient.migrations()), "Run: sellergate migrate"),
        _check("connections", lambda: _connections(patient.survey(), connections_needed)),
        _check(
            "clock of the database", lambda: _clock("database", patient.survey().ahead_seconds, patient.survey().within)
        ),
        _check("queries", lambda: _queries(patient)),
        _check("totals", lambda: _totals(patient.miscounted())),
        _check("feed", lambda: _feed(patient.ring()), "Connect without a pooler, or in its session mode."),
        _check("replica", lambda: _replica(patient)),
    ]


def redis_part(survey: Callable[[], RedisSurvey]) -> Part:
    """What there is to ask of a Redis."""
    return [
        _check("redis", lambda: _redis(survey()), "Look at REDIS_URL, and whether the server runs."),
        _check("memory of Redis", lambda: _memory(survey())),
        _check("clock of Redis", lambda: _clock("Redis", survey().ahead_seconds, survey().round_trip_seconds)),
    ]


def _check(name: str, look: Callable[[], Finding], advice: str = "Look at the log of the database.") -> Check:
    def check() -> Finding:
        try:
            return look()
        except StoreUnavailable as error:
            cause = getattr(error.__cause__, "orig", None) or error.__cause__ or error
            return Finding(check=name, holds=False, detail=" ".join(str(cause).split()), advice=advice)
        except Exception as error:
            log.exception("The check of %s has failed", name)
            return Finding(
                check=name, holds=False, detail=" ".join(f"{type(error).__name__}: {error}".split()), advice=advice
            )

    return check


def _database(survey: DatabaseSurvey) -> Finding:
    return Finding(check="database", holds=True, detail=f"{survey.engine} {survey.version} answers")


def _migrations(current: str | None, head: str) -> Finding:
    holds = current == head
    detail = f"at {current or 'none'}" if holds else f"at {current or 'none'}, this program needs {head}"
    return Finding(check="migrations", holds=holds, detail=detail, advice=None if holds else "Run: sellergate migrate")


def _connections(survey: DatabaseSurvey, needed: int) -> Finding:
    if survey.connections is None:
        return Finding(check="connections", holds=True, detail="as many as are needed")
    detail = f"this machine's processes take up to {needed} of the server's {survey.connections}"
    if needed <= survey.connections:
        return Finding(check="connections", holds=True, detail=detail)
    advice = "Lower SELLERGATE_DB_POOL_SIZE or SELLERGATE_WORKERS, or raise max_connections."
    return Finding(check="connections", holds=False, detail=detail, advice=advice)


def _clock(whose: str, ahead: float, within: float) -> Finding:
    holds = abs(ahead) <= CLOCKS_WITHIN + within
    detail = f"{abs(ahead):.3f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    advice = None if holds else "Let NTP or chrony set both clocks: approvals end by them."
    return Finding(
        check=f"clock of {'the ' if whose == 'database' else ''}{whose}", holds=holds, detail=detail, advice=advice
    )


def _queries(patient: Patient) -> Finding:
    examined = list(patient.examine())
    problems = [f"{one.name}: {one.problem}" for one in examined if one.problem]
    if not problems:
        return Finding(check="queries", holds=True, detail=f"all {len(examined)} find their rows by an index")
    remedies = dict.fromkeys(one.remedy for one in examined if one.remedy)  # several queries may lack the same index
    advice = (
        f"{'; '.join(remedies)}; ANALYZE"
        if remedies
        else "Run ANALYZE: the server may not know how large its tables are."
    )
    return Finding(check="queries", holds=False, detail="; ".join(problems), advice=advice)


def _totals(miscounted: int) -> Finding:
    if not miscounted:
        return Finding(check="totals", holds=True, detail="what lists say they have in all is what they have")
    advice = "Somebody has written past the triggers. Run: sellergate migrate --recount"
    return Finding(check="totals", holds=False, detail=f"{miscounted} totals are wrong", advice=advice)


def _feed(seconds: float | None) -> Finding:
    if seconds is None:
        return Finding(check="feed", holds=True, detail="changes are looked for every few milliseconds")
    detail = f"a notification came back in {seconds * 1000:.1f} ms"
    if seconds <= RINGS_WITHIN:
        return Finding(check="feed", holds=True, detail=detail)
    return Finding(check="feed", holds=False, detail=detail, advice="The server or the network is overloaded.")


def _replica(patient: Patient) -> Finding:
    health = patient.replica_health()
    if health is None:
        return Finding(check="replica", holds=True, detail="none; the primary answers everything")
    if health["used"]:
        return Finding(check="replica", holds=True, detail=f"at most {health['lagSeconds']} s behind")
    advice = "The primary answers meanwhile. Look at the standby, and at DATABASE_REPLICA_URL."
    return Finding(check="replica", holds=False, detail=str(health.get("error")), advice=advice)


def _redis(survey: RedisSurvey) -> Finding:
    milliseconds = survey.round_trip_seconds * 1000
    detail = f"{survey.version} answers in {milliseconds:.1f} ms"
    if survey.round_trip_seconds <= SLOW_REDIS:
        return Finding(check="redis", holds=True, detail=detail)
    advice = "Checks wait 50 ms at most and then ask the database. Bring Redis nearer."
    return Finding(check="redis", holds=False, detail=detail, advice=advice)


def _memory(survey: RedisSurvey) -> Finding:
    size = f"{survey.max_memory // 2**20} MiB at most" if survey.max_memory else "without a limit"
    evicts = survey.policy != "noeviction"
    if survey.policy == "unknown":
        look = "Our user may not ask. Look for yourself: maxmemory, and maxmemory-policy allkeys-lru."
        return Finding(check="memory of Redis", holds=True, detail="unknown", advice=look)
    advice: str | None = None
    if not survey.max_memory:
        advice = "Set maxmemory, and maxmemory-policy allkeys-lru, unless something else limits it."
    elif not evicts:
        advice = "Set maxmemory-policy allkeys-lru: a full Redis takes nothing new."
    holds = evicts or not survey.max_memory
    return Finding(check="memory of Redis", holds=holds, detail=f"{size}, {survey.policy}", advice=advice)
