"""Several processes on one file: each sees what the others have committed, and they take turns writing."""

import subprocess
import sys
import time

from builders import a_change, a_seller, all_changes, stock
from sellergate.adapters.sql import SqlStore
from sellergate.ports.feed import BEGINNING
from sellergate.ports.queries import AuthorizationQuery

A_WHILE = 30

WRITE = """
import sys
sys.path[:0] = sys.argv[3:]
from builders import a_change, an_authorization
from sellergate.adapters.sql import SqlStore
from sellergate.domain.errors import DuplicateAuthorization
store = SqlStore.open(sys.argv[1], migrate=False)
print("ready", flush=True)
sys.stdin.readline()
won = 0
for number in range(20):
    try:
        with store.work() as work:
            work.authorizations.add(an_authorization(product=f"p-{number}", id=f"{sys.argv[2]}-{number}"))
            work.announce(a_change(product=f"p-{number}"))
    except DuplicateAuthorization:
        continue
    won += 1
store.close()
print(won)
"""


def test_a_commit_of_another_store_is_noticed(sqlite_store, tmp_path):
    other = SqlStore.open(f"sqlite:///{tmp_path / 'shop.db'}", migrate=False)
    stock(sqlite_store)
    sqlite_store.may_have_changed()
    other.may_have_changed()
    heard = []
    sqlite_store.subscribe(heard.append)

    with other.work() as work:
        work.directory.put_seller(a_seller(version=2))
        work.announce(a_change())

    assert sqlite_store.may_have_changed()
    assert other.may_have_changed()
    assert all_changes(sqlite_store) == all_changes(other)
    assert sqlite_store.facts("anna", ["p-1"])[0].seller_version == 2
    assert heard == []
    other.close()


def test_processes_that_race_for_the_same_pairs_share_them_out(sqlite_store, tmp_path):
    stock(sqlite_store, products=[f"p-{number}" for number in range(20)])
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, url, name, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    followed, position = [], BEGINNING
    deadline = time.monotonic() + A_WHILE
    while len(followed) < 20 and time.monotonic() < deadline:
        if sqlite_store.may_have_changed():
            look = sqlite_store.look(position)
            followed += [change.sequence for change in look.changes]
            position = look.position
    won = [int(process.communicate(timeout=A_WHILE)[0]) for process in processes]

    assert sum(won) == 20
    assert followed == [change.sequence for change in all_changes(sqlite_store)]
    assert len(followed) == 20
    with sqlite_store.view() as view:
        assert view.authorizations.search(AuthorizationQuery()).total == 20
