"""Verbs and misses have spans, cached checks have none, and no span tells what people wrote."""

import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from sellergate.adapters.tracing import OpenTelemetry
from sellergate.domain.errors import InvalidStatus, StoreUnavailable
from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import ConfigurationError, load_settings
from sellergate.wiring import assemble, prepare_database
from sellergate.wiring.tracing import check_tracing, tracing_of

SECRET_WORDS = "Do not tell anybody of this."
ANNA = Actor("user-anna", Role.SELLER, seller_id="anna")
ACME = Actor("user-acme", Role.SUPPLIER, supplier_id="acme")


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return OpenTelemetry(provider)


@pytest.fixture
def assembly(tmp_path, tracing):
    settings = load_settings(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
            "ENABLE_SELLER_AUTHORIZATION": "true",
            "PHASE9_ROLLOUT_PERCENTAGE": "100",
        }
    )
    prepare_database(settings)
    with assemble(settings, following=True, tracing=tracing) as assembly:
        with assembly.store.work() as work:
            from builders import a_product, a_seller, a_supplier

            work.directory.put_supplier(a_supplier())
            work.directory.put_seller(a_seller("anna"))
            work.directory.put_product(a_product("p-1"))
        yield assembly


def attributes(span):
    return {name.removeprefix("sellergate."): value for name, value in span.attributes.items()}


def test_a_verb_is_a_span_with_identifiers_and_nothing_that_somebody_wrote(assembly, exporter):
    record = assembly.workflow.request(ANNA, "p-1", justification=SECRET_WORDS)
    assembly.workflow.reject(ACME, record.id, SECRET_WORDS)

    request, reject = exporter.get_finished_spans()

    assert (request.name, reject.name) == ("authorization.request", "authorization.reject")
    assert attributes(request) == {"actor": "user-anna", "role": "seller", "seller": "anna", "product": "p-1"}
    assert attributes(reject) == {"actor": "user-acme", "role": "supplier", "authorization": record.id}
    assert SECRET_WORDS not in request.to_json() + reject.to_json()


def test_a_refusal_is_named_and_is_no_error(assembly, exporter):
    record = assembly.workflow.request(ANNA, "p-1")
    with pytest.raises(InvalidStatus):
        assembly.workflow.revoke(ACME, record.id, SECRET_WORDS)

    span = exporter.get_finished_spans()[-1]

    assert attributes(span)["error"] == "ERR_INVALID_STATUS"
    assert span.status.status_code is StatusCode.UNSET
    assert span.events == ()


@pytest.mark.parametrize(
    ("error", "name"),
    [(StoreUnavailable(SECRET_WORDS), "ERR_SERVICE_UNAVAILABLE"), (KeyError(SECRET_WORDS), "KeyError")],
)
def test_a_failure_is_an_error_without_its_words(tracing, exporter, error, name):
    with pytest.raises(type(error)), tracing.span("something"):
        raise error

    (span,) = exporter.get_finished_spans()
    assert (span.attributes["sellergate.error"], span.status.status_code) == (name, StatusCode.ERROR)
    assert SECRET_WORDS not in span.to_json()


def test_a_miss_is_a_span_and_a_cached_check_is_none(assembly, exporter):
    for _ in range(50):
        assembly.gate.check("anna", "p-1")
    spans = [span for span in exporter.get_finished_spans() if span.name == "gate.read"]
    assert len(spans) < 50  # memory is believed from the first heartbeat on
    assert attributes(spans[0]) == {"seller": "anna", "product": "p-1", "products": 1}

    assert assembly.gate.try_cached("anna", "p-1") is not None
    exporter.clear()
    for _ in range(50):
        assert assembly.gate.try_cached("anna", "p-1") is not None
    assert exporter.get_finished_spans() == ()

    assembly.gate.check("anna", "p-1", stage="settlement")
    assert [span.name for span in exporter.get_finished_spans()] == ["gate.read"]


def test_a_request_goes_on_the_callers_trace(tracing, exporter):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with tracing.request("POST", {"traceparent": parent}) as request, tracing.span("authorization.approve"):
        assert request.trace_id == "0af7651916cd43dd8448eb211c80319c"
        request.answered(200, "/api/{id}/approve")

    verb, server = exporter.get_finished_spans()
    assert (server.parent.span_id, server.kind) == (0xB7AD6B7169203331, SpanKind.SERVER)
    assert verb.parent.span_id == server.context.span_id
    assert server.attributes["http.route"] == "/api/{id}/approve"
    assert server.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "shop"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"},
    ],
)
def test_nobody_is_traced_who_does_not_ask(environ):
    assert tracing_of(environ) is None


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER=zipkin"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"),
    ],
)
def test_what_cannot_be_sent_as_asked_stops_the_start(environ, named):
    with pytest.raises(ConfigurationError, match=named):
        check_tracing(environ)


def test_without_the_extra_the_refusal_says_how_to_get_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "sellergate.adapters.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(ConfigurationError, match=r"sellergate\[otel\]"):
        check_tracing({"OTEL_TRACES_EXPORTER": "otlp"})
