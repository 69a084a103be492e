"""Checks and answers as files: every one of them or counted as dropped, and never at the cost of a check."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sellergate.adapters.decision_log import DecisionFiles, DecisionLog, RotatingFile
from sellergate.adapters.decision_log.files import decision_files
from sellergate.domain.authorization import Status
from sellergate.domain.gate import GateAnswer, Mode, Reason, Stage
from sellergate.domain.sampling import is_sampled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALLOWED = GateAnswer(True, Mode.ENFORCED, Reason.APPROVED, Status.APPROVED, None, 7, True)
DENIED = GateAnswer(False, Mode.ENFORCED, Reason.NO_AUTHORIZATION, Status.NONE, "ERR_SELLER_NOT_AUTHORIZED", 7, False)
OFF = GateAnswer(True, Mode.OFF, Reason.OFF, Status.NONE, None, 7, False)


class Clock:
    def __init__(self):
        self.at = NOON

    def wall(self):
        return self.at.timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "decisions"


def a_log(folder, clock, *, most_bytes=1_000_000, longest=timedelta(hours=1), kept=timedelta(days=1), **options):
    file = RotatingFile(folder, most_bytes=most_bytes, longest=longest, kept=kept, wall=clock.wall)
    return DecisionLog(file, wall=clock.wall, **options)


def lines(folder):
    return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def test_a_line_says_who_what_when_and_what_the_answer_was(folder, clock):
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.put("anna", "p-2", "order", Decimal("19.90"), DENIED)
    log.stop()

    assert lines(folder) == [
        {
            "at": "2026-03-01T12:00:00.000Z", "sellerId": "anna", "productId": "p-1", "stage": "cart", "allowed": True,
            "mode": "ENFORCED", "reason": "APPROVED", "status": "APPROVED", "rolloutVersion": 7, "cacheHit": True,
        },
        {
            "at": "2026-03-01T12:00:00.000Z", "sellerId": "anna", "productId": "p-2", "stage": "order", "allowed": False,
            "mode": "ENFORCED", "reason": "NO_AUTHORIZATION", "status": "NONE", "rolloutVersion": 7, "cacheHit": False,
            "errorCode": "ERR_SELLER_NOT_AUTHORIZED", "value": 19.90,
        },
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["19.90", object(), float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_amount_is_left_out(folder, clock, value):
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", value, ALLOWED)
    log.stop()

    (line,) = lines(folder)
    assert line.get("value") is None
    assert log.dropped == 0


def test_nothing_is_written_before_it_is_the_writers_turn(folder, clock):
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, ALLOWED)

    assert not folder.exists()
    log.flush()
    assert len(lines(folder)) == 1
    log.stop()


def test_a_phase_that_decides_nothing_is_not_logged(folder, clock):
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, OFF)
    log.stop()

    assert not folder.exists()


def test_a_file_ends_before_it_is_too_large(folder, clock):
    log = a_log(folder, clock, most_bytes=400)
    for number in range(7):
        log.put("anna", f"p-{number}", "cart", None, ALLOWED)
    log.stop()

    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert len(sizes) > 1
    assert max(sizes) <= 400
    assert [line["productId"] for line in lines(folder)] == [f"p-{number}" for number in range(7)]


def test_a_file_ends_when_its_time_is_over(folder, clock):
    log = a_log(folder, clock, longest=timedelta(minutes=1))
    for seconds in (0, 59, 60, 61):
        clock.at = NOON + timedelta(seconds=seconds)
        log.put("anna", f"p-{seconds}", "cart", None, ALLOWED)
        log.flush()
    log.stop()

    assert [len(path.read_text().splitlines()) for path in sorted(folder.iterdir())] == [2, 2]


def test_old_files_go_and_what_is_no_log_stays(folder, clock):
    folder.mkdir()
    old = folder / "decisions-20260101T000000Z-elsewhere-1-000001.ndjson"
    young = folder / "decisions-20260228T130000Z-elsewhere-1-000002.ndjson"
    foreign = folder / "orders.ndjson"
    for path in (old, young, foreign):
        path.write_text("{}\n")
    for path, age in ((old, timedelta(days=1)), (young, timedelta(hours=23)), (foreign, timedelta(days=99))):
        os.utime(path, ((NOON - age).timestamp(),) * 2)

    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.stop()

    assert not old.exists()
    assert young.exists()
    assert foreign.exists()


def test_what_there_is_no_room_for_is_counted(folder, clock):
    log = a_log(folder, clock, most_waiting=3)
    for number in range(5):
        log.put("anna", f"p-{number}", "cart", None, ALLOWED)
    assert log.dropped == 2
    log.flush()
    log.put("anna", "p-9", "cart", None, ALLOWED)
    log.stop()

    assert [line["productId"] for line in lines(folder)] == ["p-0", "p-1", "p-2", "p-9"]
    assert log.dropped == 2


def test_a_disk_that_takes_nothing_costs_lines_and_no_check(folder, clock, caplog):
    folder.write_text("in the way")
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.flush()
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.flush()
    assert log.dropped == 2
    assert len(caplog.records) == 1

    folder.unlink()
    log.put("anna", "p-2", "cart", None, ALLOWED)
    log.stop()

    assert [line["productId"] for line in lines(folder)] == ["p-2"]


def test_many_threads_and_none_lost(folder, clock):
    log = a_log(folder, clock, most_bytes=20_000)
    log.start()

    def checks(thread):
        for number in range(500):
            log.put(f"seller-{thread}", f"p-{number}", "cart", None, ALLOWED)

    threads = [threading.Thread(target=checks, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.stop()

    found = lines(folder)
    assert len(found) + log.dropped == 4_000
    assert log.dropped == 0
    assert len({(line["sellerId"], line["productId"]) for line in found}) == 4_000


def test_of_a_pair_in_the_sample_every_check_is_logged_and_of_another_none(folder, clock):
    pairs = [(f"seller-{number}", f"p-{number}") for number in range(400)]
    log = a_log(folder, clock, percent=25)
    for _ in range(3):
        for pair in pairs:
            log.put(*pair, "cart", None, ALLOWED)
    log.stop()

    found = [(line["sellerId"], line["productId"]) for line in lines(folder)]
    assert sorted(set(found)) == sorted(pair for pair in pairs if is_sampled(*pair, 25))
    assert {found.count(pair) for pair in set(found)} == {3}


def test_the_allowed_checks_of_a_pair_are_found_by_stage(folder, clock):
    log = a_log(folder, clock, most_bytes=500)
    log.put("anna", "p-1", "order", 5, ALLOWED)
    clock.at = NOON + timedelta(hours=1)
    log.put("anna", "p-1", "order", Decimal("7.5"), ALLOWED)
    log.put("anna", "p-1", "order", 100, DENIED)
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.put("ben", "p-1", "cart", None, ALLOWED)
    log.put("anna", "p-11", "cart", None, ALLOWED)
    log.stop()
    files = DecisionFiles(folder, percent=100)

    everything = files.of_pair("anna", "p-1", NOON - timedelta(days=1))
    assert everything.since == NOON
    assert (everything.allowed[Stage.ORDER].checks, everything.allowed[Stage.ORDER].value) == (2, Decimal("12.5"))
    assert everything.allowed[Stage.CART].checks == 1

    lately = files.of_pair("anna", "p-1", NOON + timedelta(minutes=1))
    assert (lately.since, lately.allowed[Stage.ORDER].checks) == (NOON + timedelta(minutes=1), 1)
    assert files.of_pair("nobody", "p-1", NOON).allowed == {}


def test_only_so_much_is_read_and_the_answer_says_from_when_on(folder, clock):
    log = a_log(folder, clock, longest=timedelta(minutes=1))
    for hour in range(3):
        clock.at = NOON + timedelta(hours=hour)
        log.put("anna", "p-1", "cart", None, ALLOWED)
        log.flush()
    log.stop()
    for hour, path in enumerate(sorted(folder.iterdir())):
        os.utime(path, ((NOON + timedelta(hours=hour)).timestamp(),) * 2)
    size = sum(path.stat().st_size for path in decision_files(folder)[:2])

    found = DecisionFiles(folder, percent=100, most_read=size).of_pair("anna", "p-1", NOON - timedelta(days=1))

    assert found.allowed[Stage.CART].checks == 2
    assert found.since == NOON + timedelta(hours=1)


def test_what_another_process_wrote_into_a_file_that_is_not_read_makes_the_answer_younger(folder, clock):
    """The file that is read begins at noon; the one that is not has checks until one o'clock."""
    for name, last in (("other", NOON + timedelta(hours=1)), ("this", NOON + timedelta(hours=2))):
        log = a_log(folder / name, clock)
        log.put("anna", "p-1", "cart", None, ALLOWED)
        log.stop()
        (path,) = (folder / name).iterdir()
        os.utime(path.rename(folder / path.name.replace("-000001", f"-00000{len(name)}")), (last.timestamp(),) * 2)
        (folder / name).rmdir()
    size = decision_files(folder)[0].stat().st_size

    found = DecisionFiles(folder, percent=100, most_read=size).of_pair("anna", "p-1", NOON - timedelta(days=1))

    assert (found.allowed[Stage.CART].checks, found.since) == (1, NOON + timedelta(hours=1))


