"""promtool: found, and made to prove rules by their own series."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sellergate.adapters.monitoring.proofs import Proof
from sellergate.adapters.monitoring.rules import RUNBOOK, Rule, rule_file

TIMEOUT_SECONDS: Final = 120


class ProofFailed(Exception):
    """promtool is not there, or a rule does not do what it must; the message says which and what was found instead."""


def find_promtool() -> Path:
    """The program. Raises ProofFailed with what installs it."""
    found = shutil.which("promtool")
    if found is None:
        raise ProofFailed("promtool is not installed; it comes with Prometheus. Install it: apt-get install prometheus")
    return Path(found)


def version_of(program: Path) -> str:
    """What it calls itself, as `promtool 2.42.0`."""
    said = _run(program, "--version").split()
    return f"promtool {said[2].split('+')[0]}" if len(said) > 2 else "promtool"


def prove(program: Path, rules: Sequence[Rule]) -> int:
    """Show that every rule fires when it must, and is silent otherwise; the answer is how many courses of things were played.

    Raises ProofFailed.
    """
    with tempfile.TemporaryDirectory(prefix="sellergate-rules-") as folder:
        tests = [_written(rule, Path(folder)) for rule in rules]
        _run(program, "check", "rules", *(str(Path(folder, f"{rule.name}.json")) for rule in rules))
        _run(program, "test", "rules", *tests)
    return sum(len(rule.proofs) for rule in rules)


def _written(rule: Rule, folder: Path) -> str:
    """A file for each rule: what a rule needs, it is evaluated with."""
    file, test = (folder / f"{rule.name}{suffix}.json" for suffix in ("", ".test"))
    file.write_text(json.dumps(rule_file([rule], runbook=RUNBOOK)), encoding="utf-8")
    test.write_text(json.dumps(test_file(rule, file)), encoding="utf-8")
    return str(test)


def test_file(rule: Rule, file: Path) -> dict[str, Any]:
    """The rule's proofs as promtool reads them."""
    return {
        "rule_files": [str(file)],
        "evaluation_interval": f"{rule.proofs[0].every}m",
        "tests": [_test(rule, proof) for proof in rule.proofs],
    }


def _test(rule: Rule, proof: Proof) -> Mapping[str, Any]:
    moments = [
        *((place, "firing") for place in proof.firing),
        *((place, "pending") for place in proof.pending),
        *((place, None) for place in proof.silent),
    ]
    return {
        "name": f"{rule.name}: {proof.story}",
        "interval": f"{proof.every}m",
        "input_series": [{"series": name, "values": values} for name, values in proof.series.items()],
        "promql_expr_test": [
            {
                "expr": f'ALERTS{{alertname="{rule.name}"}}',
                "eval_time": f"{place * proof.every}m",
                "exp_samples": [] if state is None else [{"labels": _alert(rule, proof, state), "value": 1}],
            }
            for place, state in sorted(moments, key=lambda moment: moment[0])
        ],
    }


def _alert(rule: Rule, proof: Proof, state: str) -> str:
    labels = {"alertname": rule.name, "alertstate": state, **rule.labels, **proof.labels}
    return f"ALERTS{{{', '.join(f'{name}={json.dumps(value)}' for name, value in labels.items())}}}"


def _run(program: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            [str(program), *arguments], capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProofFailed(f"{program} cannot be run: {error}") from error
    said = f"{done.stdout}\n{done.stderr}"
    if done.returncode:
        raise ProofFailed(_failure(said))
    return said


def _failure(said: str) -> str:
    """Which rules are at fault, and the beginning of what was found instead."""
    names = dict.fromkeys(re.findall(r'alertname=\\"(\w+)\\"', said))
    found = " ".join(said.rpartition("FAILED:")[2].split()) if names else " ".join(said.split())
    return f"{', '.join(names)}: {found[:500]}" if names else found[-500:]
