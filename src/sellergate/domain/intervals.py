"""How sure a counted share is."""

from math import sqrt
from typing import Final

Z95: Final = 1.959963984540054
"""Standard deviations each way that hold 95 % of a normal distribution."""


def wilson(times: int, out_of: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share of which `times` in `out_of` were seen; everything, where nothing was seen.

    Wilson's score interval (1927): unlike the estimate plus and minus two deviations it stays inside 0 to 1 and does not
    shrink to a point where no error was seen. Only the four operations and a square root, so that every machine gets
    the same bits.
    """
    if out_of <= 0:
        return 0.0, 1.0
    share, square = times / out_of, Z95 * Z95
    centre = share + square / (2 * out_of)
    margin = Z95 * sqrt(share * (1 - share) / out_of + square / (4 * out_of * out_of))
    scale = 1 + square / out_of
    low = 0.0 if times == 0 else max(0.0, (centre - margin) / scale)
    high = 1.0 if times == out_of else min(1.0, (centre + margin) / scale)
    return low, high
