"""The judge of the scenarios: what it lets pass, and what it does not."""

import pytest

from chaos.clock import MILLISECOND, now
from chaos.judging import LEASE, Judge, Outage, summary
from chaos.records import Answer, Check, Recorder, Truth, Turn, checks_in, line_of

PAIR = 7
A, D, F, R = Answer.ALLOW, Answer.DENY, Answer.FAILED, Answer.RAISED
T = 100 * LEASE
APPROVED = Turn(PAIR, allowed=True, before=T - 20 * LEASE, after=T - 20 * LEASE + MILLISECOND)
REVOKED = Turn(PAIR, allowed=False, before=T - MILLISECOND, after=T)
HEARD = Turn(PAIR, allowed=False, before=T - MILLISECOND, after=T, heard=T + 50 * MILLISECOND)
BEFORE, LONG_BEFORE = T - LEASE, T - 30 * LEASE


def at(start, answer, *, strict=False, took=1):
    return Check(start, start + took, PAIR, answer, strict)


def judged(checks, turns=(APPROVED, REVOKED), outages=(), *, own=False):
    judge = Judge(Truth(turns), outages)
    judge.hear("a gate", checks, own=own)
    return judge.outcome


def test_right_answers_are_no_violation():
    outcome = judged([at(LONG_BEFORE, D), at(BEFORE, A), at(T + 1, D), at(T + 9 * LEASE, D)])

    assert (outcome.violations, outcome.checks, outcome.allowed, outcome.stalest) == ([], 4, 1, 0)


def test_while_a_turn_is_under_way_either_answer_is_right():
    assert not judged([at(T - 1, A), at(T - 1, D), at(T - 2 * MILLISECOND, D, took=MILLISECOND)]).violations


@pytest.mark.parametrize(("age", "violations"), [(LEASE, 0), (LEASE + 1, 1)])
def test_an_allow_may_be_as_old_as_the_lease(age, violations):
    outcome = judged([at(BEFORE, A), at(T + age, A)])

    assert (len(outcome.violations), outcome.stalest) == (violations, age)


def test_an_allow_that_is_given_on_and_on_grows_too_old():
    checks = [at(BEFORE, A), *(at(T + step * LEASE // 10, A) for step in range(1, 15))]

    assert len(judged(checks).violations) == 4


@pytest.mark.parametrize(
    "options", [{"own": True}, {"turns": (APPROVED, HEARD)}], ids=["by whoever revoked", "after the receipt"]
)
def test_some_allows_may_have_no_age_at_all(options):
    assert judged([at(T + 60 * MILLISECOND, A)], **options).violations
    assert not judged([at(T + 60 * MILLISECOND, D)], **options).violations


def test_a_strict_allow_may_have_no_age_at_all():
    assert judged([at(T + 1, A, strict=True)]).violations


def test_before_a_receipt_an_allow_may_have_an_age():
    assert not judged([at(T + 40 * MILLISECOND, A)], turns=(APPROVED, HEARD)).violations


def test_what_was_never_approved_must_not_be_allowed():
    assert judged([at(T, A)], turns=()).violations
    assert judged([at(LONG_BEFORE, A)]).violations


@pytest.mark.parametrize(("age", "violations"), [(LEASE, 0), (LEASE + 1, 1)])
def test_a_deny_of_what_is_approved_may_be_as_old_as_the_lease(age, violations):
    outcome = judged([at(APPROVED.after + age, D)])

    assert (len(outcome.violations), outcome.latest) == (violations, age)


def test_nothing_is_ever_raised():
    assert judged([at(T + 1, R)]).violations


def an_outage(begin, end, **more):
    return Outage(began=begin - 1, gone=begin, back=end, over=end + 1, **more)


def test_a_check_fails_only_in_an_outage_of_its_gate():
    during = at(T + LEASE, F)

    assert judged([during]).violations
    assert judged([during], outages=[an_outage(T, T + 2 * LEASE, of={"another"})]).violations
    assert not judged([during], outages=[an_outage(T, T + 2 * LEASE)]).violations
    assert not judged([during], outages=[an_outage(T, T + 2 * LEASE, of={"a gate"})]).violations
    assert judged([at(T + 3 * LEASE, F)], outages=[an_outage(T, T + 2 * LEASE)]).violations


def test_in_an_outage_nothing_is_allowed_once_the_lease_has_run_out():
    outage = an_outage(BEFORE - 9 * LEASE, BEFORE)

    assert not judged([at(outage.gone + LEASE - 1, A)], outages=[outage]).violations
    assert judged([at(outage.gone + LEASE, A)], outages=[outage]).violations


def test_the_time_to_deny_is_measured_where_a_gate_asked_all_the_time():
    outcome = judged([at(T - 2, A), at(T + 5 * MILLISECOND, A), at(T + 8 * MILLISECOND, D), at(T + LEASE, D)])
    assert (outcome.delays, outcome.quantile(0.5)) == ([8 * MILLISECOND], 8.0)

    assert judged([at(BEFORE, A), at(T + 8 * MILLISECOND, D)]).delays == []
    assert judged([]).quantile(0.99) is None


def test_what_was_recorded_is_what_is_judged(tmp_path):
    class Gate:
        def check(self, seller, product, *, consistency):
            if seller == "broken":
                raise ValueError
            return _answer(seller)

    began, recorder = now(), Recorder(Gate())
    for seller in ("good", "bad", "unknown", "broken"):
        recorder.check(PAIR, (seller, "p"), strict=seller == "bad")
    recorder.flush(tmp_path / "checks")
    recorder.check(PAIR, ("good", "p"))
    recorder.flush(tmp_path / "checks")
    (tmp_path / "turns").write_text(line_of(APPROVED) + line_of(HEARD))

    checks = list(checks_in(tmp_path / "checks"))
    assert [(check.answer, check.strict) for check in checks] == [
        (A, False),
        (D, True),
        (F, False),
        (R, False),
        (A, False),
    ]
    assert all(began <= check.start <= check.end <= now() for check in checks)
    assert Truth.read(tmp_path / "turns").denials == [HEARD]


def _answer(seller):
    from types import SimpleNamespace

    codes = {"bad": "ERR_AUTHORIZATION_REVOKED", "unknown": "ERR_AUTHORIZATION_CHECK_FAILED"}
    return SimpleNamespace(allowed=seller == "good", error_code=codes.get(seller))


def test_a_long_list_of_violations_is_shown_in_part():
    assert summary([str(number) for number in range(7)]).splitlines()[-1] == "and 2 more"
