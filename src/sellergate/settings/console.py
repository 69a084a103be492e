"""Who may sign in to the console, and for how long."""

from dataclasses import dataclass
from datetime import timedelta

from sellergate.settings.declaring import setting
from sellergate.settings.parsers import http_url, seconds


@dataclass(frozen=True, kw_only=True)
class ConsoleSettings:
    """Where the console is, who says who people are, and how long they stay signed in."""

    url: str | None = setting(
        "SELLERGATE_CONSOLE_URL",
        None,
        "The address people open the console at; the identity provider sends them back to it.",
        http_url,
        allowed="an address of http or https",
    )
    issuer: str | None = setting(
        "SELLERGATE_OIDC_ISSUER",
        None,
        "The OpenID Connect provider people sign in with, by its issuer.",
        http_url,
        allowed="an address of http or https",
    )
    client_id: str | None = setting(
        "SELLERGATE_OIDC_CLIENT_ID", None, "The name the provider knows the console by.", str, allowed="a text"
    )
    client_secret: str | None = setting(
        "SELLERGATE_OIDC_CLIENT_SECRET",
        None,
        "The secret the provider has given the console; none for a public client.",
        str,
        allowed="a text",
        secret=True,
    )
    scopes: str = setting(
        "SELLERGATE_OIDC_SCOPES", "openid profile", "What the provider is asked for.", str, allowed="words"
    )
    roles_claim: str = setting(
        "SELLERGATE_OIDC_ROLES_CLAIM",
        "roles",
        "The claim with a person's roles; dots lead into objects.",
        str,
        allowed="a claim's name",
    )
    seller_claim: str = setting(
        "SELLERGATE_OIDC_SELLER_CLAIM",
        "seller_id",
        "The claim with the seller, or the list of sellers, a person acts for.",
        str,
        allowed="a claim's name",
    )
    supplier_claim: str = setting(
        "SELLERGATE_OIDC_SUPPLIER_CLAIM",
        "supplier_id",
        "The claim with the supplier, or the list of suppliers, a person acts for.",
        str,
        allowed="a claim's name",
    )
    session_idle: timedelta = setting(
        "SELLERGATE_SESSION_IDLE_SECONDS",
        timedelta(hours=2),
        "How long somebody stays signed in without doing anything, in seconds.",
        seconds(60),
        allowed="a number of seconds, 60 or more",
    )
    session_absolute: timedelta = setting(
        "SELLERGATE_SESSION_SECONDS",
        timedelta(hours=12),
        "How long somebody stays signed in at most, in seconds.",
        seconds(60),
        allowed="a number of seconds, 60 or more",
    )
