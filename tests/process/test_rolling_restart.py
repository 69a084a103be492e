"""Workers are replaced under load, and nobody who asks notices; settings that do not work change nothing."""

import os
import signal

import httpx
import pytest
from clients import Load
from live import LiveServer, until


class Reloadable(LiveServer):
    """A server whose settings are in a file."""

    def __init__(self, folder, database_url=None, **given):
        super().__init__(folder, database_url)
        self.file = folder / "settings.env"
        self.environ["SELLERGATE_ENV_FILE"] = str(self.file)
        for name in ("ENABLE_SELLER_AUTHORIZATION", "PHASE9_ROLLOUT_PERCENTAGE"):
            del self.environ[name]
        self.given = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100", **given}
        self.give()

    def give(self, **more):
        self.given |= more
        self.file.write_text("\n".join(f"{name}={value}" for name, value in self.given.items()))


@pytest.fixture
def serving(tmp_path):
    """Makes a running server with sellers and products in it, and so many workers ready."""
    started = []

    def make(workers, database_url=None):
        server = Reloadable(tmp_path, database_url, SELLERGATE_WORKERS=str(workers))
        started.append(server)
        server.start()
        server.fill(sellers=4, products=1)
        until(lambda: server.said("server.ready") == 1)
        return server

    yield make
    for server in started:
        server.__exit__()


def phase(server):
    return httpx.get(f"{server.url}/health/detailed", timeout=60).json()["rollout"]["phase"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_restart_under_load_fails_no_request(serving, request, workers):
    server = serving(workers, request.getfixturevalue("postgres_url") if workers == 2 else None)
    before = server.workers()
    with Load(server, shops=4, trades=2) as load:
        until(lambda: load.fewest_answers > 10)
        server.reload()
        until(lambda: len(server.workers()) > workers)
        server.reload()  # while the first is under way
        until(lambda: server.said("server.reloading") == 2)
        until(lambda: server.said("server.reloaded") and len(server.workers()) == workers, within=120)
        answered = load.fewest_answers
        until(lambda: load.fewest_answers > answered + 10)

    assert load.failures == []
    assert not set(server.workers()) & set(before)
    assert server.said("worker.died") == 0
    assert server.stop() == 0


def test_a_restart_follows_the_file(serving):
    server = serving(1)
    assert phase(server) == "full"

    server.give(ENABLE_SELLER_AUTHORIZATION="false", SELLERGATE_WORKERS="2")
    server.reload()
    until(lambda: server.said("server.reloaded") == 1)

    until(lambda: len(server.workers()) == 2)  # the old one may still be answering
    assert {phase(server) for _ in range(10)} == {"shadow"}


def test_settings_that_cannot_be_used_change_nothing(serving):
    server = serving(1)
    before = server.workers()
    right = server.file.read_text()

    for number, (bad, said) in enumerate(
        [
            ("PHASE9_ROLLOUT_PERCENTAGE=150", "PHASE9_ROLLOUT_PERCENTAGE=150: allowed is 0 to 100"),
            ("not a line", "line 4 is not VARIABLE=VALUE"),
        ],
        start=1,
    ):
        server.file.write_text(f"{right}\n{bad}\n")
        server.reload()
        until(lambda number=number: server.said("server.reload-refused") == number)
        assert sum(said in line for line in server.log.read_text().splitlines()) == 1

    assert "Traceback" not in server.log.read_text()
    assert server.workers() == before
    assert phase(server) == "full"


@pytest.fixture
def broken(tmp_path):
    """Settings with which no worker starts, though nothing is wrong with them to look at."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import os\nos._exit(7)\n")
    return {"PYTHONPATH": str(folder)}


def test_when_the_first_new_worker_dies_the_old_ones_stay(serving, broken):
    server = serving(2)
    before = server.workers()
    with Load(server, shops=2, trades=1) as load:
        server.give(**broken)
        server.reload()
        until(lambda: server.said("server.reload-failed") == 1)
        assert sorted(server.workers()) == sorted(before)

        del server.given["PYTHONPATH"]
        server.give()
        server.reload()
        until(lambda: server.said("server.reloaded") == 1)

    assert load.failures == []


def test_a_worker_that_dies_at_the_start_ends_the_server(tmp_path, broken):
    server = Reloadable(tmp_path, **broken)
    with pytest.raises(AssertionError):
        server.start()

    assert server.process.wait(60) == 1
    assert server.log.read_text().splitlines()[-1] == "sellergate: The workers did not start; the log says why."


def test_stopped_in_the_middle_of_a_restart_it_stops_with_all_its_workers(serving):
    server = serving(2)
    server.reload()
    until(lambda: len(server.workers()) == 3)

    assert server.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
