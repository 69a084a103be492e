"""Files of one process in a folder of many: a new one when the last is full or old, and the oldest go."""

import os
import re
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

_IS_OURS: Final = re.compile(r"decisions-\d{8}T\d{6}Z-[A-Za-z0-9._-]+-\d+-\d{6}\.ndjson").fullmatch


def decision_files(folder: Path) -> list[Path]:
    """The log's files in the folder, those written to last first. Raises OSError when it cannot be read."""
    found = [(path.stat().st_mtime, path) for path in folder.iterdir() if _IS_OURS(path.name)]
    return [path for _, path in sorted(found, reverse=True)]


class RotatingFile:
    """Appends lines; a file ends before it has more than `most_bytes`, or is older than `longest`. For one thread.

    Its name has when it began, the host, the process and a number: no two processes ever write to the same file. Every method
    raises OSError when the disk does not take part; the next write begins a new file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int,
        longest: timedelta,
        kept: timedelta,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._longest = longest.total_seconds()
        self._kept = kept.total_seconds()
        self._wall = wall
        self._file: BinaryIO | None = None
        self._written = 0
        self._began = 0.0
        self._number = 0

    def write(self, lines: list[bytes]) -> None:
        """Append lines, each with its end, and hand them to the operating system."""
        for line in lines:
            if self._file is None or self._is_over(len(line)):
                self._begin()
            assert self._file is not None  # noqa: S101  just begun
            self._file.write(line)
            self._written += len(line)
        if self._file is not None:
            self._file.flush()

    def _is_over(self, more: int) -> bool:
        is_full = self._written > 0 and self._written + more > self._most_bytes
        return is_full or self._wall() - self._began >= self._longest

    def _begin(self) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        self._began = self._wall()
        began = datetime.fromtimestamp(self._began, UTC)
        host = re.sub(r"[^A-Za-z0-9._-]", "_", socket.gethostname()) or "host"
        name = f"decisions-{began:%Y%m%dT%H%M%SZ}-{host}-{os.getpid()}-{self._number:06}.ndjson"
        self._file = (self._folder / name).open("ab")
        self._written = 0
        self.forget()

    def forget(self) -> None:
        """Delete files that nobody has written to for as long as they are kept, whosever they were."""
        for path in decision_files(self._folder):
            if self._wall() - path.stat().st_mtime >= self._kept:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """End the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
