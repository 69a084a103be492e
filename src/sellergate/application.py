"""What one process answers with: the HTTP faces over one assembly, started and stopped with the server."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from sellergate.adapters.jwks import JwksFile, JwksUrl
from sellergate.adapters.openid import OpenIdProvider
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.domain.sessions import Person
from sellergate.faces.api.app import create_app
from sellergate.faces.api.parts import Parts
from sellergate.faces.console.app import Console
from sellergate.faces.console.identity import ClaimNames, OpenIdSignIn
from sellergate.faces.console.parts import ConsoleParts
from sellergate.faces.keyring import Keyring, PublicKeys, SharedSecret
from sellergate.faces.tokens import Authenticator
from sellergate.ports.limits import RateLimiter
from sellergate.ports.stores import FactsReader
from sellergate.settings import ConfigurationError, ConsoleSettings, Settings, TokenSettings
from sellergate.wiring import Assembly, assemble, channels_of

if TYPE_CHECKING:  # a process without tracing does not wait for its library
    from sellergate.adapters.tracing import OpenTelemetry

log = structlog.get_logger()


class Fault(Protocol):
    """A fault to rehearse with, in the way between the gate and what it reads."""

    def over(self, reader: FactsReader) -> FactsReader:
        """The reader with the fault in front of it."""

    def begin(self) -> None:
        """From now on, for some time, nothing can be read."""


def application(
    settings: Settings,
    demo: Mapping[str, Person] | None = None,
    *,
    tracing: "OpenTelemetry | None" = None,
    fault: Fault | None = None,
) -> "Application":
    """The ASGI application of one process. `demo` are people anybody may sign in to the console as; a `fault` anybody may begin."""
    disturbed = None if fault is None else fault.over
    assembly = assemble(settings, following=True, serving=True, tracing=tracing, disturbed=disturbed)
    return Application(assembly, demo or {}, fault)


def console_of(
    assembly: Assembly, limiter: RateLimiter, demo: Mapping[str, Person], fault: Fault | None = None
) -> Console:
    """The console over one assembly."""
    return Console(
        ConsoleParts(
            sessions=assembly.sessions,
            inbox=assembly.inbox,
            scheduling=assembly.scheduling,
            catalogue=assembly.catalogue,
            bulk_jobs=assembly.bulk_jobs,
            workflow=assembly.workflow,
            records=assembly.records,
            policies=assembly.policies,
            answer_times=assembly.answer_times,
            backtests=assembly.backtests,
            impacts=assembly.impacts,
            cooldown=assembly.settings.workflow.cooldown,
            notifications=assembly.notifications,
            directory=assembly.directory,
            low_risk=assembly.low_risk,
            people=assembly.people,
            shelf=assembly.shelf,
            plan=assembly.plan,
            rollouts=assembly.rollouts,
            judge=assembly.judge,
            verdicts=assembly.verdicts,
            signing=assembly.signing,
            trends=assembly.trends,
            shadow=assembly.shadow_report,
            backlogs=assembly.backlogs,
            aggregates=assembly.aggregating.current,
            reports=assembly.reports,
            cache_advising=assembly.cache_advising,
            naming=assembly.naming,
            audit=assembly.audit,
            trials=assembly.trials,
            drill=assembly.drill,
            outbox=assembly.outbox,
            channels=channels_of(assembly.settings.notices),
            announcing=assembly.announcing,
            limiter=limiter,
            rollout=lambda: assembly.gate.rollout,
            pulse=assembly.pulse,
            sign_in=sign_in_of(assembly.settings.console),
            demo=demo,
            breach=None if fault is None else fault.begin,
            url=assembly.settings.console.url,
        )
    )


def sign_in_of(console: ConsoleSettings) -> OpenIdSignIn | None:
    """The provider people sign in with, or None. Raises ConfigurationError when only half of it is set."""
    if console.issuer is None:
        return None
    for variable, value in (("SELLERGATE_OIDC_CLIENT_ID", console.client_id), ("SELLERGATE_CONSOLE_URL", console.url)):
        if value is None:
            raise ConfigurationError(variable, "", "is needed beside SELLERGATE_OIDC_ISSUER")
    provider = OpenIdProvider(
        console.issuer, client_id=console.client_id or "", client_secret=console.client_secret, scopes=console.scopes
    )
    claims = ClaimNames(roles=console.roles_claim, seller=console.seller_claim, supplier=console.supplier_claim)
    return OpenIdSignIn(provider, PublicKeys(provider), client_id=console.client_id or "", claims=claims)


def http_app(assembly: Assembly, limiter: RateLimiter, console: Console | None = None) -> Any:
    """The HTTP faces over one assembly."""
    settings = assembly.settings
    keys = keyring_of(settings.tokens)
    return create_app(
        Parts(
            workflow=assembly.workflow,
            bulk=assembly.bulk,
            backtests=assembly.backtests,
            impacts=assembly.impacts,
            low_risk=assembly.low_risk,
            people=assembly.people,
            directory=assembly.directory,
            desk=assembly.desk,
            records=assembly.records,
            policies=assembly.policies,
            notifications=assembly.notifications,
            outbox=assembly.outbox,
            announcing=assembly.announcing,
            rollouts=assembly.rollouts,
            judge=assembly.judge,
            verdicts=assembly.verdicts,
            signing=assembly.signing,
            damage=assembly.damage,
            reports=assembly.reports,
            cache_advising=assembly.cache_advising,
            naming=assembly.naming,
            shadow=assembly.shadow_report,
            gate=assembly.gate,
            authenticator=Authenticator(keys, issuer=settings.tokens.issuer, audience=settings.tokens.audience),
            limiter=limiter,
            idempotency=assembly.idempotency,
            rollout=lambda: assembly.gate.rollout,
            health=assembly.health.detailed,
            ready=assembly.health.ready,
            metrics=assembly.metrics.exposition,
            tracing=assembly.tracing,
        ),
        console,
    )


def _limiter(assembly: Assembly) -> RateLimiter:
    rates = assembly.settings.rates
    return MovingWindowLimits(
        requests_per_day=rates.requests_per_day,
        writes_per_minute=rates.writes_per_minute,
        shared=assembly.shared_windows(),
    )


def keyring_of(tokens: TokenSettings) -> Keyring:
    """What tokens are checked with. Raises ConfigurationError when nothing is set."""
    if tokens.jwks_url is not None:
        return PublicKeys(JwksUrl(tokens.jwks_url))
    if tokens.jwks_file is not None:
        return PublicKeys(JwksFile(tokens.jwks_file))
    if tokens.secret is None:
        raise no_keys()
    return SharedSecret(tokens.secret)


def no_keys() -> ConfigurationError:
    """The refusal to serve without anything to check tokens with."""
    allowed = "set a secret of at least 32 bytes, or SELLERGATE_JWKS_URL or SELLERGATE_JWKS_FILE, to check tokens with"
    return ConfigurationError("SELLERGATE_JWT_SECRET", "", allowed)


class Application:
    """The assembly's ASGI application, started and stopped with the server."""

    def __init__(self, assembly: Assembly, demo: Mapping[str, Person], fault: Fault | None = None) -> None:
        self._assembly = assembly
        limiter = _limiter(assembly)
        self._console = console_of(assembly, limiter, demo, fault)
        self._app = http_app(assembly, limiter, self._console)

    def leave(self) -> None:
        """The server begins to stop: end what would go on for ever."""
        self._console.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            self._assembly.start()
        except Exception as error:
            log.exception("server.start-failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._assembly.stop()
        await send({"type": "lifespan.shutdown.complete"})
