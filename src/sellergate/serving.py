"""Running the HTTP server: in the foreground with its workers, or inside another program."""

import contextlib
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

import structlog

from sellergate.adapters.jwks import JwksFile, JwksUrl
from sellergate.adapters.prometheus import MULTIPROCESS_FOLDER, forget_process
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.domain.errors import SellergateError
from sellergate.faces.api.app import create_app
from sellergate.faces.api.parts import Parts
from sellergate.faces.keyring import Keyring, PublicKeys, SharedSecret
from sellergate.faces.tokens import Authenticator
from sellergate.logs import configure_logs
from sellergate.server.child import Line
from sellergate.server.draining import DrainingServer, config_of
from sellergate.server.listening import handed_over, listen, url_of
from sellergate.server.supervisor import Orders, Supervisor
from sellergate.settings import (
    ENV_FILE,
    ConfigurationError,
    ServerSettings,
    Settings,
    TokenSettings,
    load_settings,
    with_env_file,
)
from sellergate.wiring import Assembly, assemble, prepare_database

log = structlog.get_logger()

WORKER: Final = (sys.executable, "-m", "sellergate.serving")


def serve(environ: Mapping[str, str], fd: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and leave nothing unwritten.

    On SIGHUP the environment file is read again and the workers are replaced one by one; with settings that cannot be used
    the old ones stay. Raises ConfigurationError when tokens cannot be checked or the address cannot be had.
    """
    settings, read = _checked(environ)
    with (
        listen(settings.server, handed_over(environ) if fd is None else fd) as listener,
        _metrics_folder(read) as folder,
    ):

        def orders(settings: Settings, read: Mapping[str, str]) -> Orders:
            own = {**read, MULTIPROCESS_FOLDER: folder}
            own.pop(ENV_FILE, None)  # read here, so that all workers have read the same
            return Orders(environ=own, workers=settings.server.workers, grace=settings.server.grace.total_seconds())

        def renewed() -> Orders | None:
            try:
                new, read = _checked(environ)
            except (ConfigurationError, SellergateError) as error:
                log.error("server.reload-refused", reason=str(error))  # noqa: TRY400 - one line, as at the start
                return None
            if _address(new.server) != _address(settings.server):
                log.warning("server.address-stays", url=url_of(listener))
            return orders(new, read)

        log.info("server.listening", url=url_of(listener), workers=settings.server.workers)
        Supervisor(
            WORKER,
            listener,
            orders(settings, read),
            renewed=renewed,
            buried=lambda pid: forget_process(folder, pid),
        ).run()
    log.info("server.stopped")


def _checked(environ: Mapping[str, str]) -> tuple[Settings, Mapping[str, str]]:
    read = with_env_file(environ)
    settings = load_settings(read)
    _keyring(settings.tokens)  # before anything is opened
    configure_logs(settings.logs)
    prepare_database(settings)
    return settings, read


def _address(server: ServerSettings) -> tuple[str, int]:
    return server.host, server.port


@contextlib.contextmanager
def _metrics_folder(environ: Mapping[str, str]) -> Iterator[str]:
    """Where the workers' metrics are kept together; the caller's own folder is used and left alone."""
    given = environ.get(MULTIPROCESS_FOLDER)
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="sellergate-metrics-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def work(listener_fd: int, line_fd: int) -> None:
    """Be a worker: serve on the inherited socket with the settings of the environment, as the supervisor has given it."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal tells everybody; the supervisor decides
    line = Line(line_fd)
    settings = load_settings()
    configure_logs(settings.logs)
    config = config_of(application(settings), settings.server, callback_notify=line.say_serving, timeout_notify=1)
    with socket.socket(fileno=listener_fd) as listener:
        listener.set_inheritable(False)
        DrainingServer(config).run(sockets=[listener])


def application(settings: Settings) -> "_Application":
    """The ASGI application of one process."""
    return _Application(assemble(settings, following=True, serving=True))


def http_app(assembly: Assembly) -> Any:
    """The HTTP faces over one assembly."""
    settings = assembly.settings
    keys = _keyring(settings.tokens)
    return create_app(
        Parts(
            workflow=assembly.workflow,
            bulk=assembly.bulk,
            people=assembly.people,
            directory=assembly.directory,
            desk=assembly.desk,
            records=assembly.records,
            policies=assembly.policies,
            notifications=assembly.notifications,
            outbox=assembly.outbox,
            rollouts=assembly.rollouts,
            judge=assembly.judge,
            verdicts=assembly.verdicts,
            signing=assembly.signing,
            damage=assembly.damage,
            shadow=assembly.shadow_report,
            gate=assembly.gate,
            authenticator=Authenticator(keys, issuer=settings.tokens.issuer, audience=settings.tokens.audience),
            limiter=MovingWindowLimits(
                requests_per_day=settings.rates.requests_per_day,
                writes_per_minute=settings.rates.writes_per_minute,
                shared=assembly.shared_windows(),
            ),
            idempotency=assembly.idempotency,
            rollout=lambda: assembly.gate.rollout,
            health=assembly.health.detailed,
            ready=assembly.health.ready,
            metrics=assembly.metrics.exposition,
        )
    )


def _keyring(tokens: TokenSettings) -> Keyring:
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


class _Application:
    """The assembly's ASGI application, started and stopped with the server."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._app = http_app(assembly)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
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


class Server:
    """The server inside another program, in a thread of its own: for the demo and for tests.

    A context manager; raises ConfigurationError when it cannot start.
    """

    def __init__(self, settings: Settings) -> None:
        _keyring(settings.tokens)  # before anything is opened
        self._settings = settings
        self._stack = contextlib.ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        prepare_database(self._settings)
        listener = self._stack.enter_context(listen(self._settings.server))
        self.url = url_of(listener)
        server = DrainingServer(config_of(application(self._settings), self._settings.server))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sellergate-server")
        self._stack.callback(thread.join)
        self._stack.callback(setattr, server, "should_exit", True)
        thread.start()
        server.settled.wait()
        if not server.started:
            self._stack.close()
            raise RuntimeError("The server did not start; the log says why.")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


if __name__ == "__main__":
    work(*map(int, sys.argv[1:]))
