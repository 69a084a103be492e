"""Every alert fires when it must, is silent when it must, and resolves; the plan says where its limits are."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from builders import THE_PLAN, a_plan, a_share
from sellergate.adapters.monitoring import alert_rules
from sellergate.adapters.monitoring.promtool import ProofFailed, find_promtool, prove
from sellergate.adapters.monitoring.rules import fingerprint, promql_time, rule_file
from sellergate.adapters.monitoring.yaml_text import yaml_text
from sellergate.domain.communication import Alert, Channel, Severity, Watched
from sellergate.domain.plan import Breach

RULES = alert_rules(THE_PLAN)
BY_NAME = {rule.name: rule for rule in RULES}


def an_alert(watched, above, **facts):
    given = {"lasting": timedelta(minutes=2), "severity": Severity.WARNING, "channel": Channel.SLACK, "text": "Look."}
    return Alert(name=f"own-{watched.value.replace('_', '-')}", watched=watched, above=above, **{**given, **facts})


OTHER_LIMITS = a_plan(
    a_share(50),
    alerts=(
        an_alert(Watched.LATENCY, 0.2, lasting=timedelta(0)),
        an_alert(Watched.ERRORS, 0.35),
        an_alert(Watched.CACHE_HITS, 0.95),
        an_alert(Watched.POOL, 0.5),
        an_alert(Watched.INBOX, 3, lasting=timedelta(seconds=30)),
        an_alert(Watched.LIMIT_REJECTIONS, 100, within=timedelta(minutes=30)),
    ),
)


def test_the_seeds_four_alerts_are_there_with_its_limits():
    seeds = ["Phase9GateLatencyHigh", "Phase9ErrorRateHigh", "Phase9SupplierInboxBacklog", "Phase9ProductLimitHitRate"]

    assert list(BY_NAME)[:4] == seeds
    assert [(BY_NAME[name].severity, promql_time(BY_NAME[name].lasting)) for name in seeds] == [
        ("critical", "5m"),
        ("critical", "5m"),
        ("warning", "1h"),
        ("warning", "1h"),
    ]
    assert [BY_NAME[name].limit for name in seeds] == [0.01, 0.01, 100, 10]


def test_no_two_rules_have_one_name():
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_proved_to_fire_to_resolve_and_to_be_silent(rule):
    firing = [proof for proof in rule.proofs if proof.firing]

    assert firing
    assert all(min(proof.silent) < max(proof.firing) or rule.severity == "info" for proof in firing)
    assert all(max(proof.silent) > min(proof.firing) for proof in firing)
    assert rule.severity == "info" or any(not proof.firing for proof in rule.proofs)


def test_every_rule_of_the_plan_holds():
    assert prove(find_promtool(), RULES) == sum(len(rule.proofs) for rule in RULES)


def test_every_rule_holds_with_other_limits_as_well():
    rules = [
        rule for rule in alert_rules(OTHER_LIMITS, match='job="a",env="test"') if rule.name.startswith("Phase9Own")
    ]

    assert len(rules) == len(Watched)
    assert prove(find_promtool(), rules)


@pytest.mark.parametrize("spoiled", ["vector(0) > 0", "vector(1)"], ids=["never fires", "always fires"])
def test_of_rules_that_are_wrong_not_one_passes(spoiled):
    with pytest.raises(ProofFailed) as failed:
        prove(find_promtool(), [replace(rule, expr=spoiled) for rule in RULES])

    assert set(str(failed.value).partition(":")[0].split(", ")) == set(BY_NAME)


def test_a_rule_that_waits_too_short_or_too_long_does_not_pass():
    rule = BY_NAME["Phase9SupplierInboxBacklog"]
    for lasting in (timedelta(minutes=58), timedelta(minutes=80)):
        with pytest.raises(ProofFailed, match=rule.name):
            prove(find_promtool(), [replace(rule, lasting=lasting)])


def test_a_limit_that_is_off_by_a_little_does_not_pass():
    rule = BY_NAME["Phase9ErrorRateHigh"]
    with pytest.raises(ProofFailed, match=rule.name):
        prove(find_promtool(), [replace(rule, expr=rule.expr.replace("> 0.01", "> 0.008"))])


def test_what_promtool_cannot_read_is_told_in_its_words():
    with pytest.raises(ProofFailed, match="parse error"):
        prove(find_promtool(), [replace(RULES[0], expr="sum(")])


def test_without_promtool_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ProofFailed, match="apt-get install prometheus"):
        find_promtool()


def test_only_what_the_plan_would_roll_back_for_asks_for_it():
    assert {rule.name for rule in RULES if rule.rolls_back} == {"Phase9GateLatencyHigh", "Phase9ErrorRateHigh"}
    told_only = replace(THE_PLAN, steps=tuple(replace(step, breach=Breach.NOTIFY) for step in THE_PLAN.steps))
    assert not any(rule.rolls_back for rule in alert_rules(told_only))
    earlier = replace(THE_PLAN, alerts=tuple(replace(alert, above=alert.above / 2) for alert in THE_PLAN.alerts))
    assert not any(rule.rolls_back for rule in alert_rules(earlier))


def test_a_band_is_watched_where_the_plan_has_no_alert_for_it():
    assert {"Phase9CacheHitRateLow", "Phase9DatabasePoolNearExhausted", "Phase9SupplierInboxOverload"} <= set(BY_NAME)
    assert BY_NAME["Phase9CacheHitRateLow"].limit == 0.7
    own = {rule.name for rule in alert_rules(OTHER_LIMITS)}
    assert "Phase9CacheHitRateLow" not in own
    assert "Phase9OwnCacheHitRate" in own


def test_the_fingerprint_is_of_what_fires_and_not_of_what_is_said():
    said_otherwise = [replace(rule, summary="Something") for rule in RULES]
    later = [replace(RULES[0], lasting=timedelta(minutes=6)), *RULES[1:]]

    assert fingerprint(RULES) == fingerprint(said_otherwise) == fingerprint(alert_rules(THE_PLAN))
    assert len({fingerprint(RULES), fingerprint(later), fingerprint(alert_rules(THE_PLAN, 'job="other"'))}) == 3


def test_every_selector_names_whose_series_it_means():
    for rule in alert_rules(THE_PLAN, 'env="shop"'):
        names = re.findall(r"(?:seller_auth_\w+|\bup)\b.", rule.expr)
        assert all(name.endswith("{") for name in names)
        assert rule.expr.count('{env="shop"') == len(names)


def test_what_is_written_is_yaml_that_reads_as_it_was_meant():
    document = rule_file(RULES, runbook="https://docs.test/runbook.html")

    assert yaml.safe_load(yaml_text(document, comment="Made\nby hand")) == document
    assert document["groups"][0]["rules"][0]["annotations"]["runbook_url"].startswith("https://docs.test/runbook.html#")
