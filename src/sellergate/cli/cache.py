"""What processes share: filling it in advance."""

from typing import TYPE_CHECKING, Annotated

import typer

from sellergate.cli.opening import CommandError, services
from sellergate.cli.output import progress, say, show_json
from sellergate.ports.counts import SharedPut
from sellergate.settings import ConfigurationError
from sellergate.wiring import Assembly

if TYPE_CHECKING:  # no other command waits for its library
    from sellergate.adapters.redis_tier import RedisTier

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Limit = Annotated[int, typer.Option("--limit", metavar="PAIRS", min=1, help="How many pairs at most.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """The cache in Redis, which all processes share."""


@app.command()
def warm(limit: Limit = 100_000, as_json: AsJson = False) -> None:
    """Read the authorizations of the busiest sellers into Redis.

    Busiest are those with the most recent requests, answers and other moves: checks are not kept, so a seller who sells much
    and asks little comes late. The exit status is 1 when Redis does not take everything.
    """
    with services() as assembly:
        pairs, stored = _warmed(assembly, _redis(assembly), limit)
    if as_json:
        show_json({"pairs": pairs, "stored": stored})
    else:
        say(f"{stored} of {pairs} pairs are in Redis.")
    if stored < pairs:
        raise typer.Exit(1)


def _redis(assembly: Assembly) -> "RedisTier":
    from sellergate.adapters.redis_tier import State

    redis = assembly.redis
    if redis is None:
        raise ConfigurationError("REDIS_URL", "", "set the URL of the Redis to warm")
    redis.probe()
    if redis.state is not State.CLOSED:
        raise CommandError(f"Redis does not answer: {redis.health()['lastError']}")
    return redis


def _warmed(assembly: Assembly, redis: "RedisTier", limit: int) -> tuple[int, int]:
    batches = assembly.warming.plan(limit)
    total = sum(len(batch.product_ids) for batch in batches)
    with progress("Warming", total) as advance:
        for done in assembly.warming.run(batches):
            advance(done)
    return total, redis.puts().get(SharedPut.OK, 0)
