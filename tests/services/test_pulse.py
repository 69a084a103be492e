"""Word that something has changed reaches whoever listens, and nobody else."""

from sellergate.ports.feed import Change, ChangeKind
from sellergate.services.pulse import Pulse

CHANGE = Change(kind=ChangeKind.SELLER, version=1, seller_id="anna")


def test_listeners_are_called_when_something_was_found():
    first, heard = [], []
    pulse = Pulse(first=first.append)
    leave = pulse.subscribe(lambda: heard.append("one"))
    pulse.subscribe(lambda: heard.append("other"))

    pulse.saw([])
    assert heard == []
    pulse.saw([CHANGE])
    leave()
    pulse.saw([CHANGE])

    assert heard == ["one", "other", "other"]
    assert first == [[], [CHANGE], [CHANGE]]
