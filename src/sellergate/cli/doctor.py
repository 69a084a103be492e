"""Looking whether everything is as it should be."""

from typing import Annotated

import typer

from sellergate.cli.output import note, progress, show_json, show_table
from sellergate.services.doctor import Doctor, Finding
from sellergate.settings import load_settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def doctor(as_json: AsJson = False) -> None:
    """Check database, migrations, queries, feed, Redis, clocks and settings; the exit status is 1 when something does not hold.

    Nothing is changed. Each line that does not hold says what to do about it.
    """
    from sellergate.cli.checks import parts  # it brings the libraries of all servers along

    findings: list[Finding] = []
    with parts(load_settings()) as checks, progress("Looking", None) as advance:
        for finding in Doctor(checks).findings():
            findings.append(finding)
            advance(len(findings))
    if as_json:
        show_json({"holds": all(finding.holds for finding in findings), "findings": [_facts(one) for one in findings]})
    else:
        rows = ((one.check, "ok" if one.holds else "FAILS", one.detail, one.advice) for one in findings)
        show_table(["what", "holds", "found", "to do"], rows)
    failing = sum(not finding.holds for finding in findings)
    if failing:
        if not as_json:
            note(f"{failing} of {len(findings)} do not hold.")
        raise typer.Exit(1)


def _facts(finding: Finding) -> dict[str, object]:
    return {"check": finding.check, "holds": finding.holds, "detail": finding.detail, "advice": finding.advice}
