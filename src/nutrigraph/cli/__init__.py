"""The command line. Each command is thin: it asks the graph and prints what it answers."""

from nutrigraph.cli import changes, encoding, evidence, importing, reading, serving, writing
from nutrigraph.cli.base import main

__all__ = [
    "changes",
    "encoding",
    "evidence",
    "importing",
    "main",
    "reading",
    "serving",
    "writing",
]
