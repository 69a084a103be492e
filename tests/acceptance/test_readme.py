"""The README is true: what it shows runs as it stands, and answers as it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from live import free_port

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_library_example_prints_what_the_readme_says(tmp_path):
    (program,) = blocks("python")

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"PATH": os.environ["PATH"]}, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip

    assert printed in blocks("text")
    assert len([line for line in program.splitlines() if line.strip()]) <= 10


def test_the_commands_run_from_top_to_bottom_and_answer_as_their_comments_say(tmp_path):
    (tmp_path / "orders.csv").write_text("seller_id,product_id\nben,mug\n")
    port = free_port()
    script = "\n".join(["set -eu", "trap 'kill $(jobs -p); wait' EXIT", *blocks("sh")])

    finished = subprocess.run(
        [shutil.which("bash"), "-c", script.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
        env={"PATH": f"{BIN}:{os.environ['PATH']}", "SELLERGATE_PORT": str(port)},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert finished.returncode == 0, finished.stderr
    rest = finished.stdout
    for promised in re.findall(r"# (\"\S+)", "".join(blocks("sh"))):
        found = promised.rstrip("…")
        assert found in rest, f"{promised} is not in {rest}"
        rest = rest.partition(found)[2]
    assert "1 of 1 running processes have applied it" in rest


def test_every_link_leads_to_a_file():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]

    assert links
    assert [link for link in links if not (Path(__file__).parents[2] / link).is_file()] == []
