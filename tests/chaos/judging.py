"""What must hold of the checks, given the truth: nothing here knows of processes or servers."""

from collections import Counter
from dataclasses import dataclass, field

from chaos.clock import MILLISECOND, SECOND
from chaos.records import Answer

LEASE = 2 * SECOND
"""As promised, whatever the code has."""
LOOKED_AWAY = SECOND // 2
"""A gate that has not asked about a pair for so long cannot say when it would have denied it."""
SHOWN = 5
NEVER = (0, 0, None)


@dataclass(frozen=True)
class Outage:
    """When the gates of these names (None: all) could not reach the database: for certain from `gone` to `back`, and with some of
    their checks from `began` to `over`.
    """

    began: int
    gone: int
    back: int
    over: int
    of: frozenset | None = None

    def is_of(self, name):
        return self.of is None or name in self.of

    def excuses(self, check):
        """Whether the check may have failed because of it."""
        return check.start <= self.over and check.end >= self.began

    def outlasts_the_lease(self, check):
        """Whether the check could rest on nothing any more."""
        return self.gone + LEASE <= check.start and check.end < self.back


@dataclass
class Outcome:
    """What was found: `violations` are sentences, of which there must be none."""

    checks: int = 0
    strict: int = 0
    allowed: int = 0
    failed: int = 0
    revocations: int = 0
    heard: int = 0
    stalest: int = 0
    latest: int = 0
    delays: list = field(default_factory=list)
    violations: list = field(default_factory=list)

    def quantile(self, share):
        """The revoke-to-deny time below which this share lies, in milliseconds; None when nothing was measured."""
        ordered = sorted(self.delays)
        if not ordered:
            return None
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] / MILLISECOND


class Judge:
    """Holds the checks of gates, by name, against the truth.

    An ALLOW is never older than the lease; never given by the process that made the change, never by a strict check, and by
    nobody once a receipt has said that all have heard. A DENY of what is approved is never older than the lease. A check fails
    closed only in an outage, and in an outage nothing is allowed once the lease has run out.
    """

    def __init__(self, truth, outages=()):
        self._truth = truth
        self._outages = outages
        self.outcome = Outcome()

    def hear(self, name, checks, *, own=False):
        """Judge the checks of one gate, in order; `own`: its process makes the changes."""
        outages = [outage for outage in self._outages if outage.is_of(name)]
        counted, right, latest = Counter(), {}, {}
        for check in checks:
            start, end, pair, answer, strict = check
            counted[answer, strict] += 1
            # Most answers are the one that was right the last time, and nothing has changed since.
            begin, until, expected = right.get(pair, NEVER)
            if outages or answer is not expected or start < begin or end >= until:
                if self._is_right(name, check, outages, own=own):
                    right[pair] = (*self._truth.of(pair).calm(start), answer)
                else:
                    right.pop(pair, None)
            if not own and not strict:
                before_start, before = latest.get(pair, (0, None))
                latest[pair] = start, answer
                if before is Answer.ALLOW and answer is not Answer.ALLOW:
                    self._measure(before_start, check)
        self._count(counted)

    def _count(self, counted):
        self.outcome.checks += counted.total()
        self.outcome.strict += sum(times for (_, strict), times in counted.items() if strict)
        self.outcome.allowed += counted[Answer.ALLOW, False] + counted[Answer.ALLOW, True]
        self.outcome.failed += counted[Answer.FAILED, False] + counted[Answer.FAILED, True]

    def _is_right(self, name, check, outages, *, own):
        """Whether the answer is what certainly held. Where it is not, it may be excused or is a violation."""
        if check.answer is Answer.RAISED:
            self._violated(name, check, "raised")
            return False
        if check.answer is Answer.FAILED:
            if not any(outage.excuses(check) for outage in outages):
                self._violated(name, check, "failed although the database answers")
            return False
        if check.answer is Answer.ALLOW and any(outage.outlasts_the_lease(check) for outage in outages):
            self._violated(name, check, "was allowed without the feed and without the database")
            return False
        turn = self._truth.of(check.pair).certainly(check.start, check.end)
        if turn is None:
            return False
        if (check.answer is Answer.ALLOW) == bool(turn and turn.allowed):
            return True
        self._judge_age(name, check, turn, own=own)
        return False

    def _judge_age(self, name, check, turn, *, own):
        if turn is False:
            self._violated(name, check, "was allowed and never approved")
            return
        age = check.start - turn.after
        may_be = 0 if own or check.strict or (turn.heard is not None and check.start >= turn.heard) else LEASE
        if check.answer is Answer.ALLOW:
            self.outcome.stalest = max(self.outcome.stalest, age)
        else:
            self.outcome.latest = max(self.outcome.latest, age)
        if age > may_be:
            what = "allowed" if check.answer is Answer.ALLOW else "denied"
            self._violated(name, check, f"was {what} {age / MILLISECOND:.1f} ms after that had ended")

    def _measure(self, before_start, check):
        turn = self._truth.of(check.pair).certainly(check.start, check.end)
        if turn and not turn.allowed and check.start - before_start < LOOKED_AWAY:
            self.outcome.delays.append(max(0, check.start - turn.after))

    def _violated(self, name, check, what):
        kind = "strict check" if check.strict else "check"
        self.outcome.violations.append(f"{name}: {kind} of pair {check.pair} at {check.start} {what}")


def summary(violations):
    """The first few of them, and how many there are."""
    more = len(violations) - SHOWN
    return "\n".join([*violations[:SHOWN], *([f"and {more} more"] if more > 0 else [])])
