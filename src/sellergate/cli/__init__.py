"""The command line: the top floor, it wires and runs. One file per group of commands."""

from sellergate.cli.app import main

__all__ = ["main"]
