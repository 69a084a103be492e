"""Looking up one pair in the log's files."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from sellergate.adapters.decision_log.files import decision_files
from sellergate.domain.gate import Stage
from sellergate.domain.sampling import is_sampled
from sellergate.domain.simulation import Usage
from sellergate.ports.decision_log import Recorded

log = logging.getLogger(__name__)

MEBIBYTE: Final = 1 << 20
MOST_READ: Final = 256 * MEBIBYTE
"""Somebody waits for the answer: the newest files up to this size are looked through, some seconds."""


class _Check(msgspec.Struct, rename="camel"):
    at: datetime
    seller_id: str
    product_id: str
    stage: Stage
    allowed: bool
    value: Decimal | None = None


_decode: Final = msgspec.json.Decoder(_Check).decode


class DecisionFiles:
    """What the files in this folder have: those of every process that writes here, and of no other machine."""

    def __init__(self, folder: Path, *, percent: float, most_read: int = MOST_READ) -> None:
        self._folder = folder
        self._percent = percent
        self._most_read = most_read

    def of_pair(self, seller_id: str, product_id: str, since: datetime) -> Recorded | None:
        """The allowed checks of a pair since then, as far back as the newest files go.

        None when the pair is not in the sample, or nothing at all is on record.
        """
        if not is_sampled(seller_id, product_id, self._percent):
            return None
        wanted = b'"sellerId":"%b","productId":"%b"' % (seller_id.encode(), product_id.encode())
        usage: defaultdict[Stage, Usage] = defaultdict(Usage)
        paths, complete_from = self._newest(since)
        begins: list[datetime] = []
        for path in paths:
            for number, check in enumerate(_checks(path, wanted)):
                if number == 0:
                    begins.append(check.at)
                if (
                    check.allowed
                    and check.at >= since
                    and (check.seller_id, check.product_id) == (seller_id, product_id)
                ):
                    usage[check.stage].add(1, check.value or Decimal(0))
        return Recorded(max(complete_from, min(begins)), dict(usage)) if begins else None

    def _newest(self, since: datetime) -> tuple[list[Path], datetime]:
        """The files to look through, and from when on they have everything."""
        left, paths = self._most_read, list[Path]()
        try:
            for path in decision_files(self._folder):
                status = path.stat()
                written_at = datetime.fromtimestamp(status.st_mtime, UTC)
                left -= status.st_size
                if left < 0 or written_at < since:
                    return paths, max(since, written_at)
                paths.append(path)
        except OSError as error:
            log.warning("The decision log cannot be read: %s", error)
        return paths, since


def _checks(path: Path, wanted: bytes) -> Iterator[_Check]:
    """The file's first check, whosesoever it is, and then those of the pair."""
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if number == 0 or wanted in line:
                check = _checked(line)
                if check is not None:
                    yield check


def _checked(line: bytes) -> _Check | None:
    try:
        return _decode(line)
    except msgspec.DecodeError:
        return None
