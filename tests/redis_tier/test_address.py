"""What REDIS_URL may be."""

import pytest

from sellergate.adapters.redis_tier import parse_address
from sellergate.adapters.redis_tier.address import Topology
from sellergate.domain.errors import InvalidInput
from sellergate.settings import ConfigurationError, explain, load_settings
from sellergate.wiring import redis_address


def facts(url):
    address = parse_address(url)
    return address.topology.value, address.tls, address.hosts, address.service, address.database


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://cache", ("", False, (("cache", 6379),), "", 0)),
        ("redis://cache:7000/3", ("", False, (("cache", 7000),), "", 3)),
        ("redis://[::1]:7000/", ("", False, (("::1", 7000),), "", 0)),
        ("rediss://cache:7000", ("", True, (("cache", 7000),), "", 0)),
        ("redis+sentinel://a,b:1/main", ("sentinel", False, (("a", 26379), ("b", 1)), "main", 0)),
        ("redis+sentinel://a:1,b:2/main/4", ("sentinel", False, (("a", 1), ("b", 2)), "main", 4)),
        ("rediss+sentinel://a/main", ("sentinel", True, (("a", 26379),), "main", 0)),
        ("redis+cluster://a:1,b:2,c", ("cluster", False, (("a", 1), ("b", 2), ("c", 6379)), "", 0)),
        ("rediss+cluster://a/0", ("cluster", True, (("a", 6379),), "", 0)),
    ],
)
def test_an_address_is_read_from_its_url(url, expected):
    assert facts(url) == expected


def test_credentials_and_options_are_read_and_not_shown():
    address = parse_address("rediss+sentinel://us%40er:p%2Fss@a/main?sentinel_password=other&ssl_ca_certs=/ca.pem")

    assert (address.topology, address.username, address.password) == (Topology.SENTINEL, "us@er", "p/ss")
    assert address.options == {"sentinel_password": "other", "ssl_ca_certs": "/ca.pem"}
    assert "p/ss" not in repr(address)
    assert "other" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "cache:6379",
        "http://cache",
        "redis+ring://cache",
        "redis://",
        "redis://:secret@",
        "redis://a,b",
        "redis://cache:port",
        "redis://cache:70000",
        "redis://cache/one",
        "redis://cache/-1",
        "redis://cache/0/1",
        "redis://cache?socket_timeout=60",
        "redis://cache?ssl_ca_certs=/ca.pem",
        "redis://cache#part",
        "redis+sentinel://a,b",
        "redis+sentinel://a/main/one",
        "redis+cluster://a,b/1",
        "redis+cluster://a,,b",
        "redis://[::1",
    ],
)
def test_another_url_is_refused(url):
    with pytest.raises(InvalidInput):
        parse_address(url)


def test_a_refused_url_is_one_line_without_the_password():
    settings = load_settings({"REDIS_URL": "redis://:hunter2@cache/one"})

    with pytest.raises(ConfigurationError) as refused:
        redis_address(settings)

    line = str(refused.value)
    assert line.startswith("REDIS_URL=********: allowed is redis://HOST:PORT/DB, ")
    assert "hunter2" not in line
    assert "\n" not in line


def test_the_table_of_settings_does_not_show_the_url():
    rows = {row.variable: row.value for row in explain(load_settings({"REDIS_URL": "redis://:hunter2@cache"}))}

    assert rows["REDIS_URL"] == "********"
