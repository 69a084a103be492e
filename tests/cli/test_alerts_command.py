"""Alert rules and dashboards from the command line: written, written again, proved, found where they belong."""

import json

import pytest
import yaml

from sellergate.adapters.plan_files import DEFAULT

RULES, ROUTES = "sellergate-rules.yml", "alertmanager.yml"
BOARDS = ["sellergate-gates.json", "sellergate-inbox.json", "sellergate-business.json"]


def criterion(terminal, name):
    facts = terminal.done("rollout", "status")["criteria"]
    return next((each["state"], each["detail"]) for each in facts if each["name"] == name)


@pytest.fixture
def before_full(terminal):
    """The next step is the last one, which asks for alerts and dashboards."""
    promote(terminal, 2)
    return terminal


def promote(terminal, times):
    for _ in range(times):
        terminal.done("rollout", "promote", "--reason", "Everything is fine so far.", "--override", "--canary", "mug")


def test_a_folder_gets_both_files_and_the_secrets_are_named(terminal):
    result = terminal("alerts", "export", terminal.folder / "out")

    assert result.status == 0
    assert result.out == f"{terminal.folder}/out/{RULES}: written.\n{terminal.folder}/out/{ROUTES}: written.\n"
    assert "/etc/alertmanager/secrets/pagerduty_routing_key" in result.err
    assert not (terminal.folder / "shop.db").exists()


def test_a_file_or_standard_output_gets_one_of_them(terminal):
    rules = yaml.safe_load(terminal("alerts", "export", "-").out)
    routes = yaml.safe_load(
        terminal("alerts", "export", "-", "--alertmanager", "--sellergate", "https://gate.test").out
    )
    file = terminal.folder / "own.yaml"

    assert rules["groups"][0]["rules"][0]["alert"] == "Phase9GateLatencyHigh"
    assert "https://gate.test/api/admin/dropshipping/rollout/alerts" in str(routes)
    assert terminal.done("alerts", "export", file) == {"files": [{"path": str(file), "changed": True}]}
    assert yaml.safe_load(file.read_text()) == rules


def test_what_somebody_has_changed_is_replaced_only_when_told_to(terminal):
    terminal.done("alerts", "export", terminal.folder)
    again = terminal.done("alerts", "export", terminal.folder)
    assert [file["changed"] for file in again["files"]] == [False, False]

    (terminal.folder / ROUTES).write_text("mine")
    (terminal.folder / RULES).unlink()
    refused = terminal("alerts", "export", terminal.folder)
    assert refused.status == 1
    assert f"{ROUTES} is there and is different; --force replaces it" in refused.err
    assert not (terminal.folder / RULES).exists()

    forced = terminal.done("alerts", "export", terminal.folder, "--force")
    assert [file["changed"] for file in forced["files"]] == [True, True]
    assert sorted(path.name for path in terminal.folder.iterdir()) == [ROUTES, RULES]


def test_where_nothing_can_be_written_it_says_so(terminal):
    terminal.file("taken", "")
    result = terminal("alerts", "export", terminal.folder / "taken" / "below")

    assert result.status == 1
    assert "Not a directory" in result.err


def test_rules_are_listed_with_the_limits_of_the_plan_in_use(terminal):
    plan = DEFAULT.read_text().replace('above = "10 ms"', 'above = "25 ms"')
    terminal.set("SELLERGATE_PLAN_FILE", terminal.file("plan.toml", plan))
    terminal.set("SELLERGATE_PROMETHEUS_MATCH", 'env="shop"')

    first, *_ = terminal.done("alerts", "list")
    assert first["expr"].startswith("histogram_quantile(0.95, ")
    assert "> 0.025" in first["expr"]
    assert '{env="shop"}' in first["expr"]
    assert "Phase9KillSwitchPresent" in terminal("alerts", "list").out


