"""Trouble that lasts is said twice: when it begins and when it is over."""

import logging
import threading


class Outage:
    """Whether something that should work has stopped working; logs each outage once, however often it is met."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._lock = threading.Lock()
        self.lasts = False

    def met(self, error: Exception) -> None:
        """It failed. Only the first failure since it last worked is logged."""
        with self._lock:
            first, self.lasts = not self.lasts, True
        if first:
            self._log.error("%s: %s", self._what, error, exc_info=error)

    def over(self) -> None:
        """It worked."""
        if not self.lasts:
            return
        with self._lock:
            ended, self.lasts = self.lasts, False
        if ended:
            self._log.info("%s: over", self._what)
