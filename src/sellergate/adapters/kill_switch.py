"""The kill switch: a file that switches every gate of the machine off, without any database."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5


class KillSwitch:
    """Looks twice a second whether the file exists, whatever is in it, and tells when that changes.

    A file that cannot be seen, because its folder is missing or may not be read, is absent.
    """

    def __init__(self, path: Path, tell: Callable[[bool], None]) -> None:
        self.path = path
        self.present = False
        self._tell = tell
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> bool:
        """Whether the file exists now; tells if that is news."""
        present = _exists(self.path)
        if present != self.present:
            self.present = present
            log.warning("kill switch %s: %s", "present" if present else "gone", self.path)
            try:
                self._tell(present)
            except Exception:  # the next change has to be seen as well
                log.exception("kill switch: could not be acted on")
        return present

    def start(self) -> None:
        """Look at once, and go on in a thread."""
        self.look()
        self._thread = threading.Thread(target=self._run, name="sellergate-kill-switch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what was told last stays true."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self.look()


def why_not_creatable(path: Path) -> str | None:
    """Why the file could not be made now, folders on the way included; None when it could. It is not made.

    Tried, not asked: a nameless file is put into the folder, because a disk that is full or read-only grants every permission.
    """
    if _exists(path):
        return f"{path} is there already: every gate is off"
    folder = next((parent for parent in path.parents if parent.exists()), path.parent)
    try:
        with TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True
