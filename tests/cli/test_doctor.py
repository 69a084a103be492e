"""The doctor says what holds, and of everything else what to do; it changes nothing."""

import sqlite3

import psycopg
import pytest

from sellergate.ports.survey import DatabaseSurvey, Examined, RedisSurvey
from sellergate.services.doctor import Doctor, Finding, database_part, redis_part
from servers.valkey import ValkeyServer


def by_check(answer):
    return {finding["check"]: finding for finding in answer["findings"]}


def failing(result):
    assert result.status == 1, result
    return {finding["check"]: finding for finding in result.json["findings"] if not finding["holds"]}


@pytest.fixture
def on_postgres(terminal, postgres_url):
    terminal.set("DATABASE_URL", postgres_url)
    return terminal


def test_a_new_embedded_database_is_well(terminal):
    terminal("migrate")

    answer = terminal.done("doctor")

    assert answer["holds"]
    assert {"database", "migrations", "queries", "totals", "feed", "kill switch", "tokens"} <= by_check(answer).keys()
    assert by_check(answer)["database"]["detail"].startswith("SQLite")


def test_a_server_is_well_and_its_bell_was_heard(on_postgres):
    answer = on_postgres.done("doctor")

    assert "PostgreSQL" in by_check(answer)["database"]["detail"]
    assert "came back in" in by_check(answer)["feed"]["detail"]
    assert "find their rows by an index" in by_check(answer)["queries"]["detail"]


def test_people_get_a_table(terminal):
    terminal("migrate")

    shown = terminal("doctor")

    assert shown.status == 0
    assert "migrations" in shown.out
    assert "FAILS" not in shown.out


def test_a_database_that_is_not_there_is_one_line_and_what_depends_on_it_is_left_out(terminal):
    terminal.set("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    found = failing(terminal("doctor", "--json"))

    assert found.keys() == {"database"}
    assert "DATABASE_URL" in found["database"]["advice"]


def test_a_missing_file_is_not_made_by_the_doctor(terminal):
    assert "no database" in failing(terminal("doctor", "--json"))["database"]["detail"]
    assert not (terminal.folder / "shop.db").exists()


def test_a_migration_that_is_missing_is_named_with_the_command(terminal):
    terminal("migrate")
    with sqlite3.connect(terminal.folder / "shop.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0002'")

    found = failing(terminal("doctor", "--json"))

    assert found["migrations"]["advice"] == "Run: sellergate migrate"


def test_a_missing_index_comes_with_the_statement_that_makes_it_and_which_works(on_postgres, postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP INDEX ix_authorizations_lapsing")

        advice = failing(on_postgres("doctor", "--json"))["queries"]["advice"]
        for statement in advice.split("; "):
            connection.execute(statement)

    assert "CREATE INDEX CONCURRENTLY ix_authorizations_lapsing" in advice
    assert on_postgres.done("doctor")["holds"]


def test_totals_that_are_wrong_are_put_right_by_the_command_it_names(terminal):
    terminal.fill()
    with sqlite3.connect(terminal.folder / "shop.db") as connection:
        connection.execute(
            "INSERT INTO authorization_tallies (supplier_id, status, number) VALUES ('acme', 'EXPIRED', 2)"
        )

    assert "migrate --recount" in failing(terminal("doctor", "--json"))["totals"]["advice"]
    terminal("migrate", "--recount")

    assert terminal.done("doctor")["holds"]


def test_more_connections_than_the_server_takes_are_too_many(on_postgres):
    on_postgres.set("SELLERGATE_DB_POOL_SIZE", 200)

    assert "max_connections" in failing(on_postgres("doctor", "--json"))["connections"]["advice"]


def test_a_replica_that_is_gone_is_said(on_postgres):
    on_postgres.set("DATABASE_REPLICA_URL", "postgresql://nobody@127.0.0.1:1/none")

    assert failing(on_postgres("doctor", "--json")).keys() == {"replica"}


def test_a_kill_switch_that_is_thrown_does_not_hold(terminal):
    terminal("migrate")
    terminal.set("SELLERGATE_KILL_SWITCH_FILE", terminal.file("KILL", ""))

    assert failing(terminal("doctor", "--json")).keys() == {"kill switch"}


def test_redis_says_its_version_and_what_it_does_when_full(terminal):
    terminal("migrate")
    with ValkeyServer() as server:
        terminal.set("REDIS_URL", server.url)
        answer = by_check(terminal.done("doctor"))
    gone = failing(terminal("doctor", "--json"))

    assert answer["redis"]["detail"].startswith("Valkey")
    assert "without a limit" in answer["memory of Redis"]["detail"]
    assert gone.keys() == {"redis"}


SURVEY = DatabaseSurvey(engine="PostgreSQL", version="18", connections=100)


class Well:
    """A database that is well."""

    def __init__(self, survey=SURVEY, examined=(), rings=0.001):
        self._survey, self._examined, self._rings = survey, examined, rings

    def survey(self):
        return self._survey

    def migrations(self):
        return "0005", "0005"

    def examine(self):
        return iter(self._examined)

    def miscounted(self):
        return 0

    def ring(self):
        return self._rings

    def replica_health(self):
        return None


def failures(*parts):
    return [finding.check for finding in Doctor(parts).findings() if not finding.holds]


@pytest.mark.parametrize(("seconds", "fails"), [(1.0, False), (-1.0, False), (1.1, True), (-1.1, True)])
def test_clocks_may_differ_by_a_second(seconds, fails):
    survey = DatabaseSurvey(engine="PostgreSQL", version="18", ahead_seconds=seconds)

    assert failures(database_part(Well(survey), connections_needed=1)) == (["clock of the database"] if fails else [])


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        ({"ahead_seconds": 3.0}, "clock of Redis"),
        ({"max_memory": 1 << 20}, "memory of Redis"),
        ({"round_trip_seconds": 0.06}, "redis"),
    ],
)
def test_a_redis_that_would_do_harm_does_not_hold(facts, check):
    given = {
        "version": "Redis 7",
        "round_trip_seconds": 0.001,
        "ahead_seconds": 0.0,
        "max_memory": 0,
        "policy": "noeviction",
    }

    assert failures(redis_part(lambda: RedisSurvey(**{**given, **facts}))) == [check]


def test_what_goes_wrong_in_a_check_is_a_finding():
    assert failures(database_part(Well(None), connections_needed=1)) == ["database"]
    assert failures(database_part(Well(rings=0.2), connections_needed=1)) == ["feed"]
    assert failures(database_part(Well(examined=[Examined("inbox", "slow")]), connections_needed=1)) == ["queries"]


def test_a_finding_that_holds_may_have_advice():
    assert failures([lambda: Finding(check="x", holds=True, detail="fine", advice="Do it anyway.")]) == []
