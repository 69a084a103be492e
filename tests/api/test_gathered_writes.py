"""Answers reach the socket in one piece, whole and in order."""

import asyncio

from sellergate.faces.gathered_writes import HELD_AT_MOST, GatheredWrites


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self):
        self.written, self.closed = [], False

    def write(self, data):
        assert not self.closed
        self.written.append(data)

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def get_extra_info(self, name):
        return f"the {name}"


def on_a_loop(work):
    async def run():
        wire = Wire()
        await work(wire, GatheredWrites(wire, asyncio.get_running_loop()))
        return wire

    return asyncio.run(run())


def test_what_is_written_in_one_turn_is_sent_together():
    async def work(wire, transport):
        for part in (b"head ", b"body"):
            transport.write(part)
        assert wire.written == []
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)

    assert on_a_loop(work).written == [b"head body", b"next"]


def test_closing_sends_what_is_held_first():
    async def work(wire, transport):
        transport.write(b"last")
        transport.close()
        assert (wire.written, wire.closed) == ([b"last"], True)

    assert on_a_loop(work).written == [b"last"]


def test_a_large_answer_does_not_wait():
    async def work(wire, transport):
        transport.write(b"head")
        transport.write(b"x" * HELD_AT_MOST)
        assert [len(data) for data in wire.written] == [4 + HELD_AT_MOST]
        transport.write(b"tail")
        await asyncio.sleep(0)

    assert on_a_loop(work).written[1:] == [b"tail"]


def test_what_is_held_for_a_caller_who_has_gone_is_dropped():
    async def work(wire, transport):
        transport.write(b"too late")
        wire.close()
        await asyncio.sleep(0)

    assert on_a_loop(work).written == []


def test_everything_else_is_the_transports_own():
    async def work(wire, transport):
        assert transport.get_extra_info("socket") == "the socket"
        assert not transport.is_closing()

    on_a_loop(work)
