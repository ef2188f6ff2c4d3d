"""The errors of Nutrigraph, in one tree.

::

    NutrigraphError
    ├── UsageError          what was asked for is not there or makes no sense
    │   ├── UnknownName     no entity, document, query or predicate of that name
    │   └── QueryError      SPARQL that cannot be read, or that is refused
    ├── StoreError          a store that is missing, is no store, is locked or cannot be written
    └── InputError          a file of the ontology that says something wrong
        └── CheckFailed     one or more findings of the checks

`RetiredName` is a warning, since the question is answered.

Each message names the thing, the place and the fix. ``exit_code`` is what the command line ends
with: 2 for bad usage, 1 for a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class NutrigraphError(Exception):
    """Anything that goes wrong for a reason that a user can mend."""

    exit_code = 2


class UsageError(NutrigraphError):
    """What was asked for is not there or makes no sense."""


class UnknownName(UsageError):
    """No thing of that name; ``nearest`` holds the names that come nearest."""

    def __init__(self, kind: str, name: str, nearest: Sequence[str] = ()) -> None:
        """Name the kind of thing, the name that was given and the nearest names."""
        self.kind, self.name, self.nearest = kind, name, tuple(nearest)
        hint = (
            f"nearest: {', '.join(self.nearest)}"
            if self.nearest
            else "nothing is near: give a label, a synonym, a CURIE or an IRI"
        )
        super().__init__(f"unknown {kind} {name!r} ({hint})")


class RetiredName(UserWarning):
    """A name stands for something that is no longer used: what replaces it was taken."""


class QueryError(UsageError):
    """SPARQL that cannot be read, or that is refused."""


class StoreError(NutrigraphError):
    """A store that is missing, is no store, is locked or cannot be written."""


class InputError(NutrigraphError):
    """A file that says something wrong; ``place`` is the file, with a line where one is known."""

    exit_code = 1

    def __init__(self, place: str, message: str) -> None:
        """Name the place and what is wrong with it."""
        self.place = place
        super().__init__(f"{place}: {message}")


class CheckFailed(InputError):
    """One or more findings; ``findings`` holds their messages."""

    def __init__(self, place: str, findings: Sequence[str]) -> None:
        """Name the place and list the findings."""
        self.findings = tuple(findings)
        more = f" (and {len(findings) - 1} more: run `nutrigraph check`)" if findings[1:] else ""
        super().__init__(place, f"{findings[0]}{more}")
