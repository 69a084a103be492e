"""What most commands begin with: the settings, the services over the database, the actor, the input."""

import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from sellergate.domain.identifiers import Actor, Role, checked_id
from sellergate.settings import load_settings
from sellergate.wiring import Assembly, assemble, prepare_database

STDIN: Final = "-"


class CommandError(Exception):
    """A command cannot do what it was asked; the message is one line, `status` the exit status."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def services() -> Iterator[Assembly]:
    """The services over the configured database; an embedded one is brought up to date first."""
    settings = load_settings()
    prepare_database(settings)
    with assemble(settings, following=False) as assembly:
        yield assembly


def actor(role: Role) -> Actor:
    """Whoever sits at this terminal: `cli:` and their login name."""
    return Actor(f"cli:{_login_name()}", role)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return f"uid-{os.getuid()}"


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input for `-`. Raises CommandError when it cannot be read."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", status=2) from error
    with file:
        try:
            yield file
        except IsADirectoryError as error:
            raise CommandError(f"{path}: {error.strerror}", status=2) from error


@contextmanager
def writable(path: str) -> Iterator[TextIO]:
    """A text file to be written, or standard output for `-`. Raises CommandError when it cannot be made."""
    if path == STDIN:
        yield sys.stdout
        return
    try:
        file = Path(path).open("w", encoding="utf-8", newline="")  # noqa: SIM115  closed below
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", status=2) from error
    with file:
        yield file


def listed_ids(file: Path, option: str) -> list[str]:
    """The identifiers a file lists, one a line. Raises CommandError and InvalidInput when they cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}", status=2) from error
    return [checked_id(id, option) for id in text.split()]


def shown_path(path: str) -> str:
    """The input's name in messages."""
    return "standard input" if path == STDIN else path


def listed(words: Iterable[object], most: int = 5) -> str:
    """The first words, and how many more there are."""
    all_words = [str(word) for word in words]
    more = len(all_words) - most
    return ", ".join(all_words[:most]) + (f" and {more} more" if more > 0 else "")
