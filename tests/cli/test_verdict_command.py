"""Verdicts, signatures and damage from the command line."""

import pytest

from measured import a_window
from sellergate.adapters.plan_files import DEFAULT
from sellergate.adapters.sql import SqlStore
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.evidence import evidence_of, judgement_json
from sellergate.domain.judgement import Readings, Rules
from sellergate.domain.measurements import aligned
from sellergate.domain.plan import DEFAULT_THRESHOLDS
from sellergate.domain.verdict import judge
from sellergate.ports.clock import utc_now
from sellergate.ports.control import StoredVerdict

REASON = ("--reason", "The rehearsal went well.")
NOTE = ("--note", "I have read every line of it.")


@pytest.fixture
def store(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", DEFAULT)
    terminal.set("ROLLOUT_SOURCE", "managed")
    terminal.done("rollout", "promote", *REASON, "--override")
    store = SqlStore.open(f"sqlite:///{terminal.folder / 'shop.db'}", migrate=False)
    yield store
    store.close()


def keep(store, sentence=None):
    now = utc_now()
    rules, readings = Rules(thresholds=DEFAULT_THRESHOLDS, minimum_checks=1), Readings(windows=(a_window(now, 300),))
    judgement = judge(rules, readings, now)
    shown = judgement_json(judgement) | ({} if sentence is None else {"sentence": sentence})
    verdict = StoredVerdict(
        at=now,
        since=now,
        rollout_version=1,
        verdict=judgement.verdict.name,
        sentence=judgement.sentence,
        judgement=shown,
        evidence=evidence_of(rules, readings, now),
    )
    with store.work() as work:
        return work.verdicts.add(verdict)


def test_the_verdict_of_now_is_shown_by_metric(terminal, store):
    shown = terminal.done("verdict", "show")
    assert {metric["metric"] for metric in shown["metrics"]} >= {"error_rate", "gate_latency_p95"}
    table = terminal("verdict", "show")
    assert table.status == 0
    assert "error_rate" in table.out
    assert terminal.done("rollout", "status")["verdict"]["verdict"] == shown["verdict"]


def test_while_the_gates_are_off_nothing_is_judged(terminal, store):
    terminal.done("rollback", *REASON)

    assert terminal("verdict", "show").out.startswith("The gates are off")
    assert terminal.done("rollout", "status")["verdict"] is None


def test_a_stored_verdict_is_shown_listed_and_judged_again(terminal, store):
    first, second = keep(store), keep(store)

    assert [one["id"] for one in terminal.done("verdict", "list")] == [second, first]
    assert terminal.done("verdict", "show", first)["verdict"] == "NOT_ENOUGH_DATA"
    again = terminal.done("verdict", "replay", first)
    assert again["isSame"]
    assert again["again"] == again["sentence"]


def test_a_verdict_that_its_evidence_does_not_give_is_an_error(terminal, store):
    id = keep(store, sentence="All is well.")

    result = terminal("verdict", "replay", id)
    assert (result.status, "is not what its evidence gives" in result.err) == (1, True)
    assert terminal("verdict", "replay", 99).status == 1
    assert terminal("verdict", "show", 99).err == "sellergate: There is no such verdict.\n"


def test_a_criterion_is_signed_and_withdrawn(terminal, store):
    def state():
        criteria = {one["name"]: one for one in terminal.done("rollout", "status")["criteria"]}
        return criteria["shadow-report-reviewed"]["state"]

    assert state() == "unsigned"
    assert terminal.done("rollout", "sign", "shadow-report-reviewed", *NOTE)["step"] == "shadow"
    assert state() == "met"
    assert "is withdrawn by cli:" in terminal("rollout", "withdraw", "shadow-report-reviewed", *NOTE).out
    assert state() == "unsigned"

    unknown = terminal("rollout", "sign", "migrations", *NOTE)
    assert (unknown.status, "shadow-report-reviewed" in unknown.err) == (2, True)


def test_the_damage_around_the_last_rollback(terminal, store):
    now = utc_now()
    key = DenialKey(
        minute=aligned(now, 60),
        seller_id="anna",
        product_id="mug",
        stage="cart",
        error_code="ERR_SELLER_NOT_AUTHORIZED",
    )
    with store.work() as work:
        work.denials.add([DenialCount(key=key, count=3, first_seen=now, last_seen=now)])
    terminal.done("rollback", *REASON)

    report = terminal.done("rollout", "damage")
    assert (report["denials"], report["sellers"], report["bySeller"][0]["of"]) == (3, 1, "anna")
    assert "3 denials from" in terminal("rollout", "damage").out

    none = terminal.done("rollout", "damage", "--since", "2020-01-01", "--until", "2020-01-02")
    assert (none["denials"], none["bySeller"]) == (0, [])
    assert terminal("rollout", "damage", "--since", "2020-01-02", "--until", "2020-01-01").status == 2
