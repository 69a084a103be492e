"""The dashboards are of a shape that Grafana loads, have the panels of the plan's document, and the plan's bands."""

import json
import re
from dataclasses import replace
from itertools import combinations

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as SdkDashboard

from builders import THE_PLAN
from sellergate.adapters.monitoring import dashboards
from sellergate.adapters.monitoring.dashboards import fingerprint
from sellergate.domain.plan import DEFAULT_THRESHOLDS, with_overrides
from sellergate.domain.thresholds import Metric, Threshold

RUNBOOK = "https://docs.test/runbook.html"
BOARDS = dashboards(THE_PLAN)
OF_THE_SEED = {
    "Authorization Gates": [
        "Gate latency",
        "Deny rate by stage",
        "Cache hit rate",
        "Error rate by error code",
        # and what an operator needs beside them
        "Phase",
        "Enforced",
        "Kill switch",
        "Last rollback",
        "Change feed lag",
        "Database pool",
        "Cache hit rate by tier",
    ],
    "Supplier Inbox": ["Pending requests", "Approvals and rejections", "Approval rate", "Average response time"],
    "Business Metrics": [
        "Product limit hit rate",
        "Cooldown blocks per day",
        "Revocation rate",
        "Authorization approval rate by supplier",
    ],
}
by_title = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.title)


def panels_of(board):
    return [panel for panel in board.as_json(RUNBOOK)["panels"] if panel["type"] != "row"]


def test_the_dashboards_and_panels_of_the_document_are_there():
    assert [board.title for board in BOARDS] == list(OF_THE_SEED)
    for board in BOARDS:
        assert set(OF_THE_SEED[board.title]) <= {panel.title for panel in board.panels()}


@by_title
def test_grafanas_own_model_knows_every_field(board):
    """It reads what it has a name for and forgets the rest: a name that is wrong does not come back."""
    register_default_plugins()
    written = board.as_json(RUNBOOK)

    read = SdkDashboard.from_json(written)

    assert list(lost(written, json.loads(json.dumps(read, cls=JSONEncoder)))) == []


def lost(written, read, path=""):
    if isinstance(written, dict) and isinstance(read, dict):
        for name, value in written.items():
            yield from lost(value, read.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for place, (value, other) in enumerate(zip(written, read, strict=True)):
            yield from lost(value, other, f"{path}[{place}]")
    elif written != read:
        yield path


def test_a_field_that_grafana_does_not_know_is_found():
    register_default_plugins()
    written = BOARDS[0].as_json(RUNBOOK)
    written["panels"][1]["fieldConfig"]["defaults"]["treshold"] = 3
    read = json.loads(json.dumps(SdkDashboard.from_json(written), cls=JSONEncoder))

    assert list(lost(written, read)) == [".panels[1].fieldConfig.defaults.treshold"]


@by_title
def test_panels_have_ids_of_their_own_and_do_not_overlap(board):
    panels = board.as_json(RUNBOOK)["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids)

    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
    assert all(panel["gridPos"]["x"] >= 0 and panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


@by_title
def test_every_query_asks_the_chosen_datasource_by_variables_that_there_are(board):
    whole = board.as_json(RUNBOOK)
    variables = {variable["name"] for variable in whole["templating"]["list"]}
    text = json.dumps(whole)

    assert "datasource" in variables
    assert set(re.findall(r"\$\{?(\w+)", text)) - {"__rate_interval", "__all"} <= variables
    for panel in panels_of(board):
        assert panel["datasource"]["uid"] == "${datasource}"
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


def test_stages_and_suppliers_can_be_chosen():
    variables = {board.title: set(board.variables) for board in BOARDS}

    assert variables == {
        "Authorization Gates": {"stage"},
        "Supplier Inbox": {"supplier"},
        "Business Metrics": {"supplier"},
    }


@by_title
def test_the_runbook_is_one_click_away(board):
    whole = board.as_json(RUNBOOK)

    assert whole["links"][0]["url"] == RUNBOOK
    linked = [link["url"] for panel in panels_of(board) for link in panel["links"]]
    assert linked
    assert all(url.startswith(f"{RUNBOOK}#") for url in linked)


def bands(boards, title):
    [panel] = [panel for board in boards for panel in panels_of(board) if panel["title"] == title]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["value"], step["color"]) for step in steps]


def test_bands_are_the_plans():
    assert bands(BOARDS, "Gate latency") == [(None, "green"), (0.005, "yellow"), (0.01, "red")]
    assert bands(BOARDS, "Error rate") == [(None, "green"), (0.005, "yellow"), (0.01, "red")]
    assert bands(BOARDS, "Cache hit rate") == [(None, "yellow"), (0.7, "green")]
    assert bands(BOARDS, "Database pool") == [(None, "green"), (0.8, "yellow")]
    assert bands(BOARDS, "Fullest inbox") == [(None, "green"), (100, "yellow"), (500, "red")]


def test_another_plan_has_other_bands_and_another_fingerprint():
    latency = Threshold(metric=Metric.LATENCY, investigate=0.1, roll_back=0.2)
    thresholds = with_overrides(DEFAULT_THRESHOLDS, [latency])
    plan = replace(THE_PLAN, steps=tuple(replace(step, thresholds=thresholds) for step in THE_PLAN.steps))
    boards = dashboards(plan)

    assert bands(boards, "Gate latency") == [(None, "green"), (0.1, "yellow"), (0.2, "red")]
    assert fingerprint(boards) != fingerprint(BOARDS) == fingerprint(dashboards(THE_PLAN))


def test_ratios_divide_what_matches():
    """The document's own error rate divides series with different labels, which gives nothing, ever."""
    for board in BOARDS:
        for panel in board.panels():
            for query in panel.queries:
                for part in query.expr.split(" / "):
                    assert re.match(r"\(*(bottomk\(20, )?(sum|max|count|topk|histogram_quantile|min)\b", part), (
                        query.expr
                    )
