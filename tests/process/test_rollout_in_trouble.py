"""What is wrong is really wrong here: a database that is far away, a cache that is killed, a marketplace without customers."""

from signal import SIGKILL

import pytest
from guarded import GuardedServer, Sales, metric
from live import until
from sqlalchemy import make_url

from servers.slow_path import SlowPath
from servers.valkey import ValkeyServer

TWELVE_MILLISECONDS = 0.012
RELATIVE_ERROR = 0.05
"""Of the histogram that latencies are kept in."""
SOME = 100

PLAN = """
name = "In a hurry"
zone = "UTC"
persist = "2 s"

[[steps]]
name = "half"
kind = "percentage"
percentage = 50
promotion = "automatic"
{step}

[[steps]]
name = "full"
kind = "full"
"""

SIGNED = """
[[steps.criteria]]
name = "go"
text = "Somebody has looked"
signed = true
"""

SLOW_MACHINE = """
[[steps.thresholds]]
metric = "gate_latency_p95"
investigate = "500 ms"
roll_back = "1 s"
"""


def test_a_database_twelve_milliseconds_away_is_rolled_back_by_the_seeds_limit(tmp_path, postgres_url):
    address = make_url(postgres_url)
    with SlowPath(address.port) as path:
        near = address.set(host="127.0.0.1", port=path.port).render_as_string(hide_password=False)
        with (
            GuardedServer(tmp_path, PLAN.format(step=SIGNED), near) as server,
            Sales(server.begin(), strict_every=50) as sales,
        ):
            server.until_verdict("CONTINUE")

            path.seconds = TWELVE_MILLISECONDS
            sales.strict_every = 2
            until(lambda: server.get()["phase"] == "off", within=120)

            (change, _) = server.get("/history")["items"]
            stored = server.get(f"/verdicts/{change['verdictId']}")
            assert (change["action"], change["actorId"], stored["verdict"]) == ("rollback", "controller", "ROLL_BACK")
            assert "P95" in change["reason"]
            latency = metric(stored["judgement"], "gate_latency_p95")
            assert latency["limits"]["rollBack"] == 0.010
            assert latency["value"] >= TWELVE_MILLISECONDS * (1 - RELATIVE_ERROR)
            assert metric(stored["judgement"], "error_rate")["verdict"] == "CONTINUE"
            assert server.get(f"/verdicts/{change['verdictId']}/replay")["isSame"]
        assert sales.failures == []


def test_a_cache_that_is_killed_is_looked_into_and_never_rolled_back_while_every_check_is_answered(
    tmp_path, postgres_url
):
    with (
        ValkeyServer() as valkey,
        GuardedServer(
            tmp_path,
            PLAN.format(step=SLOW_MACHINE + SIGNED),
            postgres_url,
            REDIS_URL=valkey.url,
            SELLERGATE_CACHE_SIZE="1",  # so that it is Redis that answers
        ) as server,
        Sales(server.begin()) as sales,
    ):
        server.until_verdict("CONTINUE")
        before = set(sales.said)

        valkey.stop(SIGKILL)
        hits = metric(server.until_verdict("INVESTIGATE"), "cache_hit_rate")
        server.post("/criteria/go/sign", note="Nothing else is in the way.")
        server.until_controlled(3)  # longer than it has to last

        assert (hits["verdict"], hits["value"] < 0.70) == ("INVESTIGATE", True)
        said = server.get()
        assert (said["step"], said["verdict"]["verdict"]) == ("half", "INVESTIGATE")
        assert {criterion["state"] for criterion in said["criteria"]} == {"met"}
        assert server.moves == [("promote", "admin-1", "half")]

        valkey.start()
        answered = sales.hits
        until(lambda: sales.hits > answered + SOME)
    assert sales.failures == []
    assert sales.said == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_silence_neither_promotes_nor_rolls_back_and_is_all_that_stands_in_the_way(tmp_path, database_url):
    plan = PLAN.format(step='minimum_duration = "3 s"' + SLOW_MACHINE)
    with GuardedServer(tmp_path, plan, database_url) as server:
        server.begin()
        until(lambda: server.get()["next"]["earliest"] is None)
        until(lambda: metric(server.get()["verdict"], "error_rate")["state"] == "no_traffic")
        server.until_controlled(3)

        said = server.get()
        assert (said["step"], said["verdict"]["verdict"]) == ("half", "NOT_ENOUGH_DATA")
        assert "nothing was checked" in said["verdict"]["sentence"]
        assert [each["state"] for each in said["verdict"]["metrics"][:3]] == ["no_traffic"] * 3
        assert server.moves == [("promote", "admin-1", "half")]

        with Sales(server):
            until(lambda: server.get()["step"] == "full", within=120)
        assert server.moves[0] == ("promote", "controller", "full")
