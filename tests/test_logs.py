"""Log lines: one form for all of them, and no secret in any."""

import contextlib
import io
import json
import logging
import os
import sys

import pytest
import structlog

from sellergate.logs import configure_logs
from sellergate.settings import LogSettings

TOKEN = "eyJ.a-token"


def fail_with(token):
    header = f"Bearer {token}"
    raise ValueError(f"a header of {len(header)} characters")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_variables(form, capsys):
    configure_logs(LogSettings(format=form))

    try:
        fail_with(TOKEN)
    except ValueError:
        structlog.get_logger().exception("it.failed")
        logging.getLogger("uvicorn.error").exception("it failed as well")

    written = capsys.readouterr().err
    assert written.count("a header of 18 characters") >= 2
    assert TOKEN not in written


def test_json_lines_are_json_whoever_writes_them(capsys):
    configure_logs(LogSettings(format="json"))

    structlog.get_logger().info("one", status=200)
    logging.getLogger("some.library").warning("two")

    one, two = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (one["event"], one["level"], one["status"]) == ("one", "info", 200)
    assert (two["event"], two["level"]) == ("two", "warning")
    assert one["timestamp"].endswith("Z")


def test_what_is_less_severe_than_the_level_is_left_out(capsys):
    configure_logs(LogSettings(level="error"))

    structlog.get_logger().warning("quiet")

    assert capsys.readouterr().err == ""


@contextlib.contextmanager
def a_pipe_nobody_reads():
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb", buffering=0) as pipe, io.TextIOWrapper(pipe, write_through=True) as text:
        yield text


@contextlib.contextmanager
def what_is_closed():
    with io.StringIO() as closed:
        pass
    yield closed


@pytest.mark.parametrize("broken", [a_pipe_nobody_reads, what_is_closed, contextlib.nullcontext])
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(broken, monkeypatch, capsys):
    with broken() as stderr, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stderr)
        configure_logs(LogSettings())
        structlog.get_logger().info("lost")
        logging.getLogger("uvicorn.error").error("lost as well")

    structlog.get_logger().info("written")

    written = capsys.readouterr()
    assert "written" in written.err
    assert written.out == ""
