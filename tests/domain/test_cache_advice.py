"""How long answers should live, by how they were used; and that no more is promised than comes true."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.cache_advice import AGE_EDGES, LIVES, SHORTEST_SHARE, Advice, Reuse, advise, age_bin

MINUTE = timedelta(minutes=1)


def reuse(hits, misses, **ages):
    """`ages` as `after_90=…`: so many misses of answers that were so many seconds old."""
    return Reuse(hits=hits, misses=misses, again=Counter({age_bin(int(age[6:])): times for age, times in ages.items()}))


@pytest.mark.parametrize(
    ("seen", "advice", "life"),
    [
        (reuse(0, 0), Advice.NOT_ENOUGH_DATA, 60),
        (reuse(500, 499, after_70=499), Advice.NOT_ENOUGH_DATA, 60),
        (reuse(500, 500), Advice.KEEP, 60),  # nobody ever came back: a longer life keeps what nobody wants
        (reuse(500, 500, after_4000=500), Advice.KEEP, 60),  # they come back, later than an hour
        (reuse(99_500, 500, after_64=500), Advice.KEEP, 60),  # half a percent at most
        (reuse(500, 500, after_64=500), Advice.LONGER, 900),
        (reuse(500, 500, after_108=500), Advice.LONGER, 1_800),
        (reuse(500, 500, after_2400=500), Advice.LONGER, 3_600),
    ],
)
def test_the_advice_follows_from_when_answers_were_wanted_again(seen, advice, life):
    found = advise(MINUTE, seen)

    assert (found.advice, found.life.total_seconds()) == (advice, life)
    assert (found.gain > 0) == (advice is Advice.LONGER)


def test_the_sentence_has_both_numbers_and_the_reason():
    assert advise(MINUTE, reuse(800, 200, after_64=150)).sentence == (
        "Let answers live 900 s instead of 60 s: 80.0% of 1,000 checks were answered from memory, with 900 s at least 93.8% would "
        "have been; 150 of 200 misses were answers that had run out."
    )
    assert advise(MINUTE, reuse(900, 100)).sentence == (
        "Keep 60 s: 90.0% of 1,000 checks were answered from memory; 0 of 100 misses were answers that had run out, and no life up "
        "to an hour would answer 1% of checks more."
    )
    assert advise(MINUTE, reuse(1, 1)).sentence == (
        "Not enough data: memory was asked for 2 checks, and 1,000 are needed."
    )


def test_ages_of_a_shorter_life_say_nothing_once_it_is_longer():
    """What was measured before the life was raised is not promised again."""
    seen = reuse(500, 500, after_64=500)

    assert advise(timedelta(minutes=15), seen).advice is Advice.KEEP


@pytest.mark.parametrize("edge", [AGE_EDGES[0], AGE_EDGES[30], AGE_EDGES[-1]])
def test_a_bin_holds_ages_up_to_its_edge(edge):
    place = AGE_EDGES.index(edge)
    assert (age_bin(edge), age_bin(edge + 0.001)) == (place, place + 1)


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.dictionaries(st.integers(0, len(AGE_EDGES)), st.integers(0, 10**6)),
    st.integers(1, 100_000),
)
def test_no_advice_promises_more_hits_than_there_were_misses(hits, misses, again, seconds):
    run_out = sum(again.values())
    seen = Reuse(hits=hits, misses=misses + run_out, again=again)
    found = advise(timedelta(seconds=seconds), seen)

    assert found.sentence
    assert found.life >= found.now
    assert 0 <= found.gain * seen.checks <= run_out + 1e-6
    if found.advice is Advice.LONGER:
        assert found.life in LIVES
        assert found.gain >= 0.009


def cycles(asks, life):
    """The ages at which a pair that is asked for at these times is missed, and how often it is missed at all."""
    misses, ages, filled = 0, [], None
    for at in asks:
        if filled is not None and at - filled < life:
            continue
        if filled is not None:
            ages.append(at - filled)
        misses, filled = misses + 1, at
    return misses, ages


@given(
    st.lists(st.floats(0.5, 600), min_size=1, max_size=200),
    st.sampled_from([10, 30, 60]),
    st.sampled_from([life for life in LIVES if life >= timedelta(minutes=15)]),
)
def test_what_is_promised_of_a_longer_life_comes_true(gaps, now, life):
    """Simulated: one pair, asked for at any times, with answers that live as long as they did and as advised.

    Every gap is shorter than the longer life. A run may end in the middle of a life, so one miss of each pair is uncertain.
    """
    asks = [0.0]
    for gap in gaps:
        asks.append(asks[-1] + gap)
    before, ages = cycles(asks, now)
    after, _ = cycles(asks, SHORTEST_SHARE * life.total_seconds())
    seen = Reuse(hits=len(asks) - before, misses=before, again=Counter(age_bin(age) for age in ages))

    promised = seen.saved_by(timedelta(seconds=now), life)

    assert promised <= before - after + 1 + 1e-9
