"""A marketplace of its own, with live traffic and a rollout that moves; or the same in short, as a check."""

from sellergate.cli.demo.command import app

__all__ = ["app"]
