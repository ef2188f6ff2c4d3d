"""``python -m nutrigraph``."""

from nutrigraph.cli import main

main()
