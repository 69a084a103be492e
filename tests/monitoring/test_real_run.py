"""What people see of a real run: every panel has its figures, and every alarm reaches whom it is for."""

import math
import re

import httpx
import pytest
from live import ADMIN, until
from monitored import LIMIT, OPERATOR, monitored

from builders import THE_PLAN
from sellergate.adapters.monitoring import dashboards

VARIABLES = {"$stage": ".*", "$supplier": ".*", "$__rate_interval": "5m"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with monitored(tmp_path_factory.mktemp("monitored")) as run:
        yield run


BOARDS = dashboards(THE_PLAN)
QUERIES = [
    pytest.param(query.expr, id=f"{board.title}: {panel.title}, {number}")
    for board in BOARDS
    for panel in board.panels()
    for number, query in enumerate(panel.queries)
]


def asked(run, query):
    for variable, value in VARIABLES.items():
        query = query.replace(variable, value)
    return run.prometheus.query(query)


@pytest.mark.parametrize("query", QUERIES)
def test_every_panel_has_its_figures(run, query):
    found = asked(run, query)

    assert found
    assert all(math.isfinite(float(series["value"][1])) for series in found)


def figure(run, title):
    panels = {panel.title: panel for board in BOARDS for panel in board.panels()}
    [series] = asked(run, panels[title].queries[0].expr)
    return float(series["value"][1])


def test_the_figures_are_those_of_the_run(run):
    waiting = run.market.get("admin/dropshipping/authorizations?status=REQUESTED", ADMIN)["total"]

    assert figure(run, "Pending requests") == waiting == LIMIT + 1
    assert figure(run, "Product limit hits per day") == pytest.approx(3, abs=0.5)
    assert figure(run, "Cooldown blocks per day") == pytest.approx(1, abs=0.2)
    assert figure(run, "Revocations per day") == pytest.approx(1, abs=0.2)
    assert figure(run, "Authorization approval rate by supplier") == pytest.approx(2 / 3)
    assert figure(run, "Servers") == 1
    assert 0 < figure(run, "Cache hit rate") <= 1


def test_the_pager_hears_the_critical_alert(run):
    [event, *_] = run.receivers.got["/pagerduty"]

    assert event["routing_key"] == "a-routing-key"
    assert event["payload"]["severity"] == "critical"
    assert event["payload"]["summary"] == "Gate latency P95 is above 0.002 ms"
    assert event["payload"]["custom_details"]["runbook"] == "docs/runbook.md#gate-latency-spike"


def test_the_pager_hears_that_it_is_over_once_the_gates_are_off(run):
    until(lambda: run.receivers.got["/pagerduty"][-1]["event_action"] == "resolve")


def test_slack_hears_the_warnings_and_nothing_critical(run):
    titles = set(run.receivers.slacked())
    text, *_ = [
        attachment["text"].strip()
        for message in run.receivers.got["/slack"]
        for attachment in message["attachments"]
        if attachment["title"] == "FIRING: Phase9SupplierInboxBacklog"
    ]

    assert {"FIRING: Phase9SupplierInboxBacklog", "FIRING: Phase9RolledBack"} <= titles
    assert not any("Latency" in title for title in titles)
    assert text.startswith("Supplier acme has more than 2 requests waiting\n")
    assert re.search(r"Now: [345]\.", text)  # it was told while requests were coming in
    assert text.endswith("docs/runbook.md#supplier-inbox-overload")


def test_the_daily_summary_goes_by_mail_with_real_figures(run):
    to, message = run.receivers.mail.messages[0]

    assert to == ["eng@shop.test"]
    assert "Subject: Seller authorization, the last 24 hours" in message
    assert "error expanding" not in message
    assert "Gate P95 over the day:" in message


def test_the_rollback_receiver_has_rolled_the_server_back(run):
    change, *_ = run.market.get("admin/dropshipping/rollout/history", OPERATOR)["items"]

    assert (change["action"], change["actorId"]) == ("rollback", "service-1")
    assert change["reason"] == "Alert Phase9GateLatencyHigh: Gate latency P95 is above 0.002 ms"


def test_no_message_failed_on_its_way(run):
    assert "level=error" not in run.alertmanager.log, run.alertmanager.log


def test_every_rule_is_evaluated_without_an_error(run):
    groups = httpx.get(f"{run.prometheus.url}/api/v1/rules").json()["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]

    assert len(rules) > 15
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}
    assert not any("error expanding" in str(alert["annotations"]) for rule in rules for alert in rule["alerts"])
