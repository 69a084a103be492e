"""An Alertmanager for the tests, with the configuration it is given."""

import shutil
from pathlib import Path
from typing import Self

import httpx

from servers.program import Program, free_port, own_folder


def installed(name: str) -> Path:
    """Alertmanager or amtool of this machine. Raises RuntimeError with the command that installs it."""
    program = shutil.which(name)
    if program is None:
        raise RuntimeError(f"There is no {name} to test with. Install it: apt-get install prometheus-alertmanager")
    return Path(program)


class Alertmanager:
    """One server, in a folder of its own. A context manager: started on entry, removed on exit."""

    def __init__(self) -> None:
        self.folder = own_folder("alertmanager")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.address = f"127.0.0.1:{self.port}"
        self._file = self.folder / "alertmanager.yml"
        self._program = Program(
            [
                installed("prometheus-alertmanager"),
                f"--config.file={self._file}",
                f"--storage.path={self.folder / 'data'}",
                f"--web.listen-address={self.address}",
                "--cluster.listen-address=",
            ],
            self.folder,
        )

    def write(self, name: str, text: str) -> Path:
        """A file it can read: its configuration, or a secret."""
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o644)
        return file

    @property
    def log(self) -> str:
        """What it said."""
        return self._program.log.read_text(errors="replace")

    def __enter__(self) -> Self:
        try:
            self._program.start(self._is_ready)
        except BaseException:
            self._program.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._program.remove()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
