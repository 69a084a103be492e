"""Structured logs: lines for people, or JSON for programs, always on standard error."""

import contextlib
import io
import logging
import sys
from typing import TextIO, cast

import structlog
from structlog.dev import plain_traceback
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

from sellergate.settings import LogSettings


class StandardError(io.TextIOBase):
    """Whatever standard error is at the moment. A line that cannot be written there is lost, and nothing else is.

    It may be a pipe whose reader has gone, or a full disk: a server that stopped in the middle of what it says would take its
    callers with it.
    """

    def write(self, text: str) -> int:
        """Write the text, if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Send what has been written, if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()

    def isatty(self) -> bool:
        """Whether people look at it as it is written."""
        with contextlib.suppress(ValueError):
            return sys.stderr is not None and sys.stderr.isatty()
        return False


def configure_logs(settings: LogSettings) -> None:
    """Set up structlog, and the standard library's loggers of our dependencies, in one form and at one level.

    Tracebacks are shown without the values of variables: among them are tokens.
    """
    level = getattr(logging, settings.level.upper())
    stderr = cast(TextIO, StandardError())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[structlog.typing.Processor] = (
        [ExceptionRenderer(ExceptionDictTransformer(show_locals=False)), structlog.processors.JSONRenderer()]
        if settings.format == "json"
        else [structlog.dev.ConsoleRenderer(colors=stderr.isatty(), exception_formatter=plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