def test_a_proof_is_evidence_for_these_very_rules(before_full):
    terminal = before_full
    assert criterion(terminal, "alert-thresholds")[0] == "not_enough_data"

    proved = terminal.done("alerts", "prove")
    assert (proved["holds"], proved["criteria"]) == (True, 1)
    state, detail = criterion(terminal, "alert-thresholds")
    assert state == "met"
    assert f"{proved['rules']} alert rules held in {proved['courses']} courses of events (promtool 2." in detail

    plan = DEFAULT.read_text().replace('above = "10 ms"', 'above = "25 ms"')
    terminal.set("SELLERGATE_PLAN_FILE", terminal.file("plan.toml", plan))
    state, detail = criterion(terminal, "alert-thresholds")
    assert state == "failing"
    assert "sellergate alerts prove" in detail


def test_a_rule_that_does_not_hold_is_named_and_is_no_evidence(before_full):
    terminal = before_full
    broken = DEFAULT.read_text().replace('above = "10 ms"', 'above = "60 s"')  # beyond what the histogram can tell
    terminal.set("SELLERGATE_PLAN_FILE", terminal.file("plan.toml", broken))
    result = terminal("alerts", "prove")

    assert result.status == 1
    assert "Phase9GateLatencyHigh" in result.err
    assert result.err.count("\n") == 1
    assert criterion(terminal, "alert-thresholds")[0] == "not_enough_data"


def test_without_promtool_it_says_how_to_get_it(terminal, monkeypatch):
    monkeypatch.setenv("PATH", "")
    result = terminal("alerts", "prove")

    assert result.status == 1
    assert "apt-get install prometheus" in result.err


def test_dashboards_are_written_and_one_of_them_to_standard_output(terminal):
    written = terminal.done("dashboards", "export", terminal.folder / "boards")

    assert [file["path"].rpartition("/")[2] for file in written["files"]] == BOARDS
    one = json.loads(terminal("dashboards", "export", "-", "--only", "sellergate-inbox").out)
    assert one["title"] == "Supplier Inbox"
    assert not (terminal.folder / "shop.db").exists()
    assert terminal("dashboards", "export", "-").status == 2
    unknown = terminal("dashboards", "export", terminal.folder, "--only", "sellergate-nothing")
    assert unknown.status == 2
    assert "there are sellergate-gates, sellergate-inbox, sellergate-business" in unknown.err


def test_dashboards_are_listed(terminal):
    assert [board["title"] for board in terminal.done("dashboards", "list")] == [
        "Authorization Gates",
        "Supplier Inbox",
        "Business Metrics",
    ]
    assert "Deny rate by stage" in terminal("dashboards", "list").out


def test_dashboards_that_were_found_where_they_belong_are_evidence(before_full):
    terminal = before_full
    boards = terminal.folder / "boards"
    assert terminal("dashboards", "check", boards).status == 2
    terminal.done("dashboards", "export", boards, "--runbook", "https://docs.test/runbook.html")
    assert criterion(terminal, "dashboards")[0] == "not_enough_data"

    assert terminal.done("dashboards", "check", boards) == {"holds": True, "problems": {}, "criteria": 1}
    state, detail = criterion(terminal, "dashboards")
    assert state == "met"
    assert detail.startswith(f"3 dashboards are in {boards}. Shown ")


def test_a_dashboard_that_is_missing_or_changed_is_named(before_full):
    terminal = before_full
    boards = terminal.folder / "boards"
    terminal.done("dashboards", "export", boards)
    changed = json.loads((boards / BOARDS[1]).read_text()) | {"title": "Mine"}
    (boards / BOARDS[0]).unlink()
    (boards / BOARDS[1]).write_text(json.dumps(changed))
    (boards / BOARDS[2]).write_text("{")
    result = terminal("dashboards", "check", boards)

    assert result.status == 1
    assert f"{BOARDS[0]} is not there" in result.err
    assert f"{BOARDS[1]} is different" in result.err
    assert f"{BOARDS[2]} is not JSON" in result.err
    assert criterion(terminal, "dashboards")[0] == "not_enough_data"


def test_a_rollback_makes_the_evidence_void(before_full):
    terminal = before_full
    terminal.done("dashboards", "export", terminal.folder / "boards")
    terminal.done("dashboards", "check", terminal.folder / "boards")
    terminal.done("rollback", "--reason", "Something is not right.")
    promote(terminal, 3)

    assert criterion(terminal, "dashboards")[0] == "not_enough_data"
