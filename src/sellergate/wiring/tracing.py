"""Whether traces are asked for, by the variables every OpenTelemetry SDK knows, and what sends them."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from sellergate.ports.stores import FactsReader
from sellergate.settings import ConfigurationError

if TYPE_CHECKING:  # a process without tracing does not wait for its library, which may not be there
    from sellergate.adapters.tracing import OpenTelemetry

EXPORTER: Final = "OTEL_TRACES_EXPORTER"
ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
OVER_HTTP: Final = "http/protobuf"


def tracing_of(environ: Mapping[str, str]) -> "OpenTelemetry | None":
    """What sends traces; None where nobody asks for them. Raises ConfigurationError as `check_tracing` does.

    Its exporter and its sampler read the environment of the process themselves, as the SDK documents.
    """
    if not check_tracing(environ):
        return None
    from sellergate.adapters.tracing import OpenTelemetry, otlp_provider

    named = {} if environ.get("OTEL_SERVICE_NAME") else {"service.name": "sellergate"}
    return OpenTelemetry(otlp_provider(named))


def check_tracing(environ: Mapping[str, str]) -> bool:
    """Whether traces are asked for. Raises ConfigurationError where they are and cannot be sent as asked."""
    asked = why_traced(environ)
    if asked is None:
        return False
    try:
        import_module("sellergate.adapters.tracing")
    except ImportError as error:
        raise ConfigurationError(*asked, "traces need an extra: pip install 'sellergate[otel]'") from error
    return True


def why_traced(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that asks for traces, and its value; None where none does. Raises ConfigurationError for ways we do not send."""
    exporter = environ.get(EXPORTER, "").strip()
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return None
    if exporter not in ("", "otlp"):
        raise ConfigurationError(EXPORTER, exporter, "allowed is otlp or none")
    set_endpoints = [(name, environ[name].strip()) for name in ENDPOINTS if environ.get(name, "").strip()]
    asked = set_endpoints[0] if set_endpoints else ((EXPORTER, exporter) if exporter else None)
    if asked is not None:
        _check_protocol(environ)
    return asked


def _check_protocol(environ: Mapping[str, str]) -> None:
    for name in PROTOCOLS:
        protocol = environ.get(name, "").strip()
        if protocol:
            if protocol != OVER_HTTP:
                raise ConfigurationError(name, protocol, f"allowed is {OVER_HTTP}")
            return


def traced(reader: FactsReader, tracing: "OpenTelemetry") -> FactsReader:
    """The reader, with a span for each time it is asked."""
    from sellergate.adapters.tracing import TracedReader

    return TracedReader(reader, tracing.span)
