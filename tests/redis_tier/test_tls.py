"""Redis over TLS: who is not whom the certificate says is not talked to, and the rights that are documented are enough."""

import shutil
import subprocess
from pathlib import Path

import pytest
import redis
from redis.exceptions import RedisError
from redis_world import tier_on
from test_documented import ITS_USER

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.adapters.redis_tier import SharedWindows
from sellergate.domain.errors import RateLimited
from sellergate.domain.gate import Facts
from servers.papers import Papers
from servers.valkey import ValkeyServer

DEBIAN = Path("/usr/bin/redis-check-rdb")
"""The same program as redis-server, which it is by any other name; its package starts nothing."""


class TlsServer(ValkeyServer):
    """A Redis that is only to be had over TLS, and asks callers for a certificate if it is told to."""

    def __init__(self, papers, *options):
        super().__init__(*options)
        shutil.copy(DEBIAN, self.binary)
        for path in papers.folder.iterdir():
            shutil.copy(path, self.folder)
            (self.folder / path.name).chmod(0o644)
        files = {"cert": "server.crt", "key": "server.key", "ca-cert": "ca.crt"}
        named = [part for name, file in files.items() for part in (f"--tls-{name}-file", str(self.folder / file))]
        self.options = ("--port", "0", "--tls-port", str(self.port), *named, *options)

    def answers(self):
        try:
            with self.client() as client:
                return client.ping()
        except RedisError:
            return False

    def client(self, **more):
        own = {"ssl_ca_certs": self.folder / "ca.crt"}
        own |= {"ssl_certfile": self.folder / "client.crt", "ssl_keyfile": self.folder / "client.key"}
        named = {name: str(path) for name, path in own.items()}
        return redis.Redis(
            port=self.port, host="127.0.0.1", ssl=True, ssl_check_hostname=False, decode_responses=True, **named, **more
        )

    def url_with(self, credentials="", **options):
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"rediss://{credentials}127.0.0.1:{self.port}/0?{query}"


@pytest.fixture
def papers(tmp_path):
    return Papers(tmp_path)


@pytest.fixture
def server(papers):
    with TlsServer(papers, "--tls-auth-clients", "no") as server:
        yield server


def works(tier):
    tier.put_many("anna", {"p": Facts(1)}, read_began=boot_now())
    return tier.find_many("anna", ["p"]).facts == {"p": Facts(1)}


def why_not(url):
    with tier_on(url) as tier:
        assert not works(tier)
        return tier.health()["lastError"]


def test_with_the_authoritys_certificate_it_works(server, papers):
    with tier_on(server.url_with(ssl_ca_certs=papers.ca)) as tier:
        assert works(tier)


def test_a_server_of_another_authority_is_not_talked_to(server, papers):
    assert "certificate verify failed" in why_not(server.url_with(ssl_ca_certs=papers.other_ca))
    assert "certificate verify failed" in why_not(f"rediss://127.0.0.1:{server.port}/0")


def test_a_server_of_another_name_is_not_talked_to(tmp_path):
    papers = Papers(tmp_path, server_is="192.0.2.1")
    with TlsServer(papers, "--tls-auth-clients", "no") as server:
        assert "IP address mismatch" in why_not(server.url_with(ssl_ca_certs=papers.ca))


def test_in_the_clear_nothing_is_said(server):
    assert why_not(f"redis://127.0.0.1:{server.port}/0")


def test_a_server_that_asks_who_calls_is_shown_a_certificate(papers):
    with TlsServer(papers) as server:
        assert why_not(server.url_with(ssl_ca_certs=papers.ca))
        own = {"ssl_certfile": papers.folder / "client.crt", "ssl_keyfile": papers.folder / "client.key"}
        with tier_on(server.url_with(ssl_ca_certs=papers.ca, **own)) as tier:
            assert works(tier)


def test_the_documented_user_may_do_what_is_needed_and_nothing_else(server, papers):
    with server.client() as client:
        client.execute_command("ACL", "SETUSER", "sellergate", "on", ">pw", *ITS_USER)
        client.execute_command("ACL", "SETUSER", "default", "off")
        client.connection_pool.disconnect()
    assert why_not(server.url_with(ssl_ca_certs=papers.ca))
    assert why_not(server.url_with("sellergate:wrong@", ssl_ca_certs=papers.ca))

    with tier_on(server.url_with("sellergate:pw@", ssl_ca_certs=papers.ca)) as tier:
        assert works(tier)
        limits = MovingWindowLimits(writes_per_minute=1, shared=SharedWindows(tier))
        limits.hit_write("s")
        with pytest.raises(RateLimited):
            limits.hit_write("s")
        assert tier.health() == {"state": "closed", "lastError": None}
        with pytest.raises(RedisError):
            tier.ask("FLUSHALL")
        with pytest.raises(RedisError):
            tier.ask("GET", "somebody-elses")


def test_the_program_is_a_redis_that_speaks_tls():
    linked = subprocess.run(["ldd", str(DEBIAN)], capture_output=True, text=True, check=True).stdout
    assert "libssl" in linked
