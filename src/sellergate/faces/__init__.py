"""The ways in: HTTP and its formats. Thin: parse, call a service, shape the answer."""
