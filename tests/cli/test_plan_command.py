"""Seeing the plan, proving one, and following one of one's own from the command line."""

import pytest

from sellergate.adapters.plan_files import DEFAULT, DEMO

REASON = "The rehearsal went well."

LADDER = """\
name = "Ladder"
zone = "Asia/Seoul"

[[steps]]
name = "watch"
kind = "shadow"

[[steps]]
name = "enrol"
kind = "shadow"
endpoints = "open"
""" + "".join(
    f'[[steps]]\nname = "share-{share}"\nkind = "percentage"\npercentage = {share}\n' for share in (5, 25, 50, 75, 100)
)
WRONG = LADDER.replace("percentage = 25", "percentage = 250").replace("Asia/Seoul", "Asia/Soul")


def test_the_plan_is_shown_step_by_step(terminal):
    shown = terminal("plan", "show").out

    for word in (
        "Tue-Thu 02:00-04:00 Asia/Seoul",
        "3 days to 5 days",
        "> 80 %",
        "load_test_passed",
        "a person",
        "50 % → 10 % → off",
        "#phase9-rollout",
        "3 days before canary",
        "pagerduty",
        "Week 1: Intensive Monitoring",
    ):
        assert word in shown


def test_programs_get_the_plan_in_the_words_of_its_file(terminal):
    plan = terminal.done("plan", "show")

    assert (plan["zone"], plan["rollbackWithin"], plan["loadTest"]["latencyP95"]) == ("Asia/Seoul", "5 minutes", "5 ms")
    assert [step["name"] for step in plan["steps"]] == ["shadow", "canary", "half", "full"]
    assert plan["steps"][2]["thresholds"][2] == {"metric": "cache_hit_rate", "investigate": "80 %"}
    assert plan["steps"][3]["windows"] == ["Tue-Thu 02:00-04:00 Asia/Seoul"]


def test_the_plan_shown_is_the_one_in_use(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", terminal.file("plan.toml", LADDER))

    assert "share-75" in terminal("plan", "show").out


@pytest.mark.parametrize("file", [DEFAULT, DEMO], ids=lambda file: file.stem)
def test_the_plans_that_come_with_sellergate_hold(terminal, file):
    assert terminal("plan", "check", file).status == 0
    assert terminal.done("plan", "check", file) == {"holds": True, "faults": []}


def test_everything_wrong_with_a_plan_is_said(terminal):
    file = terminal.file("plan.toml", WRONG)

    result = terminal("plan", "check", file)

    assert result.status == 1
    assert result.out.splitlines() == [
        "plan.toml:2: zone=Asia/Soul: allowed is a time zone like Asia/Seoul",
        "plan.toml:19: steps[3].percentage=250: allowed is 1 to 100",
    ]
    assert result.err == f"sellergate: {file}: the plan does not hold: 2 faults.\n"
    as_json = terminal("plan", "check", file, "--json")
    assert as_json.status == 1
    assert as_json.json["faults"][1] == {
        "line": 19,
        "key": "steps[3].percentage",
        "value": "250",
        "problem": "allowed is 1 to 100",
    }


@pytest.mark.parametrize("command", [("serve",), ("rollout", "status"), ("plan", "show"), ("audit", "verify")])
def test_nothing_starts_with_a_plan_that_does_not_hold(terminal, command):
    file = terminal.file("plan.toml", WRONG)
    terminal.set("SELLERGATE_PLAN_FILE", file)
    terminal.set("SELLERGATE_JWT_SECRET", "a-secret-for-tests-of-32-bytes-or-more")

    result = terminal(*command)

    assert result.status == 2
    assert result.err == (
        f"sellergate: SELLERGATE_PLAN_FILE={file}: "
        "plan.toml:2: zone=Asia/Soul: allowed is a time zone like Asia/Seoul (and 1 more)\n"
    )


def test_nothing_starts_with_a_plan_that_is_not_there(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", terminal.folder / "missing.toml")

    result = terminal("rollout", "status")

    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "cannot be read: No such file" in result.err


def move(terminal, verb, *arguments):
    return terminal.done("rollout", verb, "--reason", REASON, *arguments)


def test_a_plan_of_ones_own_is_followed(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", terminal.file("plan.toml", LADDER))
    terminal.set("ROLLOUT_SOURCE", "managed")

    moves = [move(terminal, "promote") for _ in range(7)]

    assert [moved["step"] for moved in moves] == [
        "watch", "enrol", "share-5", "share-25", "share-50", "share-75", "share-100",
    ]  # fmt: skip
    assert [moved["endpointsOpen"] for moved in moves] == [False, True, True, True, True, True, True]
    assert (moves[-1]["phase"], moves[-1]["next"]) == ("full", None)
    assert [move(terminal, "reduce")["percentage"] for _ in range(3)] == [50, 10, 0]


def test_the_default_plan_is_not_passed_over_without_a_word(terminal):
    refused = terminal("rollout", "promote", "--reason", REASON)

    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "shadow-no-errors is not enough data" in refused.err
    assert "shadow-report-reviewed is unsigned" in refused.err
    status = terminal.done("rollout", "status")
    assert status["next"]["step"] == "canary"
    assert status["next"]["earliest"]
    assert status["criteria"][1]["state"] == "unsigned"
    assert "at the earliest" in terminal("rollout", "status").out

    moved = move(terminal, "promote", "--override")
    assert (moved["step"], moved["unselected"]) == ("canary", "shadow")
    newest = terminal.done("rollout", "history")[0]
    assert (newest["override"], newest["fromStep"], newest["toStep"]) == (True, "shadow", "canary")
    assert any("shadow-report-reviewed" in sentence for sentence in newest["overridden"])


def test_a_share_that_passes_over_steps_needs_an_override(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", DEMO)

    refused = terminal("rollout", "promote", "--percentage", "100", "--reason", REASON)

    assert refused.status == 1
    assert "pass over canary, half" in refused.err
    assert move(terminal, "promote", "--percentage", "100", "--override")["phase"] == "full"
