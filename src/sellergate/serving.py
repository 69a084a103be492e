"""Running the HTTP server: in the foreground with its workers, or inside another program."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from typing import Final, Self

import structlog

from sellergate.adapters.prometheus import MULTIPROCESS_FOLDER, forget_process
from sellergate.application import Fault, application, keyring_of, sign_in_of
from sellergate.domain.errors import SellergateError
from sellergate.domain.sessions import Person
from sellergate.logs import configure_logs
from sellergate.server.child import Line
from sellergate.server.draining import DrainingServer, config_of
from sellergate.server.listening import handed_over, listen, url_of
from sellergate.server.pauses import keep_pauses_short
from sellergate.server.supervisor import Orders, Supervisor
from sellergate.settings import (
    ENV_FILE,
    ConfigurationError,
    ServerSettings,
    Settings,
    load_settings,
    with_env_file,
)
from sellergate.wiring import prepare_database
from sellergate.wiring.tracing import check_tracing, tracing_of

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
    keyring_of(settings.tokens)  # before anything is opened
    sign_in_of(settings.console)
    check_tracing(read)
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
    app = application(settings, tracing=tracing_of(os.environ))
    config = config_of(app, settings.server, callback_notify=line.say_serving, timeout_notify=1)
    with socket.socket(fileno=listener_fd) as listener:
        listener.set_inheritable(False)
        DrainingServer(config, app.leave, begun=keep_pauses_short).run(sockets=[listener])


class Server:
    """The server inside another program, in a thread of its own: for the demo and for tests.

    A context manager; raises ConfigurationError when it cannot start. `demo` are people anybody may sign in to the console as; a `fault`
    anybody may begin.
    """

    def __init__(
        self, settings: Settings, demo: Mapping[str, Person] | None = None, *, fault: Fault | None = None
    ) -> None:
        keyring_of(settings.tokens)  # before anything is opened
        self._settings = settings
        self._demo = demo
        self._fault = fault
        self._stack = contextlib.ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        prepare_database(self._settings)
        listener = self._stack.enter_context(listen(self._settings.server))
        self.url = url_of(listener)
        app = application(self._settings, self._demo, fault=self._fault)
        server = DrainingServer(config_of(app, self._settings.server), app.leave)
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
