"""The servers and processes of a run: one PostgreSQL, one Valkey, some gates and the writer."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import rmtree

import psycopg

from chaos.board import Board, Place
from chaos.clock import now
from chaos.judging import Judge, Outage
from chaos.market import fill
from chaos.records import Truth, checks_in
from sellergate.adapters.sql import SqlStore
from servers.postgres import Postgres, newest_binaries, quick_folder
from servers.valkey import ValkeyServer

TESTS = Path(__file__).parents[1]
ANSWERS_WITHIN = 60.0
HAPPENS_WITHIN = 60.0
LOOKS_EVERY = 0.02
GATES_ROLE = "gates"


class Companion:
    """A process of ours that is told by lines and answers each with one."""

    def __init__(self, name, module, *arguments, log):
        self.name, self._log = name, log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS)},
            )

    def wait_until_open(self):
        assert self._answer() == "open"

    def _answer(self):
        readable = select.select([self.process.stdout], [], [], ANSWERS_WITHIN)[0]
        line = self.process.stdout.readline().decode().strip() if readable else ""
        assert line, f"{self.name} does not answer:\n{self._log.read_text(errors='replace')[-4000:]}"
        return line

    def tell(self, *words):
        self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self.process.stdin.flush()
        assert self._answer() == "done"

    def end(self):
        """Let it end by itself; killed when it does not."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.send_signal(signal.SIGCONT)
        try:
            code = self.process.wait(ANSWERS_WITHIN)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        assert code == 0, f"{self.name} ended with {code}:\n{self._log.read_text(errors='replace')[-4000:]}"


class Fleet:
    """Everything that runs. A context manager: started on entry, gone on exit."""

    def __init__(self, *, gates=3, with_redis=True):
        self.folder = Path(tempfile.mkdtemp(prefix="sellergate-chaos-"))
        self.board = Board(self.folder / "board")
        # Durable: it is killed, and what was committed has to be there afterwards.
        self.postgres = Postgres(newest_binaries, within=quick_folder())
        self.valkey = ValkeyServer() if with_redis else None
        self.gates, self.writer = [None] * gates, None
        self.outages = []
        self._flushes = 0

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                for companion in (*self.gates, self.writer):
                    companion.end()
        finally:
            self._remove()

    def _start(self):
        self.postgres.start()
        if self.valkey is not None:
            self.valkey.start()
        self.tell_database(f"CREATE ROLE {GATES_ROLE} LOGIN SUPERUSER")
        store = SqlStore.open(self.postgres.url, migrate=True)
        fill(store)
        store.close()
        for number in range(len(self.gates)):
            self.gates[number] = self._gate(number)
        for gate in self.gates:
            gate.wait_until_open()
        turns, log = self.folder / "turns", self.folder / "writer.log"
        arguments = (f"{self.postgres.url}?application_name=writer", self.redis_url, self.board.path, turns)
        self.writer = Companion("the writer", "chaos.writer_process", *arguments, len(self.gates), log=log)
        self.writer.wait_until_open()

    def _remove(self):
        for companion in (*self.gates, self.writer):
            if companion is not None:
                companion.process.kill()
                companion.process.wait()
        if self.valkey is not None:
            self.valkey.remove()
        self.postgres.remove()
        rmtree(self.folder, ignore_errors=True)

    @property
    def redis_url(self):
        return self.valkey.url if self.valkey else ""

    def _gate(self, number):
        url = self.postgres.url.replace("sellergate@", f"{GATES_ROLE}@") + f"?application_name=gate-{number}"
        name, log = f"gate {number}", self.folder / f"gate-{number}.log"
        return Companion(name, "chaos.gate_process", number, url, self.redis_url, self.board.path, log=log)

    def restart_gate(self, number):
        """A new process in the place of this one, with an empty memory."""
        self.gates[number].tell("flush", self._records(self.gates[number]))
        self.gates[number].end()
        self.gates[number] = self._gate(number)
        self.gates[number].wait_until_open()

    def tell_database(self, statement):
        """Ask the database as its owner, on a connection of its own."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def until(self, holds, within=HAPPENS_WITHIN):
        """Wait until it holds."""
        deadline = time.monotonic() + within
        while not holds():
            assert time.monotonic() < deadline, f"not within {within} s"
            self._look_after()
            time.sleep(LOOKS_EVERY)

    def _look_after(self):
        for companion in (*self.gates, self.writer):
            assert companion.process.poll() is None, f"{companion.name} has died"

    @property
    def revoked(self):
        """How many revocations have been made."""
        return self.board[Place.REVOKED]

    def until_revoked(self, more, *, seen=True):
        """Wait until so many more have been revoked, and every gate has looked at them if they are to be `seen`."""
        wanted = self.revoked + more
        while self.revoked < wanted:
            known = self.revoked
            self.until(lambda known=known: self.revoked > known)
        if seen:
            self.until_swept()

    def sweeps(self):
        return [self.board[Place.GATES + number] for number in range(len(self.gates))]

    def failures(self):
        return [self.board[Place.FAILED + number] for number in range(len(self.gates))]

    def until_swept(self):
        """Wait until every gate has checked everything once more."""
        before = self.sweeps()
        self.until(lambda: all(later > then + 1 for later, then in zip(self.sweeps(), before, strict=True)))

    def let_pass(self, nanoseconds):
        """Wait until so much time has passed: where time itself is what is tested."""
        end = now() + nanoseconds
        self.until(lambda: now() >= end)

    @contextlib.contextmanager
    def outage(self, of=None):
        """What happens in the block keeps gates from the database; it ends once none of their checks fails any more."""
        outage = {"began": now(), "of": of}
        yield outage
        self._until_recovered()
        over = now()
        self.outages.append(Outage(**{"gone": over, "back": over, **outage, "over": over}))

    def _until_recovered(self):
        while True:
            before = self.failures()
            self.until_swept()
            if self.failures() == before:
                return

    def play(self, scenario, revocations):
        """Let one fault happen while everybody is at work; the outcome."""
        self.outages.clear()
        first = self.revoked
        self.writer.tell("go")
        self.until_revoked(revocations // 3)
        scenario.play(self, revocations // 3)
        self.until_revoked(revocations // 3)
        self.writer.tell("rest")
        self.until_swept()
        return self._judged(first)

    def _records(self, companion):
        return self.folder / f"{companion.name.replace(' ', '-')}-{self._flushes}"

    def _judged(self, first):
        for companion in (*self.gates, self.writer):
            companion.tell("flush", self._records(companion))
        truth = Truth.read(self.folder / "turns")
        judge = Judge(truth, self.outages)
        for companion in (*self.gates, self.writer):
            path = self._records(companion)
            judge.hear(companion.name, checks_in(path), own=companion is self.writer)
            path.unlink()
        self._flushes += 1
        judge.outcome.revocations = self.revoked - first
        judge.outcome.heard = sum(turn.heard is not None for turn in truth.denials[-judge.outcome.revocations :])
        return judge.outcome
