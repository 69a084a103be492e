"""The programme: what goes wrong while sellers are approved and revoked."""

import signal
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

from chaos.clock import SECOND, now
from chaos.judging import LEASE

CUTS = 5
LONGER_THAN_THE_LEASE = LEASE + SECOND
FORWARDS, BACK = (3600, 86_400), -7200
"""Seconds by which a gate's wall clock is wrong, one after the other."""
KEYS_OF_OURS = "sellergate:*"

END_CONNECTIONS = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'gates'
"""
"""Each of them is gone when this is answered."""


def nothing(fleet, revocations):
    fleet.until_revoked(revocations)


def redis_killed(fleet, revocations):
    fleet.valkey.stop(signal.SIGKILL)
    fleet.until_revoked(revocations)
    fleet.valkey.start()


def redis_paused(fleet, revocations):
    fleet.valkey.signal(signal.SIGSTOP)
    try:
        fleet.until_revoked(revocations)
    finally:
        fleet.valkey.signal(signal.SIGCONT)


def redis_flushed(fleet, revocations):
    for _ in range(CUTS):
        with fleet.valkey.client() as client:
            client.flushall()
        fleet.until_revoked(revocations // CUTS)


def redis_restored(fleet, revocations):
    with fleet.valkey.client() as client:
        old = {key: client.get(key) for key in client.keys(KEYS_OF_OURS)}
        fleet.until_revoked(revocations // 2)
        put_back(client, old)
        fleet.until_revoked(revocations // 4)
        put_back(client, old)
    fleet.restart_gate(0)
    fleet.until_revoked(revocations // 4)


def put_back(client, old):
    assert old, "Redis had nothing"
    with client.pipeline(transaction=False) as pipeline:
        for key, value in old.items():
            if value is not None:
                pipeline.set(key, value, px=60_000)
        pipeline.execute()


def connections_cut(fleet, revocations):
    for _ in range(CUTS):
        with fleet.outage():
            assert fleet.tell_database(END_CONNECTIONS)
        fleet.until_revoked(revocations // CUTS)


def database_killed(fleet, _revocations):
    with fleet.outage() as outage:
        fleet.postgres.kill()
        outage["gone"] = now()
        fleet.let_pass(LONGER_THAN_THE_LEASE)
        outage["back"] = now()
        fleet.postgres.start_again()


@contextmanager
def cut_off(fleet):
    """Only the gates: others go on to revoke. For longer than the lease, or than the block takes."""
    with fleet.outage(of=frozenset(gate.name for gate in fleet.gates)) as outage:
        fleet.tell_database("ALTER ROLE gates NOLOGIN")
        fleet.tell_database(END_CONNECTIONS)
        fleet.until(
            lambda: not fleet.tell_database("SELECT FROM pg_stat_activity WHERE application_name LIKE 'gate-%'")
        )
        outage["gone"] = now()
        yield
        fleet.let_pass(LONGER_THAN_THE_LEASE)
        outage["back"] = now()
        fleet.tell_database("ALTER ROLE gates LOGIN")


def gates_cut_off(fleet, revocations):
    with cut_off(fleet):
        fleet.until_revoked(revocations)


def gate_paused(fleet, revocations):
    """One gate, for longer than the lease, while what it remembers as approved is revoked."""
    gate = fleet.gates[0].process
    gate.send_signal(signal.SIGSTOP)
    try:
        fleet.until_revoked(revocations, seen=False)
        fleet.let_pass(LONGER_THAN_THE_LEASE)
    finally:
        gate.send_signal(signal.SIGCONT)


def clock_jumps(fleet, revocations):
    """Forwards while the feed is live; back, which would prolong a lease, while it is not."""
    for seconds in FORWARDS:
        fleet.gates[0].tell("jump", seconds)
        fleet.until_revoked(revocations // len(FORWARDS))
    with cut_off(fleet):
        fleet.gates[0].tell("jump", BACK)
    fleet.gates[0].tell("jump", 0)


class Scenario(NamedTuple):
    """A fault, in words and in deed: `play` is given the fleet and how many revocations should happen meanwhile."""

    name: str
    what: str
    play: Callable


SCENARIOS = (
    Scenario("nothing", "nothing is wrong", nothing),
    Scenario("redis-killed", "Redis is killed, and comes back empty", redis_killed),
    Scenario("redis-paused", "Redis stops for a while, and goes on where it was", redis_paused),
    Scenario("redis-flushed", "Redis is emptied again and again", redis_flushed),
    Scenario("redis-restored", "Redis is given older contents back; a gate is restarted on them", redis_restored),
    Scenario("connections-cut", "the gates' connections to the database are ended again and again", connections_cut),
    Scenario("database-killed", "the database is killed, and comes back after more than the lease", database_killed),
    Scenario("gates-cut-off", "the gates cannot reach the database, while others go on to revoke", gates_cut_off),
    Scenario("gate-paused", "a gate is stopped for longer than the lease, and wakes up", gate_paused),
    Scenario("clock-jumps", "a gate's wall clock jumps forwards, and back by hours while it is cut off", clock_jumps),
)
