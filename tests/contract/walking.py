"""Walking over pages, works that fail, and many threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

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


class ItFailed(Exception):
    pass


def fail_after(store, write):
    """A work that writes and then fails."""

    def attempt():
        with store.work() as work:
            write(work)
            raise ItFailed

    with pytest.raises(ItFailed):
        attempt()
