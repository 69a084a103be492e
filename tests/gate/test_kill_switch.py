"""A file that switches everything off."""

import time

import pytest
from gate_world import A_WHILE

from sellergate.adapters.kill_switch import KillSwitch


@pytest.fixture
def told():
    return []


@pytest.fixture
def switch(tmp_path, told):
    return KillSwitch(tmp_path / "stop", told.append)


def test_it_is_present_while_the_file_exists_whatever_is_in_it(switch, told):
    assert not switch.look()
    for content in ("", "false"):
        switch.path.write_text(content)
        assert switch.look()
        assert switch.look()
    switch.path.unlink()
    assert not switch.look()

    assert told == [True, False]


def test_a_file_that_cannot_be_seen_is_absent(tmp_path, told):
    (tmp_path / "file").touch()
    for path in (tmp_path / "missing" / "stop", tmp_path / "file" / "stop", tmp_path / ("x" * 300)):
        assert not KillSwitch(path, told.append).look()

    assert told == []


def test_a_folder_or_a_dangling_link_counts_as_well(switch):
    switch.path.symlink_to("nowhere")

    assert switch.look()


def test_it_is_looked_at_before_start_returns_and_again_by_itself(switch, told):
    switch.path.touch()
    switch.start()
    try:
        assert told == [True]
        switch.path.unlink()
        deadline = time.monotonic() + A_WHILE
        while switch.present and time.monotonic() < deadline:
            time.sleep(0.01)
        assert told == [True, False]
    finally:
        switch.stop()


def test_whoever_is_told_cannot_stop_it_from_looking(switch, tmp_path):
    def fails(_):
        raise RuntimeError

    switch = KillSwitch(tmp_path / "stop", fails)
    switch.start()
    try:
        switch.path.touch()
        deadline = time.monotonic() + A_WHILE
        while not switch.present and time.monotonic() < deadline:
            time.sleep(0.01)
        switch.path.unlink()
        while switch.present and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not switch.present
    finally:
        switch.stop()