def test_what_is_not_on_record_is_not_zero(folder, clock):
    assert DecisionFiles(folder, percent=100).of_pair("anna", "p-1", NOON) is None

    log = a_log(folder, clock, percent=25)
    inside = next(f"p-{n}" for n in range(1_000) if is_sampled("anna", f"p-{n}", 25))
    outside = next(f"p-{n}" for n in range(1_000) if not is_sampled("anna", f"p-{n}", 25))
    log.put("anna", inside, "cart", None, ALLOWED)
    log.stop()

    assert DecisionFiles(folder, percent=25).of_pair("anna", inside, NOON).allowed[Stage.CART].checks == 1
    assert DecisionFiles(folder, percent=25).of_pair("anna", outside, NOON) is None


def test_a_line_that_was_cut_off_by_a_kill_spoils_nothing(folder, clock):
    log = a_log(folder, clock)
    log.put("anna", "p-1", "cart", None, ALLOWED)
    log.stop()
    (path,) = folder.iterdir()
    with path.open("ab") as file:
        file.write(b'{"at":"2026-03-01T12:00:00.000Z","sellerId":"anna","productId":"p-1","sta')

    assert DecisionFiles(folder, percent=100).of_pair("anna", "p-1", NOON).allowed[Stage.CART].checks == 1
