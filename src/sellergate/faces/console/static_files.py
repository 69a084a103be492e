"""Style sheets, scripts, the font and the icons: read once, compressed once, and kept by browsers for ever.

The address carries a hash of everything, so that what is kept never has to be asked about again, and relative addresses inside
of a style sheet stay as they are.
"""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sellergate.faces.console.addresses import STATIC
from sellergate.faces.problems import NothingHere

FOLDER: Final = Path(__file__).with_name("static")
COMPRESSED: Final = frozenset({".css", ".js", ".svg", ".txt"})
TYPES: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
FOR_EVER: Final = "public, max-age=31536000, immutable"
NOT_AT_ALL: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    compressed: bytes | None
    media_type: str


class StaticFiles:
    """All files of the folder, in memory: some 200 KB."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            str(path.relative_to(folder)): _file(path) for path in sorted(folder.rglob("*")) if path.is_file()
        }
        everything = sha256()
        for name, file in self._files.items():
            everything.update(f"{name}\0{len(file.content)}\0".encode() + file.content)
        self._hash = everything.hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where a file is. Raises KeyError for one that does not exist: a template that names it is wrong."""
        if name not in self._files:
            raise KeyError(name)
        return f"{STATIC}/{self._hash}/{name}"

    def answer(self, request: Request, hash: str, name: str) -> Response:
        """The file. Under another hash, of a page made by another version, it is the same file but not kept. Raises NothingHere."""
        file = self._files.get(name)
        if file is None:
            raise NothingHere
        headers = {"Cache-Control": FOR_EVER if hash == self._hash else NOT_AT_ALL, "Vary": "Accept-Encoding"}
        if file.compressed is None or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(file.content, headers=headers, media_type=file.media_type)
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, headers=headers, media_type=file.media_type)


def _file(path: Path) -> _File:
    content = path.read_bytes()
    guessed = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(content, gzip.compress(content, mtime=0) if path.suffix in COMPRESSED else None, guessed)
