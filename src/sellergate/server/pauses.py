"""What makes answers wait in a worker that has nothing wrong with it, kept short."""

import gc
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005
"""How long a thread may compute while another one waits for its turn; Python's own 5 ms are a whole check's limit."""


def keep_pauses_short() -> None:
    """For a process that has started, and is nobody else's.

    What is in memory by then stays there: half a million objects of modules, routes and statements. Looking through them for
    cycles takes 150 to 200 ms, in which nothing is answered, and came round every 20 s under load.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
