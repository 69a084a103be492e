"""Spans: what took how long, in one piece with what the caller's programs say of the same request."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Attribute = str | int | bool | None


class Span(Protocol):
    """What is going on."""

    def note(self, **attributes: Attribute) -> None:
        """Say something of it that was not known when it began; None says nothing."""


class Trace(Protocol):
    """Begins spans."""

    def __call__(self, name: str, /, **attributes: Attribute) -> AbstractContextManager[Span]:
        """A span while the block runs, within the one that runs already. An error the block raises is noted by its code.

        Attributes are identifiers and words of ours, never what people have written, nor a token.
        """


class RequestTracing(Protocol):
    """Spans of requests that come in over HTTP."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager["RequestSpan"]:
        """A span while the request is answered, within the caller's where its headers name one (`traceparent`)."""


class RequestSpan(Protocol):
    """A request while it is answered."""

    @property
    def trace_id(self) -> str:
        """The id of the whole trace, 32 hexadecimal digits."""

    def answered(self, status: int, route: str | None) -> None:
        """How it was answered, and by which route (its pattern, without the ids)."""


class _Nobody:
    """A span nobody looks at."""

    def note(self, **attributes: Attribute) -> None:
        """Nothing."""


_NOBODY = _Nobody()


@contextmanager
def untraced(name: str, /, **attributes: Attribute) -> Iterator[Span]:  # noqa: ARG001
    """No span at all."""
    yield _NOBODY
