"""OpenTelemetry: our spans, sent by its SDK. Imported only where tracing is asked for: it belongs to the extra `otel`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sellergate.domain.errors import SellergateError
from sellergate.domain.gate import Facts
from sellergate.ports.stores import FactsReader
from sellergate.ports.tracing import Attribute, Trace

SERVER_ERROR = 500


class Noted:
    """A span of the SDK's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, **attributes: Attribute) -> None:
        """Say something of it; None says nothing."""
        for name, value in attributes.items():
            if value is not None:
                self._span.set_attribute(f"sellergate.{name}", value)


class Request(Noted):
    """The span of a request."""

    @property
    def trace_id(self) -> str:
        """The id of the whole trace."""
        return trace.format_trace_id(self._span.get_span_context().trace_id)

    def answered(self, status: int, route: str | None) -> None:
        """How it was answered, and by which route."""
        self._span.set_attribute("http.response.status_code", status)
        if route is not None:
            self._span.set_attribute("http.route", route)
        if status >= SERVER_ERROR or not status:
            self._span.set_status(Status(StatusCode.ERROR))


class OpenTelemetry:
    """Spans by a provider of the SDK's; what it still holds is sent when it stops."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("sellergate", version("sellergate"))
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, /, **attributes: Attribute) -> Iterator[Noted]:
        """A span while the block runs. Neither messages nor tracebacks of errors are sent: they may hold what people wrote."""
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            noted = Noted(span)
            noted.note(**attributes)
            try:
                yield noted
            except Exception as error:
                _note_error(span, error)
                raise

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[Request]:
        """A span while a request is answered, within the caller's."""
        with self._tracer.start_as_current_span(
            method,
            context=self._propagator.extract(
                {name: headers[name] for name in self._propagator.fields if name in headers}
            ),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield Request(span)

    def start(self) -> None:
        """Nothing: the SDK sends by itself."""

    def stop(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def otlp_provider(resource: Mapping[str, str]) -> TracerProvider:
    """A provider that sends over OTLP, set up by the OTEL_* variables of this process."""
    provider = TracerProvider(resource=Resource.create(resource), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _note_error(span: trace.Span, error: Exception) -> None:
    is_refusal = isinstance(error, SellergateError) and error.status < SERVER_ERROR
    span.set_attribute("sellergate.error", error.code if isinstance(error, SellergateError) else type(error).__name__)
    if not is_refusal:
        span.set_status(Status(StatusCode.ERROR))


class TracedReader:
    """A span for every time the gate asks the store: a miss, or a check that must not be answered from memory."""

    def __init__(self, inner: FactsReader, span: Trace) -> None:
        self._inner = inner
        self._span = span

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """As the store's."""
        product = product_ids[0] if len(product_ids) == 1 else None
        with self._span("gate.read", seller=seller_id, product=product, products=len(product_ids)):
            return self._inner.facts(seller_id, product_ids)
