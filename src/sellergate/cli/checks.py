"""Everything `sellergate doctor` looks at. A new check is a line here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sellergate.adapters.redis_tier.survey import survey
from sellergate.adapters.sql.patient import SqlPatient
from sellergate.services.doctor import Check, Finding, Part, database_part, redis_part
from sellergate.settings import Settings
from sellergate.wiring import PATIENT_SECONDS, limits_of, named_url, redis_address

LISTENERS = 1
"""Beside its two pools each process has a connection that listens."""


@contextmanager
def parts(settings: Settings) -> Iterator[Sequence[Part]]:
    """The checks for this installation. Raises ConfigurationError for a URL that cannot be used."""
    address = redis_address(settings)
    with named_url(settings):
        patient = SqlPatient(settings.database.url, limits_of(settings.database))
    needed = settings.server.workers * (2 * settings.database.pool_size + LISTENERS)
    try:
        yield [
            database_part(patient, connections_needed=needed),
            *([] if address is None else [redis_part(lambda: survey(address, timeout_seconds=PATIENT_SECONDS))]),
            *([check] for check in _settings_checks(settings)),
        ]
    finally:
        patient.close()


def _settings_checks(settings: Settings) -> list[Check]:
    looks: list[Callable[[Settings], Finding]] = [_tokens, _kill_switch]
    return [lambda look=look: look(settings) for look in looks]  # type: ignore[misc]


def _tokens(settings: Settings) -> Finding:
    tokens = settings.tokens
    known = {
        "SELLERGATE_JWT_SECRET": tokens.secret,
        "SELLERGATE_JWKS_URL": tokens.jwks_url,
        "SELLERGATE_JWKS_FILE": tokens.jwks_file,
    }
    given = [name for name, value in known.items() if value]
    if given:
        return Finding(check="tokens", holds=True, detail=f"believed by {given[0]}")
    advice = (
        f"Set {', '.join(list(known)[:-1])} or {list(known)[-1]} where the API is served; a gate needs none of them."
    )
    return Finding(check="tokens", holds=True, detail="none are believed", advice=advice)


def _kill_switch(settings: Settings) -> Finding:
    file = settings.gate.kill_switch_file
    if file is None:
        advice = "Set SELLERGATE_KILL_SWITCH_FILE: it stops every gate of this machine without a database."
        return Finding(check="kill switch", holds=True, detail="there is none", advice=advice)
    if not file.parent.is_dir():
        advice = f"Make the folder {file.parent}: the switch could not be thrown."
        return Finding(check="kill switch", holds=False, detail=f"{file} cannot be made", advice=advice)
    if file.exists():
        advice = f"Remove {file} when the gates may work again."
        return Finding(
            check="kill switch", holds=False, detail="present: every gate of this machine is off", advice=advice
        )
    return Finding(check="kill switch", holds=True, detail=f"not present: {file}")
