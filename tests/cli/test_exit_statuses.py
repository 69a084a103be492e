"""0 done, 1 it failed or does not hold, 2 wrong usage or configuration; errors are one line, never a traceback."""

import os
import signal
import socket
import subprocess
import sys
from importlib.metadata import version

import pytest
from terminal import SECRET, shell

from sellergate.adapters.sql import SqlStore

ORDERS = b"seller_id,product_id\nanna,mug\n"


def test_the_version_is_the_packages(terminal):
    assert terminal("--version").out == f"sellergate {version('sellergate')}\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["rollout", "--help"], 0),
        (["migrate"], 0),
        (["settings"], 0),
        (["rollout", "status"], 0),
        (["rollout", "history"], 0),
        (["shadow", "report"], 0),
        (["inbox", "list"], 0),
        (["audit", "verify"], 0),
        (["audit", "seal"], 0),
        (["audit", "export", "-"], 0),
        (["backfill", "--orders", "-"], 0),
        (["gate", "check", "anna", "mug"], 0),
        (["plan", "show"], 0),
        (["plan", "check"], 0),
        (["rollout", "promote", "--override", "--reason", "The rehearsal went well."], 0),
        (["rollback", "--reason", "Too many are denied."], 0),
        (["rollout", "resume", "--reason", "It is not on hold at all."], 1),
        (["rollout", "reduce", "--reason", "Nothing is enforced yet."], 1),
        (["rollout", "promote", "--reason", "Nothing the plan asks for holds."], 1),
        (["import", "sellers", "-"], 1),
        ([], 2),
        (["rollout"], 2),
        (["no-such-command"], 2),
        (["migrate", "--no-such-option"], 2),
        (["rollout", "promote"], 2),
        (["rollout", "promote", "--reason", "too short"], 2),
        (["rollout", "promote", "--reason", "To a share that is none.", "--percentage", "101"], 2),
        (["rollout", "promote", "--reason", "With a canary that is none.", "--canary", "not an id"], 2),
        (["rollout", "promote", "--reason", "With a file that is not there.", "--canary-file", "missing"], 2),
        (["rollback", "--emergency", "--reason", "There is no kill-switch file."], 2),
        (["plan"], 2),
        (["plan", "check", "missing.toml"], 2),
        (["plan", "check", "."], 2),
        (["token", "--role", "admin"], 2),
        (["token", "--role", "king"], 2),
        (["import", "sellers", "missing.ndjson"], 2),
        (["import", "people", "-"], 2),
        (["backfill", "--orders", "missing.csv"], 2),
        (["backfill", "--orders", "."], 2),
        (["backfill", "--orders", "-", "--seller-column", "who"], 2),
        (["backfill", "--orders", "-", "--since", "30"], 2),
        (["backfill", "--orders", "-", "--since", "0"], 2),
        (["backfill", "--orders", "-", "--supplier", "not an id"], 2),
        (["backfill", "--orders", "-", "--time-zone", "Mars/Base"], 2),
        (["gate", "check", "anna"], 2),
        (["gate", "check", "anna", "not an id", "--strict"], 2),
        (["gate", "check", "anna", "mug", "--stage", "checkout"], 2),
        (["gate", "check", "anna", "mug", "--as-of", "yesterday"], 2),
        (["gate", "check", "anna", "mug", "--as-of", "2999-01-01"], 2),
        (["gate", "replay", "missing.csv"], 2),
        (["audit", "export", "no/such/folder/events.ndjson"], 2),
        (["shadow", "report", "--csv", "no/such/folder/report.csv"], 2),
        (["serve"], 2),
        (["demo", "--port", "65536"], 2),
    ],
)
def test_a_command_ends_with_the_status_its_outcome_has(terminal, arguments, status):
    stdin = b"not json\n" if arguments[:1] == ["import"] else ORDERS

    result = terminal(*arguments, stdin=stdin)

    assert result.status == status, result
    if status and len(arguments) > 1 and arguments[0] != "import":
        assert result.out == ""
        assert len(result.err.splitlines()) == 1, result.err
        assert result.err.startswith("sellergate: ")


def test_no_command_at_all_shows_the_help(terminal):
    assert "backfill" in terminal().err


def test_a_setting_that_cannot_be_used_stops_every_command_with_one_line(terminal):
    terminal.set("PHASE9_ROLLOUT_PERCENTAGE", "fifty")

    result = terminal("rollout", "status")

    assert (result.status, result.out) == (2, "")
    assert result.err == "sellergate: PHASE9_ROLLOUT_PERCENTAGE=fifty: allowed is 0 to 100\n"


def test_a_database_that_cannot_be_opened_is_one_line(terminal):
    terminal.set("DATABASE_URL", f"sqlite:///{terminal.folder}/no/such/folder/shop.db")

    result = terminal("rollout", "status")

    assert result.status in (1, 2)
    assert len(result.err.splitlines()) == 1


def test_a_database_somebody_else_keeps_locked_is_one_line(terminal):
    terminal("migrate")
    store = SqlStore.open(os.environ["DATABASE_URL"], migrate=False)
    try:
        with store.work():
            result = shell("audit", "seal", folder=terminal.folder, DATABASE_URL=os.environ["DATABASE_URL"])
    finally:
        store.close()

    assert result.status == 1
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err


def test_the_program_itself_exits_with_the_status(tmp_path):
    assert shell("--version", folder=tmp_path).status == 0
    assert shell("nothing", folder=tmp_path).status == 2


@pytest.fixture
def _hears_ctrl_c():
    """Tests that run in the background are made to ignore it, and so would be what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_hears_ctrl_c")
def test_ctrl_c_is_130_and_quiet(tmp_path):
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}"}
    with subprocess.Popen(
        [sys.executable, "-m", "sellergate", "backfill", "--orders", "-", "--json"],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    ) as process:  # fmt: skip
        # More than a pipe holds: once this is written, the command is reading.
        process.stdin.write(ORDERS + b"anna,mug\n" * 50_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_terminal_that_cannot_show_hangul_is_no_reason_to_fail(tmp_path):
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}"}
    promoted = shell(
        "rollout", "promote", "--override", "--reason", "한 걸음 더 나아갈 때가 되었다.", folder=tmp_path, **database
    )
    history = shell("rollout", "history", folder=tmp_path, PYTHONIOENCODING="ascii", **database)

    assert (promoted.status, history.status) == (0, 0)
    assert "????" not in promoted.out
    assert "?" in history.out


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    command = f"{sys.executable} -m sellergate settings --json | head -c 1"
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}"}

    finished = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, timeout=60, check=False)

    assert finished.stderr == b""


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        serve = shell("serve", "--port", port, folder=tmp_path, SELLERGATE_JWT_SECRET=SECRET)
        demo = shell("demo", "--check", "--port", port, folder=tmp_path)

    for result in (serve, demo):
        assert result.status == 2
        assert len(result.err.splitlines()) == 1
        assert f"127.0.0.1:{port}" in result.err
    assert not list(tmp_path.glob("sellergate-demo-*"))
