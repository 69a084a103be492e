"""The load test: a script for k6, which asks a running server as many marketplaces would."""
