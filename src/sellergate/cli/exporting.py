"""Writing files that other programs read, without spoiling what somebody has changed in them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sellergate.cli.opening import CommandError
from sellergate.cli.output import say, show_json


@dataclass(frozen=True, slots=True)
class Written:
    """One file: whether it was written, or was there already as it should be."""

    path: Path
    changed: bool


def write_files(files: Mapping[Path, str], *, force: bool) -> list[Written]:
    """Write them all, or none where one is there with other content and it is not forced. Raises CommandError and OSError."""
    found = {path: _content(path) for path in files}
    others = [path for path, text in files.items() if found[path] not in (None, text)]
    if others and not force:
        raise CommandError(f"{others[0]} is there and is different; --force replaces it. Nothing was written.")
    return [Written(path, _written(path, text, found[path])) for path, text in files.items()]


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""


def _written(path: Path, text: str, before: str | None) -> bool:
    if before == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")  # a program that watches the file never sees half of it
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105
    return True


def show_written(written: list[Written], *, as_json: bool) -> None:
    """Say what was written."""
    if as_json:
        show_json({"files": [{"path": str(its.path), "changed": its.changed} for its in written]})
        return
    for its in written:
        say(f"{its.path}: {'written' if its.changed else 'unchanged'}.")
