"""Measurements out of a Prometheus: of what it really scraped, and of answers made by hand where time would have to pass."""

import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from builders import NOON
from measured import everything
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.promql import HOURS_BY, PromqlWindows
from sellergate.domain.gate import DECISIONS, Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, MICROSECOND, MILLISECOND
from sellergate.domain.measurements import Counted, aligned
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.measurements import SourceUnreadable
from sellergate.services.counting import OFFSETS, Counters, Meter
from servers.prometheus import Prometheus

SECOND = timedelta(seconds=1)
A_WHILE = 30
BY_REASON = {decision.reason: decision for decision in DECISIONS}


class Answering:
    """An HTTP server of this process; `answer(path, form)` says what."""

    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._reply("")

            def do_POST(self):
                self._reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _reply(self, body):
                status, content = answer(self, {name: values[0] for name, values in parse_qs(body).items()})
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.address}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


class Process:
    """Counters with a /metrics page, as a process of ours has them."""

    def __init__(self):
        self.begin()

    def begin(self):
        """A new process in the place of the old one."""
        self.counters = Counters()
        self.metrics = GateMetrics(
            CollectorRegistry(),
            take=Meter(self.counters).take,
            rollout=lambda: RolloutState(phase=Phase.FULL, percentage=100),
            lag_seconds=lambda: 0.0,
            pool_in_use=lambda: 0.25,
        )

    def count(self, times, stage="cart", mode=Mode.ENFORCED, reason=Reason.APPROVED, *, hit=True, ns=20 * MICROSECOND):
        for _ in range(times):
            self.counters.local.cells.count(stage, OFFSETS[mode] + BY_REASON[reason].index, hit, ns)

    def page(self, *_):
        return 200, self.metrics.exposition()


def wait_until(holds):
    deadline = time.monotonic() + A_WHILE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def scraped(prometheus, checks):
    """Wait until Prometheus has seen so many checks."""

    def holds():
        found = prometheus.query('sum(seller_auth_gate_checks_total{decision!="bypass"})')
        return bool(found) and float(found[0]["value"][1]) == checks

    wait_until(holds)


def next_second():
    """Wait for it; it is the answer. What was scraped before it has a value there."""
    second = aligned(datetime.now(UTC), 1) + SECOND
    wait_until(lambda: datetime.now(UTC) > second)
    return second


def read(prometheus, since, **facts):
    """Everything up to the end of the second in which it was asked for, second by second."""
    return PromqlWindows(prometheus.url, **facts).windows(1, since, next_second())


def test_what_a_real_prometheus_has_scraped_is_what_was_counted():
    process = Process()
    with Answering(process.page) as target, Prometheus(target.address) as prometheus:
        scraped(prometheus, 0)
        since = next_second()
        process.count(90, ns=5 * MILLISECOND)
        process.count(5, "order", reason=Reason.REVOKED, hit=False, ns=6 * MILLISECOND)
        process.count(2, "settlement", reason=Reason.CHECK_FAILED, hit=None, ns=20_000 * MILLISECOND)
        process.count(3, mode=Mode.SHADOW, reason=Reason.NO_AUTHORIZATION, hit=False)
        process.counters.local.cells.unasked["cart"][OFFSETS[Mode.BYPASSED] + BY_REASON[Reason.BYPASSED].index] += 7
        scraped(prometheus, 100)
        windows = read(prometheus, since)
        others = read(prometheus, since, match='job="another"')
        minutes = PromqlWindows(prometheus.url).windows(60, since - timedelta(days=30), since - timedelta(days=29))

    counts, latencies, _ = everything(windows)
    decided = {}
    for key, times in counts.items():
        decided[key[:3]] = decided.get(key[:3], 0) + times
    assert decided == {
        (Stage.CART, Mode.ENFORCED, Reason.APPROVED): 90,
        (Stage.ORDER, Mode.ENFORCED, Reason.NO_AUTHORIZATION): 5,
        (Stage.SETTLEMENT, Mode.ENFORCED, Reason.CHECK_FAILED): 2,
        (Stage.CART, Mode.SHADOW, Reason.NO_AUTHORIZATION): 3,
        (Stage.CART, Mode.BYPASSED, Reason.BYPASSED): 7,
    }
    assert (sum(each.cache_hits for each in windows), sum(each.asked_caches for each in windows)) == (90, 98)
    assert latencies == {
        EDGES.index(5 * MILLISECOND): 90,
        EDGES.index(10 * MILLISECOND): 5,
        EDGES.index(25 * MICROSECOND): 3,
        len(EDGES): 2,
    }
    assert sum(each.slower_than(5 * MILLISECOND) for each in windows) == 7
    assert {(each.processes, each.seconds) for each in windows} == {(1, 1)}
    assert 0.25 in {each.pool_in_use for each in windows}
    assert others == minutes == []


def test_a_process_that_begins_again_at_zero_is_counted_on_from_there():
    process = Process()
    with Answering(process.page) as target:
        process.count(1000)
        with Prometheus(target.address) as prometheus:
            scraped(prometheus, 1000)
            since = next_second()
            process.count(50)
            scraped(prometheus, 1050)
            next_second()
            process.begin()
            process.count(30)
            scraped(prometheus, 30)
            windows = read(prometheus, since)

    assert sum(each.checks for each in windows) == 80


def matrix(*series):
    data = {"resultType": "matrix", "result": [{"metric": labels, "values": values} for labels, values in series]}
    return msgspec.json.encode({"status": "success", "data": data})


