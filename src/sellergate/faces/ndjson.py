"""Lines out of a stream of bytes, however it is cut."""

from collections.abc import Iterable, Iterator
from typing import Final

LINE_MAX: Final = 1024 * 1024
BOM: Final = b"\xef\xbb\xbf"


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The lines, without their ends (\n or \r\n); the last one need not have an end.

    No more than one line is held at a time, and of a line longer than LINE_MAX only the beginning, still longer than that:
    readers refuse it by its length. A byte order mark before the first line is passed over.
    """
    for number, line in enumerate(_raw_lines(chunks)):
        text = line.removeprefix(BOM) if number == 0 else line
        yield text.removesuffix(b"\r")


def _raw_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    begun = bytearray()
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            _append(begun, part)
            yield bytes(begun)
            begun.clear()
        _append(begun, rest)
    if begun:
        yield bytes(begun)


def _append(begun: bytearray, part: bytes) -> None:
    begun += part[: max(0, LINE_MAX + 2 - len(begun))]  # two more than a line may have: one of them may be a \r
