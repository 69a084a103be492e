"""The states of the plan's criteria: automatic ones evaluated, signed ones looked up."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

from sellergate.domain import loadtest
from sellergate.domain.criteria import Check, Criterion, CriterionState, CriterionStatus, unknown
from sellergate.domain.errors import SellergateError
from sellergate.domain.judgement import Unreadable, Verdict
from sellergate.domain.measurements import Measurement
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.rollout import RolloutAction, RolloutState
from sellergate.domain.samples import estimate
from sellergate.domain.thresholds import Metric
from sellergate.domain.verdict_words import value_words
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import SignOff
from sellergate.ports.stores import Store
from sellergate.services.judging import Judge
from sellergate.services.proving import ATTESTED, is_of, sentence_of
from sellergate.services.situation import Situation
from sellergate.services.soundings import Soundings

FRESH_TRIAL: Final = timedelta(days=30)
"""An older load test was made of another system."""


class EvaluatedCriteria:
    """Evaluates what a program can know and looks up what people have signed. Never raises.

    `fingerprint` is that of what this version makes for a check, such as its alert rules.
    """

    def __init__(
        self,
        store: Store,
        judge: Judge,
        plan: RolloutPlan,
        soundings: Soundings,
        *,
        fingerprint: Callable[[Check], str | None] = lambda _: None,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._judge = judge
        self._plan = plan
        self._soundings = soundings
        self._fingerprint = fingerprint
        self._now = now

    def states(self, criteria: Iterable[Criterion], rollout: RolloutState) -> Mapping[str, CriterionStatus]:
        """See Criteria."""
        situation = Situation(
            store=self._store,
            judge=self._judge,
            plan=self._plan,
            soundings=self._soundings,
            fingerprint=self._fingerprint,
            rollout=rollout,
            now=self._now(),
        )
        return {criterion.name: _state(criterion, situation) for criterion in criteria}


def _state(criterion: Criterion, situation: Situation) -> CriterionStatus:
    try:
        if criterion.check is None:
            return _signed(criterion, situation.sign_offs.get(criterion.name))
        return EVALUATIONS[criterion.check](criterion, situation)
    except SellergateError as error:
        return CriterionStatus(unknown(criterion).state, f"It cannot be known now: {error}")


def _met(detail: str) -> CriterionStatus:
    return CriterionStatus(CriterionState.MET, detail)


def _failing(detail: str) -> CriterionStatus:
    return CriterionStatus(CriterionState.FAILING, detail)


def _too_little(detail: str) -> CriterionStatus:
    return CriterionStatus(CriterionState.NOT_ENOUGH_DATA, detail)


def _signed(criterion: Criterion, signed: SignOff | None) -> CriterionStatus:
    if signed is None:
        return unknown(criterion)
    when = f"{signed.at:%Y-%m-%d %H:%M} UTC"
    if signed.withdrawn:
        return CriterionStatus(CriterionState.UNSIGNED, f"Withdrawn by {signed.by}, {when}: {signed.note}")
    return _met(f"Signed by {signed.by}, {when}: {signed.note}")


def _migrations(_: Criterion, situation: Situation) -> CriterionStatus:
    current, head = situation.migrations
    if head is None:
        return _met("There are none: this store has no schema.")
    if current == head:
        return _met(f"The database is at {head}.")
    return _failing(f"The database is at {current}, this program needs {head}: sellergate migrate.")


def _verdict(criterion: Criterion, situation: Situation) -> CriterionStatus:
    if criterion.over is not None and criterion.metric is not None:
        return _average(criterion.metric, situation, criterion.over)
    judged = situation.judged
    if judged is None:
        return _too_little("The gates are off: nothing is measured.")
    if criterion.metric is None:
        return _of_verdict(judged.judgement.verdict, judged.judgement.sentence)
    opinion = next((one for one in judged.judgement.metrics if one.metric is criterion.metric), None)
    if opinion is None:
        return _too_little("The step has no limits for it.")
    return _of_verdict(opinion.verdict, opinion.sentence)


def _of_verdict(verdict: Verdict, sentence: str) -> CriterionStatus:
    if verdict is Verdict.CONTINUE:
        return _met(sentence)
    return (_too_little if verdict is Verdict.NOT_ENOUGH_DATA else _failing)(sentence)


def _average(metric: Metric, situation: Situation, over: timedelta | None) -> CriterionStatus:
    """The metric over a time, or over the whole phase, against the limit of what is good."""
    began, now = situation.began, situation.now
    if began is None or (over is not None and now - began < over):
        lasted = "an unknown time" if began is None else _span(now - began)
        return _too_little(f"The phase has lasted {lasted}{'' if over is None else f' of {_span(over)}'}.")
    windows = _since(situation, over)
    if isinstance(windows, Unreadable):
        return _too_little(f"The measurements cannot be read, {windows.why}.")
    found = estimate(metric, windows)
    if found is None:
        return _too_little("Nothing was checked.")
    limit = situation.step.threshold(metric).investigate
    good = found.value >= limit if metric.low_is_bad else found.value < limit
    span = _span(over or now - began)
    sentence = f"{value_words(metric, found.value)} over {span}, the limit is {value_words(metric, limit)}."
    return (_met if good else _failing)(sentence)


def _since(situation: Situation, over: timedelta | None) -> list[Measurement] | Unreadable:
    windows = situation.windows
    if isinstance(windows, Unreadable):
        return windows
    return [window for window in windows if over is None or window.start >= situation.now - over]


def _latency_stable(_: Criterion, situation: Situation) -> CriterionStatus:
    return _average(Metric.LATENCY, situation, None)


def _no_errors(_: Criterion, situation: Situation) -> CriterionStatus:
    windows = situation.windows
    if isinstance(windows, Unreadable):
        return _too_little(f"The measurements cannot be read, {windows.why}.")
    checks, errors = sum(window.checks for window in windows), sum(window.errors for window in windows)
    if errors:
        return _failing(f"{errors:,} of {checks:,} checks failed since the step began.")
    return _met(f"None of {checks:,} checks failed.") if checks else _too_little("Nothing was checked.")


def _minimum_checks(_: Criterion, situation: Situation) -> CriterionStatus:
    windows, wanted = situation.windows, situation.step.minimum_checks
    if isinstance(windows, Unreadable):
        return _too_little(f"The measurements cannot be read, {windows.why}.")
    checks = sum(window.checks for window in windows)
    return (_met if checks >= wanted else _too_little)(f"{checks:,} of at least {wanted:,} checks.")


def _level(metric: Metric) -> Callable[[Criterion, Situation], CriterionStatus]:
    def evaluate(criterion: Criterion, situation: Situation) -> CriterionStatus:
        about = Criterion(name=criterion.name, text=criterion.text, check=criterion.check, metric=metric)
        return _verdict(about, situation)

    return evaluate


def _load_test(_: Criterion, situation: Situation) -> CriterionStatus:
    trial = situation.load_test
    if trial is None:
        return _too_little("There was no load test yet: sellergate loadtest.")
    when = f"The load test of {trial.at:%Y-%m-%d %H:%M} UTC"
    asked, (load, result) = situation.plan.load_test, loadtest.read_again(trial.summary)
    findings = loadtest.judge(asked, load, result)  # by the plan of today, whichever it was made by
    if broken := [finding.sentence for finding in findings if not finding.holds]:
        return _failing(f"{when} did not hold: {'; '.join(broken)}.")
    if not trial.is_fresh(situation.now, FRESH_TRIAL):
        return _failing(f"{when} is not of the last {FRESH_TRIAL.days} days: repeat it.")
    if not loadtest.is_large_enough(asked, load):
        wanted = f"{asked.clients:,} clients, {asked.rate:,} a minute for {_span(asked.duration)}"
        return _failing(f"{when} was smaller than the plan asks: {wanted}.")
    return _met(f"{when} held: {'; '.join(finding.sentence for finding in findings)}.")


def _index_check(_: Criterion, situation: Situation) -> CriterionStatus:
    problems = situation.soundings.index_problems()
    return _failing("; ".join(problems)) if problems else _met("Every hot query uses its index.")


def _inbox_latency(criterion: Criterion, situation: Situation) -> CriterionStatus:
    took = situation.soundings.inbox_took()
    if took is None:
        return _too_little("Nobody has an open request yet: there is no inbox to look at.")
    limit = criterion.limit or timedelta(milliseconds=100)
    sentence = f"The fullest inbox answers in {_span(took)}, the limit is {_span(limit)}."
    return (_met if took < limit else _failing)(sentence)


def _previous_steps(criterion: Criterion, situation: Situation) -> CriterionStatus:
    place = situation.plan.place_of(situation.rollout)
    names = [step.name for step in situation.plan.steps[:place]] if criterion.step is None else [criterion.step]
    left = {change.from_step: change for change in situation.history if change.action is RolloutAction.PROMOTE}
    for name in names:
        if name == situation.rollout.step:
            continue  # its own criteria are asked for beside this one
        if name not in left:
            return _failing(f"The step {name} was not left by a promotion since the last rollback.")
        if left[name].overridden:
            return _failing(f"The step {name} was left by an override: {' '.join(left[name].overridden)}")
    return _met(f"Met when left: {', '.join(names)}." if names else "There are none.")


def _zero_rollbacks(_: Criterion, situation: Situation) -> CriterionStatus:
    rollback = situation.last_rollback
    began = situation.began
    if rollback is not None and began is not None and rollback.at >= began:
        return _failing(f"Rolled back {rollback.at:%Y-%m-%d %H:%M} UTC: {rollback.reason}")
    return _met("Nothing was rolled back since the step began.")


def _attested(criterion: Criterion, situation: Situation) -> CriterionStatus:
    """What only holds for the rules or dashboards that were looked at: with another plan there are others."""
    assert criterion.check is not None  # noqa: S101
    command = ATTESTED[criterion.check]
    signed = situation.sign_offs.get(criterion.name)
    if signed is None or signed.withdrawn:
        return _too_little(f"Nobody has shown it since the last rollback: {command}.")
    when = f"{signed.at:%Y-%m-%d %H:%M} UTC by {signed.by}"
    if not is_of(signed, situation.fingerprint(criterion.check) or ""):
        return _failing(f"It was shown {when}, of others than this version and plan make now: {command}.")
    return _met(f"{sentence_of(signed)} Shown {when}.")


EVALUATIONS: Final[Mapping[Check, Callable[[Criterion, Situation], CriterionStatus]]] = {
    Check.MIGRATIONS_AT_HEAD: _migrations,
    Check.VERDICT_CONTINUE: _verdict,
    Check.LATENCY_STABLE: _latency_stable,
    Check.NO_ERRORS: _no_errors,
    Check.MINIMUM_CHECKS: _minimum_checks,
    Check.LOAD_TEST_PASSED: _load_test,
    Check.INDEX_CHECK: _index_check,
    Check.CACHE_HIT_RATE: _level(Metric.CACHE_HITS),
    Check.INBOX_LATENCY: _inbox_latency,
    Check.POOL_IN_USE: _level(Metric.POOL),
    Check.ALERT_RULES_PROVED: _attested,
    Check.PREVIOUS_STEPS_MET: _previous_steps,
    Check.ZERO_ROLLBACKS: _zero_rollbacks,
    Check.DASHBOARDS_PRESENT: _attested,
}


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.0f} s"
