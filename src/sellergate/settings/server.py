"""Where and how the server runs, whose tokens it believes, what it logs."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sellergate.settings.declaring import setting
from sellergate.settings.env_file import ENV_FILE
from sellergate.settings.parsers import SECRET_BYTES_MIN, choice, number, seconds, signing_secret


@dataclass(frozen=True, kw_only=True)
class TokenSettings:
    """Whose tokens are believed."""

    secret: str | None = setting(
        "SELLERGATE_JWT_SECRET",
        None,
        "The shared secret of HS256 tokens.",
        signing_secret,
        allowed=f"at least {SECRET_BYTES_MIN} bytes",
        secret=True,
    )
    jwks_url: str | None = setting(
        "SELLERGATE_JWKS_URL", None, "Where the public keys of signed tokens are fetched.", str, allowed="a URL"
    )
    jwks_file: Path | None = setting(
        "SELLERGATE_JWKS_FILE", None, "A file with the public keys of signed tokens.", Path, allowed="a path"
    )
    issuer: str | None = setting(
        "SELLERGATE_JWT_ISSUER", None, "The issuer every token must name.", str, allowed="a text"
    )
    audience: str | None = setting(
        "SELLERGATE_JWT_AUDIENCE", None, "The audience every token must name.", str, allowed="a text"
    )


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where and how the server runs."""

    host: str = setting("SELLERGATE_HOST", "127.0.0.1", "The address to listen on.", str, allowed="an address")
    port: int = setting(
        "SELLERGATE_PORT", 8000, "The port; 0 takes a free one.", number(0, 65535), allowed="0 to 65535"
    )
    workers: int = setting("SELLERGATE_WORKERS", 1, "How many processes serve.", number(1, 64), allowed="1 to 64")
    grace: timedelta = setting(
        "SELLERGATE_GRACE_SECONDS",
        timedelta(seconds=20),
        "How long requests under way may take when the server is stopped, in seconds.",
        seconds(1),
        allowed="a number of seconds, 1 or more",
    )
    keep_alive: timedelta = setting(
        "SELLERGATE_KEEP_ALIVE_SECONDS",
        timedelta(seconds=75),
        "How long a connection that nobody asks on is kept, in seconds; longer than a load balancer in front keeps it.",
        seconds(1, 3600),
        allowed="a number of seconds, 1 to 3600",
    )
    env_file: Path | None = setting(
        ENV_FILE,
        None,
        "A file with lines VARIABLE=VALUE for what the environment does not set; a running server reads it again on SIGHUP.",
        Path,
        allowed="a path",
    )


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """What is logged, and in which form."""

    level: str = setting(
        "SELLERGATE_LOG_LEVEL",
        "info",
        "The least severe level that is logged.",
        choice("debug", "info", "warning", "error"),
        allowed="debug, info, warning or error",
    )
    format: str = setting(
        "SELLERGATE_LOG_FORMAT",
        "console",
        "Lines for people, or JSON for programs.",
        choice("console", "json"),
        allowed="console or json",
    )
