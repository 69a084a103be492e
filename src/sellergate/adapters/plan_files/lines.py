"""In which line of a TOML text each key stands. The standard library's parser does not tell."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from sellergate.adapters.plan_files.faults import Path

_BLANK: Final = re.compile(r"[ \t]*")
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE: Final = re.compile(r"[^,\]}#\n]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def lines_of(text: str) -> dict[Path, int]:
    """The line of every key, table and list item of a valid TOML text, counted from 1."""
    text = text.replace("\r\n", "\n")  # as the parser does, which leaves the count of lines as it is
    return _Scan(text).lines


class _Scan:
    """One walk through a text that has been parsed already, and so is known to be well formed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._table: Path = ()
        self._lengths: dict[Path, int] = {}
        self.lines: dict[Path, int] = {(): 1}
        while self._skip(_SPACE) < len(text):
            if text.startswith("[", self._at):
                self._header()
            else:
                self._pair(self._table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _note(self, path: Path) -> None:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        self.lines.setdefault(path, self._line)

    def _header(self) -> None:
        is_list = self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        path: Path = ()
        keys = list(self._key())
        for place, key in enumerate(keys):
            path = (*path, key)
            opens_item = is_list and place == len(keys) - 1
            if opens_item:
                self._note(path)
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
            self._note(path)
        self._table = path
        self._skip(_BLANK)
        self._at += 2 if is_list else 1

    def _key(self) -> Iterator[str]:
        while True:
            self._skip(_BLANK)
            quoted = _STRING.match(self._text, self._at)
            written = quoted or _BARE_KEY.match(self._text, self._at)
            if written is None:
                raise ValueError(self._at)
            yield next(iter(tomllib.loads(f"{written[0]} = 0"))) if quoted else written[0]
            self._at = written.end()
            self._skip(_BLANK)
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _pair(self, path: Path) -> None:
        for key in self._key():
            path = (*path, key)
            self._note(path)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at : self._at + 1]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline(path)
        else:
            self._skip(_STRING if opening in "\"'" else _BARE)

    def _items(self, path: Path) -> None:
        self._at += 1
        place = 0
        while not self._closed("]"):
            self._note((*path, place))
            self._value((*path, place))
            place += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while not self._closed("}"):
            self._pair(path)

    def _closed(self, bracket: str) -> bool:
        self._skip(_SPACE)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_SPACE)
        closed = self._text.startswith(bracket, self._at)
        self._at += closed
        return closed
