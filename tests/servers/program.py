"""Starting and stopping the servers that tests need: on free ports of this machine, in a folder of their own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from signal import SIGCONT, SIGTERM

NOBODY = 65534
STARTS_WITHIN = 30.0
STOPS_WITHIN = 20.0


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> dict[str, object]:
    """Arguments for subprocess that make root's programs run as nobody: PostgreSQL refuses root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def own_folder(prefix: str, within: Path | None = None) -> Path:
    """A new temporary folder that belongs to whom the programs run as."""
    folder = Path(tempfile.mkdtemp(prefix=f"sellergate-{prefix}-", dir=within))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def is_alive(pid: int) -> bool:
    """Whether this process runs; one that has ended and that nobody has asked about does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


class Program:
    """One server process; a context manager that stops it and removes its folder, whatever happens in between."""

    def __init__(self, command: Sequence[str | Path], folder: Path, *, environ: dict[str, str] | None = None) -> None:
        self.command = [str(part) for part in command]
        self.folder = folder
        self.log = folder / "server.log"
        self._environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environ or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, is_ready: Callable[[], bool]) -> None:
        """Start it and wait until it is ready. Raises RuntimeError with its log when it ends or is not ready in time."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=self._environ, cwd=self.folder, **unprivileged()
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.command[0]} did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        """Send it a signal: SIGSTOP and SIGCONT to pause, SIGKILL to kill."""
        assert self.process is not None
        self.process.send_signal(number)

    def children(self) -> list[int]:
        """The processes it has started and that still run."""
        assert self.process is not None
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self, with_signal: int = SIGTERM) -> None:
        """End it and wait; killed when it does not end in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(SIGCONT)
        self.process.send_signal(with_signal)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def remove(self) -> None:
        """Stop it and remove everything it has written."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
