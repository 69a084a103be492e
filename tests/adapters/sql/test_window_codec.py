"""What was measured can still be read when the program has moved on, or says that it cannot."""

from dataclasses import replace
from hashlib import sha256

import pytest

from builders import NOON
from measured import FAILED, HIT, STRICT, a_window
from sellergate.adapters.sql.window_codec import VERSION, decode, encode
from sellergate.domain.cache_advice import AGE_EDGES
from sellergate.domain.histogram import EDGES
from sellergate.domain.measurements import Measurement

MEASURED = Measurement(
    start=NOON,
    seconds=60,
    processes=2,
    counts={HIT: 7, FAILED: 1, STRICT: 2},
    latencies={0: 9, 222: 1},
    shared_hits=3,
    again={24: 5, 64: 1},
    pool_in_use=0.5,
)
VERSION_1 = (
    '{"v":1,"n":2,"c":{"cart ENFORCED APPROVED hit":7,"order ENFORCED CHECK_FAILED miss":1,"settlement SHADOW REVOKED":2}'
    ',"l":{"0":9,"222":1},"s":3,"r":{"24":5,"64":1},"p":0.5}'
)


def test_a_window_is_written_in_version_1_and_read_from_it():
    assert encode(MEASURED) == VERSION_1
    assert decode(VERSION_1, NOON, 60) == MEASURED


def test_a_window_in_which_nothing_was_checked_is_a_few_bytes():
    assert encode(a_window(hits=0)) == '{"v":1,"n":1}'
    assert decode('{"v":1,"n":1}', NOON, 10) == a_window(hits=0)


def test_a_window_of_a_program_that_did_not_look_at_reuse_says_nothing_of_it():
    before = VERSION_1.replace(',"r":{"24":5,"64":1}', "")
    assert decode(before, NOON, 60) == replace(MEASURED, again={})


def test_a_window_of_a_newer_program_is_not_guessed_at():
    with pytest.raises(ValueError, match="version 2"):
        decode('{"v":2}', NOON, 10)


def test_bins_are_numbered_by_the_edges_this_version_was_written_with():
    """If this fails, the edges have changed: add a version of the codec that keeps what was written by the old ones apart."""
    assert VERSION == 1
    assert sha256(repr(EDGES).encode()).hexdigest()[:16] == "18b60245341e3860"
    assert sha256(repr(AGE_EDGES).encode()).hexdigest()[:16] == "a6459796431c2007"
