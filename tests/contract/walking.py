"""Walking over pages, and waiting for things that must happen."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from sellergate.ports.queries import PageRequest

A_WHILE = 10
"""Seconds after which a test gives up waiting."""


def walk(read, limit):
    """Every item, page by page of `limit`; `read` takes a PageRequest. Totals must not change on the way."""
    items, totals, after = [], set(), None
    while True:
        page = read(PageRequest(limit, after))
        assert len(page.items) <= limit
        items += page.items
        totals.add(page.total)
        after = page.next
        if after is None:
            break
        assert len(page.items) == limit
    assert totals == {len(items)}
    return items


def all_at_once(number, job):
    """Run `job(0)` … `job(number - 1)` in threads that start together; the results, exceptions among them."""
    barrier = threading.Barrier(number)

    def run(index):
        barrier.wait(A_WHILE)
        try:
            return job(index)
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def wait_until(condition):
    deadline = time.monotonic() + A_WHILE
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)
