"""The demo: its check passes, and it leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import httpx

CHECK_WITHIN_SECONDS = 120


def demo(folder, *arguments, **options):
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "sellergate", "demo", "--port", "0", *arguments],
        env=environ, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def as_pasted(guide, path):
    """The JSON of the printed curl line for `path`, run by a shell with the printed tokens."""
    tokens = "\n".join(line.strip() for line in guide.splitlines() if re.match(r"  [A-Z]+=", line))
    curl = next(line.strip() for line in guide.splitlines() if "curl" in line and path in line)
    answer = subprocess.run(["sh", "-c", f"{tokens}\n{curl}"], capture_output=True, check=True, timeout=30)
    return json.loads(answer.stdout)


def test_the_check_ticks_every_step_and_ends_well(tmp_path):
    with demo(tmp_path, "--check") as process:
        out, err = process.communicate(timeout=CHECK_WITHIN_SECONDS)

    assert process.returncode == 0, out + err
    assert out.count("✓") == 22
    assert "✗" not in out
    assert err == ""
    assert list(tmp_path.iterdir()) == []


def test_the_demo_says_what_to_open_and_ends_cleanly_when_told_to(tmp_path):
    with demo(tmp_path) as process:
        said = []
        deadline = time.monotonic() + CHECK_WITHIN_SECONDS
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C ends it." in line:
                break
            assert time.monotonic() < deadline
        guide = "".join(said)
        health = httpx.get(re.search(r"http://\S+/health/detailed", guide).group()).json()
        console = httpx.get(re.search(r"http://\S+/demo/sign-in/operator", guide).group(), follow_redirects=True)
        rolled_back = as_pasted(guide, "/rollout/rollback")
        process.send_signal(signal.SIGTERM)
        rest, err = process.communicate(timeout=30)

    assert console.url.path == "/o/rollout"
    assert "Rollout" in console.text
    assert health["rollout"]["phase"] == "shadow"
    assert rolled_back["phase"] == "off"
    assert (process.returncode, err) == (0, "")
    assert "The demo is over." in rest
    assert list(tmp_path.iterdir()) == []
