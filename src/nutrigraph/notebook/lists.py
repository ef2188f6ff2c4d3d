"""Lists of claims and of candidates that show themselves as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from nutrigraph.cells import frame
from nutrigraph.notebook.cards import card

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from nutrigraph.content import Content
    from nutrigraph.model import Claim
    from nutrigraph.paths.discover import Candidate

_SHOWN: Final = 20
"""Rows that a notebook shows of a long list."""


class Printer(Protocol):
    """What Jupyter gives a thing to print itself on."""

    def text(self, text: str) -> None:
        """Print a text."""


class _Listed:
    """A list that Jupyter shows as it wants to be: else it prints every item beside that."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        raise NotImplementedError

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        """Print what the list shows as plain text."""
        printer.text("..." if cycle else self._repr_mimebundle_()["text/plain"])


class Claims(_Listed, list["Claim"]):
    """Claims in reading order: a list that shows itself as a table."""

    def __init__(self, claims: Iterable[Claim], content: Content) -> None:
        """Hold claims of what a graph holds."""
        super().__init__(claims)
        self._content = content

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a claim, as ``claims --json`` gives it, in types that know missing values.

        What is nested there has dotted names (``subject.label``, ``evidence.effect.value``); the
        members of a list are joined by ``|``. Figures stay texts as printed, their numbers stand
        in ``evidence.parsed.*``.

        Raises:
            UsageError: pandas is not installed.
        """
        from nutrigraph.exchange.rows import flatten
        from nutrigraph.records import claim as record

        entities, vocabulary = self._content.entities, self._content.vocabulary
        return frame(flatten(record(claim, entities, vocabulary)) for claim in self)

    def __str__(self) -> str:
        """Return them as ``nutrigraph claims`` prints them."""
        from nutrigraph import report

        vocabulary = self._content.vocabulary
        told = [report.claim(claim, vocabulary) for claim in self]
        return "\n".join([*told, vocabulary.caution])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the first of them in Jupyter as a table."""
        from nutrigraph import report

        columns = ("claim", "rests on", "basis", "study")
        rows = [
            (claim.statement, report.quoted(claim), claim.basis, claim.study_type or "not stated")
            for claim in self[:_SHOWN]
        ]
        return _table(columns, rows, len(self), self._content.vocabulary.caution)


class Candidates(_Listed, list["Candidate"]):
    """What could be linked, strongest first: a list that shows itself as a table."""

    def __init__(self, found: Iterable[Candidate], content: Content) -> None:
        """Hold candidates of what a graph holds."""
        super().__init__(found)
        self._content = content

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a candidate; ``bridges`` are the labels of what lies between, best first.

        ``degree_null_rank`` of ``degree_null_of`` is its place among shuffled graphs, 1 the best.

        Raises:
            UsageError: pandas is not installed.
        """
        entities = self._content.entities
        return frame(
            {
                "target": entities[item.target].label,
                "kind": entities[item.target].kind,
                "stated": item.stated,
                "strength": item.strength,
                "degree_null_rank": item.null_rank,
                "degree_null_of": item.null_of,
                "bridges": ", ".join(entities[bridge.entity].label for bridge in item.bridges),
                "best_score": item.bridges[0].score,
                "crosses_species": any(bridge.crosses_species for bridge in item.bridges),
                "id": item.target,
            }
            for item in self
        )

    def __str__(self) -> str:
        """Return them as ``nutrigraph discover`` prints them."""
        from nutrigraph import report

        return report.candidates(self, self._content.entities, self._content.vocabulary)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the first of them in Jupyter as a table."""
        entities = self._content.entities
        columns = ("could be linked to", "stated already", "over", "strength", "degree-null rank")
        rows = [
            (
                entities[item.target].label,
                "yes" if item.stated else "",
                ", ".join(entities[bridge.entity].label for bridge in item.bridges),
                f"{item.strength:.3g}",
                f"{item.null_rank} of {item.null_of}",
            )
            for item in self[:_SHOWN]
        ]
        shown = _table(columns, rows, len(self), self._content.vocabulary.caution)
        return {**shown, "text/plain": str(self)}


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], count: int, caution: str
) -> dict[str, str]:
    from nutrigraph import report

    more = f"the first {len(rows)} of {report.count(count, 'row')}" if count > len(rows) else ""
    below: list[Any] = [*filter(None, [more]), caution]
    plain = "\n".join([report.table(columns, rows).rstrip(), *below])
    return {
        "text/plain": plain,
        "text/html": card("table", columns=columns, rows=rows, below=below),
    }
