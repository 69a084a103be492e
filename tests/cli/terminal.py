"""Running commands as a shell would, in this process or in one of their own."""

import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace

from sellergate.cli.app import run

SECRET = "a-secret-for-tests-of-32-bytes-or-more"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Terminal:
    """Commands in this process, over a database of their own."""

    def __init__(self, folder, monkeypatch, capfd):
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capfd = capfd
        self.set("DATABASE_URL", f"sqlite:///{folder / 'shop.db'}")

    def set(self, variable, value):
        self._monkeypatch.setenv(variable, str(value))

    def __call__(self, *arguments, stdin=b""):
        self._monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin), isatty=lambda: False))
        self._capfd.readouterr()
        status = run([str(argument) for argument in arguments])
        out, err = self._capfd.readouterr()
        return Result(status, out, err)

    def done(self, *arguments, stdin=b""):
        """The JSON of a command that must succeed."""
        result = self(*arguments, "--json", stdin=stdin)
        assert result.status == 0, result
        return result.json

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def import_(self, kind, *objects):
        return self.done("import", kind, "-", stdin=ndjson(*objects))

    def fill(self):
        """One supplier, two sellers, three products; the last product has no supplier."""
        self.import_("suppliers", {"id": "acme", "name": "Acme"})
        self.import_("sellers", {"id": "anna", "name": "Anna"}, {"id": "ben", "name": "벤", "tier": "GOLD"})
        self.import_(
            "products",
            {"id": "mug", "name": "도자기 머그컵", "supplierId": "acme", "price": 12.5},
            {"id": "lamp", "name": "Lamp", "supplierId": "acme"},
            {"id": "own", "name": "Nobody supplies it"},
        )


def ndjson(*objects):
    return "".join(json.dumps(object, ensure_ascii=False) + "\n" for object in objects).encode()


def shell(*arguments, folder, stdin=b"", **environ):
    """A command in a process of its own, started in `folder`; it sees only the settings given."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)} | {
        name: str(value) for name, value in environ.items()
    }
    finished = subprocess.run(
        [sys.executable, "-m", "sellergate", *map(str, arguments)],
        cwd=folder,
        env=environ,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Result(finished.returncode, finished.stdout.decode(), finished.stderr.decode())
