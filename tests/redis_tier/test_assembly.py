"""Redis in the assembled program: what health says of it, and what it must not change."""

from dataclasses import replace

import pytest

from sellergate import Gate
from sellergate.settings import ConfigurationError, load_settings
from sellergate.wiring import assemble, prepare_database
from servers.program import free_port


def assembled(folder, **environ):
    settings = load_settings({"DATABASE_URL": f"sqlite:///{folder / 'shop.db'}", **environ})
    prepare_database(settings)
    return assemble(settings, following=True)


def test_health_says_how_redis_is(tmp_path, redis_url):
    with assembled(tmp_path, REDIS_URL=redis_url) as assembly:
        assert assembly.health.detailed()["cache"]["redis"] == {"state": "closed", "lastError": None}


def test_without_redis_health_says_nothing_of_it(tmp_path):
    with assembled(tmp_path) as assembly:
        assert assembly.health.detailed()["cache"].keys() == {"local"}


@pytest.mark.parametrize("kind", ["redis", "redis+cluster", "redis+sentinel"])
def test_a_redis_that_is_not_there_keeps_no_process_from_being_ready(tmp_path, kind):
    url = f"{kind}://127.0.0.1:{free_port()}" + ("/main" if kind == "redis+sentinel" else "")
    with assembled(tmp_path, REDIS_URL=url) as assembly:
        assert assembly.health.ready()
        redis = assembly.health.detailed()["cache"]["redis"]
        assert redis["state"] == "open"
        assert redis["lastError"]


def test_a_url_that_cannot_be_used_is_refused_before_anything_is_opened(tmp_path):
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "REDIS_URL": "memcached://:pw@here"})

    with pytest.raises(ConfigurationError, match=r"^REDIS_URL=\*\*\*\*\*\*\*\*: allowed is "):
        prepare_database(settings)
    assert not (tmp_path / "shop.db").exists()


def test_the_embedded_gate_takes_a_redis_url_of_its_own(tmp_path, redis_url):
    with Gate.open(
        f"sqlite:///{tmp_path / 'shop.db'}", redis_url=redis_url, environ={"REDIS_URL": "redis://nowhere"}
    ) as gate:
        assert gate._assembly.health.detailed()["cache"]["redis"]["state"] == "closed"


def test_a_single_command_leaves_redis_alone(tmp_path, redis_url):
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "REDIS_URL": redis_url})
    prepare_database(settings)
    with assemble(settings, following=False) as assembly:
        assembly.gate.check("anna", "p-1")
        assert assembly.redis.health()["state"] == "open"


@pytest.mark.parametrize(
    ("url", "given", "pairs"),
    [("sqlite:///x", None, 0), ("postgresql://x", None, 10_000), ("sqlite:///x", 5, 5), ("postgresql://x", 0, 0)],
)
def test_a_process_warms_up_on_a_server_and_not_on_a_file(url, given, pairs):
    settings = load_settings({"DATABASE_URL": url})
    settings = replace(settings, gate=replace(settings.gate, warm_at_start=given))

    assert settings.pairs_to_warm == pairs
