"""Moving the rollout from the command line."""

import getpass

import pytest

from sellergate.adapters.plan_files import DEMO

REASON = "The rehearsal went well."


@pytest.fixture(autouse=True)
def quick_plan(terminal):
    terminal.set("SELLERGATE_PLAN_FILE", DEMO)


@pytest.fixture
def switch(terminal):
    file = terminal.folder / "run" / "KILL"
    terminal.set("SELLERGATE_KILL_SWITCH_FILE", file)
    return file


def move(terminal, verb, *arguments):
    return terminal.done("rollout", verb, "--reason", REASON, *arguments)


def test_before_anybody_has_spoken_the_environment_says_the_phase(terminal):
    status = terminal.done("rollout", "status")

    assert (status["phase"], status["source"], status["version"]) == ("shadow", "env", 0)
    assert (status["endpointsOpen"], status["killSwitch"], status["held"]) == (False, False, False)
    assert (status["step"], status["criteria"]) == ("shadow", [])
    assert status["next"] == {"step": "canary", "phase": "canary", "percentage": 0, "earliest": None}


def test_a_rollout_goes_up_step_by_step_and_back_in_one(terminal):
    moves = [move(terminal, "promote") for _ in range(3)] + [move(terminal, "rollback")]

    assert [(moved["phase"], moved["percentage"]) for moved in moves] == [
        ("canary", 0),
        ("percentage", 50),
        ("full", 100),
        ("off", 0),
    ]
    assert [moved["version"] for moved in moves] == [1, 2, 3, 4]
    assert moves[0]["source"] == "managed"
    assert moves[0]["receipt"].keys() == {"processes", "applied", "milliseconds"}


def test_the_canary_comes_from_options_and_from_a_file(terminal):
    file = terminal.file("canary.txt", "\ufeffp-2\np-3\n\n")

    moved = move(terminal, "promote", "--canary", "p-1", "--canary-file", file)

    assert moved["canaryProducts"] == ["p-1", "p-2", "p-3"]


def test_a_share_can_be_named_upwards_and_downwards(terminal):
    move(terminal, "promote")
    assert move(terminal, "promote", "--percentage", "25")["percentage"] == 25
    assert move(terminal, "reduce", "--percentage", "5")["percentage"] == 5
    assert move(terminal, "reduce")["phase"] == "off"


def test_a_hold_stops_promotions_until_resumed_or_overridden(terminal):
    move(terminal, "hold")

    refused = terminal("rollout", "promote", "--reason", REASON)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "on hold" in refused.err
    assert move(terminal, "promote", "--override")["phase"] == "canary"
    move(terminal, "hold")
    move(terminal, "resume")
    assert move(terminal, "promote")["phase"] == "percentage"


def test_the_history_tells_who_why_and_from_where_to_where(terminal):
    move(terminal, "promote")
    move(terminal, "hold")
    move(terminal, "promote", "--override")

    newest, _, oldest = terminal.done("rollout", "history")

    assert (oldest["fromPhase"], oldest["toPhase"], oldest["reason"]) == ("shadow", "canary", REASON)
    assert (oldest["actorId"], oldest["actorRole"]) == (f"cli:{getpass.getuser()}", "operator")
    assert (newest["action"], newest["override"]) == ("promote", True)
    assert len(terminal.done("rollout", "history", "--limit", "1")) == 1


def test_people_read_the_same_in_words(terminal):
    promoted = terminal("rollout", "promote", "--reason", REASON, "--canary", "p-1")

    assert "canary" in promoted.out
    assert "0 of 0 running processes" in promoted.out
    assert "1: p-1" in terminal("rollout", "status").out
    assert REASON in terminal("rollout", "history").out


def test_where_nobody_has_spoken_yet_that_is_said(terminal):
    assert "the environment" in terminal("rollout", "status").out
    terminal.set("ROLLOUT_SOURCE", "managed")
    assert "nobody yet" in terminal("rollout", "status").out
    move(terminal, "promote")
    assert "an operator" in terminal("rollout", "status").out


def test_a_rollout_pinned_to_the_environment_cannot_be_moved(terminal):
    terminal.set("ROLLOUT_SOURCE", "env")

    refused = terminal("rollout", "promote", "--reason", REASON)

    assert refused.status == 1
    assert "ROLLOUT_SOURCE=env" in refused.err


def test_an_emergency_makes_the_kill_switch_and_sets_the_phase(terminal, switch):
    move(terminal, "promote")

    result = terminal("rollback", "--emergency", "--reason", "Everybody is denied.", "--json")

    assert result.status == 0
    assert switch.exists()
    assert (result.json["phase"], result.json["killSwitch"]) == ("off", True)
    assert f"rm {switch}" in result.err


def test_while_the_kill_switch_is_there_the_phase_is_off_and_without_it_as_decided(terminal, switch):
    move(terminal, "promote")
    switch.parent.mkdir()
    switch.touch()

    assert terminal.done("rollout", "status")["phase"] == "off"
    assert "kill switch" in terminal("rollout", "status").out
    switch.unlink()
    assert terminal.done("rollout", "status")["phase"] == "canary"


def test_an_emergency_needs_no_database(terminal, switch):
    terminal.set("DATABASE_URL", f"sqlite:///{terminal.folder}/no/such/folder/shop.db")

    result = terminal("rollback", "--emergency", "--reason", "The database is gone.")

    assert switch.exists()
    assert result.status == 1
    assert "The kill switch is on, but the phase could not be set" in result.err


def test_an_emergency_comes_first_even_with_a_reason_that_is_too_short(terminal, switch):
    result = terminal("rollback", "--emergency", "--reason", "help")

    assert switch.exists()
    assert result.status == 1


def test_an_emergency_while_the_environment_decides_leaves_the_switch_to_do_it(terminal, switch):
    terminal.set("ROLLOUT_SOURCE", "env")

    result = terminal("rollback", "--emergency", "--reason", "Everybody is denied.")

    assert (result.status, switch.exists()) == (0, True)
    assert "The phase stays as it is" in result.err


def test_an_emergency_whose_file_cannot_be_made_still_sets_the_phase(terminal):
    blocker = terminal.file("blocker", "a file where a folder is needed")
    terminal.set("SELLERGATE_KILL_SWITCH_FILE", blocker / "KILL")

    result = terminal("rollback", "--emergency", "--reason", "Everybody is denied.")

    assert result.status == 1
    terminal.set("SELLERGATE_KILL_SWITCH_FILE", "")
    assert terminal.done("rollout", "history")[0]["action"] == "rollback"
