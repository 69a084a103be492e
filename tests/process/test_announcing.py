"""Announcements over real processes: one of many sends, and who is killed in the middle of a long list is gone on from."""

import signal
import subprocess
import sys
from collections import Counter

import pytest
from live import until

from builders import a_seller
from sellergate.adapters.sql import SqlStore
from sellergate.ports.queries import PageRequest
from sellergate.settings import load_settings
from sellergate.wiring import assemble

SELLERS = 2_500
SEND = (sys.executable, "-m", "sellergate", "announce", "send", "sellers-launch")


@pytest.fixture
def environ(database_url, tmp_path):
    return {"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}


@pytest.fixture
def store(environ):
    store = SqlStore.open(environ["DATABASE_URL"], migrate=True)
    yield store
    store.close()


def enter(store, number):
    with store.work() as work:
        for place in range(number):
            work.directory.put_seller(a_seller(f"s-{place:05}"))


def start(environ, tmp_path):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(SEND, cwd=tmp_path, env=environ, **pipes)


def in_lists(store):
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT recipient_id FROM notifications WHERE kind = 'announcement'")
        return Counter(row[0] for row in rows)


def test_of_processes_that_send_at_the_same_time_one_does(store, environ, tmp_path):
    enter(store, 3)
    processes = [start(environ, tmp_path) for _ in range(3)]
    ends = [(process.communicate(timeout=120), process.returncode) for process in processes]

    assert sorted(status for _, status in ends) == [0, 1, 1], ends
    assert in_lists(store) == dict.fromkeys((f"s-{place:05}" for place in range(3)), 1)


def test_a_process_that_is_killed_in_the_middle_is_gone_on_from(store, environ, tmp_path):
    enter(store, SELLERS)

    def begun():
        with store.view() as view:
            return any(one.told for one in view.announcements.unfinished())

    process = start(environ, tmp_path)
    until(begun)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert 0 < len(in_lists(store)) < SELLERS

    with assemble(load_settings(environ), following=False) as assembly:
        assembly.announcing.run()
        [sent] = [one for one in assembly.announcing.history(PageRequest()).items if one.name == "sellers-launch"]
    assert (sent.told, sent.done_at is not None) == (SELLERS, True)
    assert in_lists(store) == dict.fromkeys((f"s-{place:05}" for place in range(SELLERS)), 1)