def checks(*values, decision="allow", instance="a"):
    """A series of checks with a value every ten seconds from noon on; None is where it has none."""
    labels = {
        "__name__": "seller_auth_gate_checks_total",
        "stage": "cart",
        "decision": decision,
        "shadow": "false",
        "instance": instance,
    }
    points = [[NOON.timestamp() + 10 * n, str(value)] for n, value in enumerate(values) if value is not None]
    return labels, points


def read_from(*series, seconds=10, until=NOON + 60 * SECOND):
    def answer(_, form):
        return 200, matrix(*series) if "max_over_time" not in form["query"] else matrix()

    with Answering(answer) as prometheus:
        return PromqlWindows(prometheus.url).windows(seconds, NOON, until)


def test_every_process_is_its_own_series_and_what_one_shows_first_is_where_it_begins():
    windows = read_from(checks(100, 103, 103, 2), checks(None, 50, 51, 60, instance="b"))

    assert [(each.start - NOON, each.checks, each.processes) for each in windows] == [
        (0 * SECOND, 3, 1),
        (10 * SECOND, 1, 2),
        (20 * SECOND, 11, 2),
    ]


def test_what_was_counted_over_a_gap_stands_where_it_came_to_light():
    windows = read_from(checks(1, None, None, None, 9))

    assert [(each.start - NOON, each.checks) for each in windows] == [(30 * SECOND, 8)]


def test_hours_are_made_of_shorter_steps():
    asked = []

    def answer(_, form):
        asked.append(float(form["step"]))
        name = {"__name__": "seller_auth_gate_checks_total", "stage": "cart", "decision": "allow", "shadow": "true"}
        points = [[NOON.timestamp() + HOURS_BY * n, str(n)] for n in range(25)]
        return 200, matrix((name, points)) if "max_over_time" not in form["query"] else matrix()

    with Answering(answer) as prometheus:
        hours = PromqlWindows(prometheus.url).windows(3600, NOON, NOON + timedelta(hours=2))

    assert [(each.start - NOON, each.seconds, each.checks) for each in hours] == [
        (timedelta(), 3600, 12),
        (timedelta(hours=1), 3600, 12),
    ]
    assert set(asked) == {HOURS_BY}


def test_a_long_span_is_asked_for_in_parts_that_prometheus_gives():
    spans = []

    def answer(_, form):
        spans.append((float(form["start"]), float(form["end"])))
        return 200, matrix()

    with Answering(answer) as prometheus:
        PromqlWindows(prometheus.url).windows(10, NOON, NOON + timedelta(days=1))

    assert max(end - start for start, end in spans) <= 10 * 10_999
    assert (spans[0][0], spans[-1][1]) == (NOON.timestamp(), NOON.timestamp() + 86_400)
    assert {end for _, end in spans} - {start for start, _ in spans} == {spans[-1][1]}


def test_which_checks_were_hits_is_right_in_sum():
    def cache(result, *values, tier="local"):
        points = [[NOON.timestamp() + 10 * n, str(value)] for n, value in enumerate(values)]
        return {"__name__": "seller_auth_cache_requests_total", "tier": tier, "result": result}, points

    (window,) = read_from(
        checks(0, 6),
        checks(0, 2, decision="error"),
        checks(0, 9, decision="bypass"),
        cache("hit", 0, 4),
        cache("miss", 0, 3),
        cache("hit", 0, 1, tier="redis"),
        cache("miss", 0, 2, tier="redis"),
    )

    assert (window.checks, window.errors, window.cache_hits, window.asked_caches, window.shared_hits) == (8, 2, 5, 7, 1)
    assert window.counts[Counted(Stage.CART, Mode.BYPASSED, Reason.BYPASSED, None)] == 9


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, b"{}"),
        (302, b""),
        (200, b"not JSON"),
        (200, b'{"status": "error"}'),
        (200, b'{"data": {"resultType": "vector", "result": []}}'),
        (200, matrix(({"__name__": "seller_auth_gate_checks_total"}, [[0, "1"], [10, "2"]]))),
        (200, matrix(({**checks()[0], "decision": "perhaps"}, [[0, "1"], [10, "2"]]))),
        (200, matrix(({**checks()[0]}, [[0, "1"], [10, "NaN"]]))),
    ],
    ids=["500", "redirect", "no JSON", "no data", "no matrix", "no labels", "unknown label", "no number"],
)
def test_whatever_is_no_answer_is_unreadable_and_not_empty(status, content):
    with Answering(lambda *_: (status, content)) as prometheus, pytest.raises(SourceUnreadable):
        PromqlWindows(prometheus.url).windows(10, NOON, NOON + 60 * SECOND)


def test_a_prometheus_that_does_not_answer_in_time_is_unreadable():
    answering = threading.Event()

    def answer(*_):
        answering.wait(A_WHILE)
        return 200, matrix()

    with Answering(answer) as prometheus:
        with pytest.raises(SourceUnreadable, match="ReadTimeout"):
            PromqlWindows(prometheus.url, timeout_seconds=0.2).windows(10, NOON, NOON + 60 * SECOND)
        answering.set()


def test_a_prometheus_that_is_not_there_is_unreadable():
    with pytest.raises(SourceUnreadable, match="ConnectError"):
        PromqlWindows("http://127.0.0.1:1").windows(10, NOON, NOON + 60 * SECOND)


def test_the_password_in_the_address_is_sent_and_never_shown():
    seen = []

    def answer(request, _):
        seen.append(request.headers["Authorization"])
        return 403, b""

    with Answering(answer) as prometheus:
        windows = PromqlWindows(prometheus.url.replace("http://", "http://me:secret@"))
        with pytest.raises(SourceUnreadable) as refused:
            windows.windows(10, NOON, NOON + 60 * SECOND)

    assert seen == ["Basic bWU6c2VjcmV0"]
    assert "secret" not in f"{refused.value} {refused.value.__cause__}"
