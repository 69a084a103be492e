"""Tokens, settings and migrations from the command line."""

import pytest
from terminal import SECRET

from sellergate.faces.keyring import SharedSecret
from sellergate.faces.tokens import Authenticator


@pytest.fixture
def signing(terminal):
    terminal.set("SELLERGATE_JWT_SECRET", SECRET)
    return terminal


def test_a_token_is_all_that_is_printed_and_it_is_believed(signing):
    result = signing("token", "--role", "seller", "--seller-id", "anna", "--hours", "1")

    assert (result.status, result.err) == (0, "")
    principal = Authenticator(SharedSecret(SECRET)).authenticate(result.out.strip())
    assert (principal.subject, principal.roles, principal.seller_id) == ("anna", {"seller"}, "anna")


def test_a_token_may_have_several_roles_and_a_name(signing):
    result = signing("token", "--role", "admin", "--role", "operator", "--subject", "kim@example.com")

    principal = Authenticator(SharedSecret(SECRET)).authenticate(result.out.strip())
    assert (principal.subject, principal.roles) == ("kim@example.com", {"admin", "operator"})


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--role", "seller"], "--seller-id"),
        (["--role", "supplier"], "--supplier-id"),
        (["--role", "seller", "--seller-id", "not an id"], "--seller-id"),
        (["--role", "admin", "--hours", "0"], "--hours"),
        ([], "--role"),
    ],
)
def test_a_token_that_would_be_of_no_use_is_not_made(signing, arguments, named):
    result = signing("token", *arguments)

    assert (result.status, result.out) == (2, "")
    assert named in result.err
    assert result.err.count("\n") == 1


def test_without_a_secret_there_is_no_token(terminal):
    result = terminal("token", "--role", "admin")

    assert result.status == 2
    assert "SELLERGATE_JWT_SECRET" in result.err


def test_settings_show_every_value_and_no_secret(signing):
    rows = {row["variable"]: row for row in signing.done("settings")}

    assert rows["SELLERGATE_JWT_SECRET"]["value"] == "********"
    assert rows["SELLER_PRODUCT_LIMIT"]["default"] == "10"
    table = signing("settings").out
    assert SECRET not in table
    assert "SELLER_PRODUCT_LIMIT" in table


def test_migrate_checks_without_changing_and_then_migrates(terminal):
    behind = terminal("migrate", "--check")

    assert list(terminal.folder.iterdir()) == []
    assert (behind.status, behind.err.count("\n")) == (1, 1)
    assert terminal("migrate").status == 0
    assert terminal("migrate", "--check").status == 0
    assert terminal("migrate").status == 0
