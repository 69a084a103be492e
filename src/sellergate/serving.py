"""Running the HTTP server: in the foreground, with several workers, or inside another program."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any, Final, Self

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from sellergate.adapters.jwks import JwksFile, JwksUrl
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.faces.api.app import create_app
from sellergate.faces.api.parts import Parts
from sellergate.faces.gathered_writes import GatheredWrites
from sellergate.faces.keyring import Keyring, PublicKeys, SharedSecret
from sellergate.faces.tokens import Authenticator
from sellergate.logs import configure_logs
from sellergate.settings import ConfigurationError, ServerSettings, Settings, TokenSettings, load_settings
from sellergate.wiring import Assembly, assemble, prepare_database

log = structlog.get_logger()

BACKLOG: Final = 2048
ORPHANED_WITHIN: Final = 1.0
"""Seconds after which a worker notices that its supervisor is gone."""
MULTIPROCESS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and leave nothing unwritten.

    Raises ConfigurationError when tokens cannot be checked or the address cannot be had.
    """
    _keyring(settings.tokens)  # before anything is opened
    configure_logs(settings.logs)
    prepare_database(settings)
    with listen(settings.server) as listener:
        log.info("server.listening", url=url_of(listener), workers=settings.server.workers)
        if settings.server.workers == 1:
            _UvicornServer(_config(application(settings), settings.server)).run(sockets=[listener])
        else:
            _serve_with_workers(settings.server, listener)
    log.info("server.stopped")


@contextlib.contextmanager
def listen(server: ServerSettings) -> Iterator[socket.socket]:
    """The listening socket. Raises ConfigurationError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        listener = socket.create_server((server.host, server.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            "SELLERGATE_PORT", f"{server.host}:{server.port}", f"cannot listen: {error.strerror}"
        ) from error
    with listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    """The address people can open."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _config(app: Any, server: ServerSettings, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GatheringProtocol,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=round(server.grace.total_seconds()),
        server_header=False,
        **more,
    )


class GatheringProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with one write per answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection."""
        super().connection_made(GatheredWrites(transport, self.loop))  # type: ignore[arg-type]


class _UvicornServer(uvicorn.Server):
    """Stops on SIGTERM and SIGINT and then returns, instead of dying by the signal once it has stopped.

    `settled` is set once it serves, or once it is clear that it never will.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            self.settled.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. It is said here and not where the signal comes in: that may be in the middle of writing another line."""
        log.info("server.stopping")
        await super().shutdown(sockets)


def _serve_with_workers(server: ServerSettings, listener: socket.socket) -> None:
    with _metrics_folder():
        config = _config("sellergate.serving:application", server, factory=True, workers=server.workers)
        Multiprocess(config, sockets=[listener]).run()


@contextlib.contextmanager
def _metrics_folder() -> Iterator[None]:
    """Where the workers' metrics are kept together; the caller's own folder is used and left alone."""
    if os.environ.get(MULTIPROCESS_FOLDER):
        yield
        return
    folder = tempfile.mkdtemp(prefix="sellergate-metrics-")
    os.environ[MULTIPROCESS_FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[MULTIPROCESS_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


def application(settings: Settings | None = None) -> "_Application":
    """The ASGI application of one process; without settings it reads the environment, as a worker does."""
    if settings is None:
        settings = load_settings()
        configure_logs(settings.logs)
        _stop_with(os.getppid())
    return _Application(assemble(settings, following=True, serving=True))


def _stop_with(parent: int) -> None:
    """Stop this worker when the process that started it is gone: killed, it can no longer tell its workers to."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHANED_WITHIN)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="sellergate-parent", daemon=True).start()


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
            rollouts=assembly.rollouts,
            shadow=assembly.shadow_report,
            gate=assembly.gate,
            authenticator=Authenticator(keys, issuer=settings.tokens.issuer, audience=settings.tokens.audience),
            limiter=MovingWindowLimits(
                requests_per_day=settings.rates.requests_per_day,
                writes_per_minute=settings.rates.writes_per_minute,
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
        server = _UvicornServer(_config(application(self._settings), self._settings.server))
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
