"""Records that show themselves: in the words of the graph that they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Face(Protocol):
    """How the records of one graph look; a layer above gives it, records know no layout."""

    def text(self, thing: Shown) -> str:
        """Return a record as the command line prints it."""

    def bundle(self, thing: Shown) -> dict[str, str]:
        """Return a record in the formats that Jupyter shows, by their media types."""

    def frame(self, thing: Shown) -> pd.DataFrame:
        """Return a record that holds several things as a table."""


class Shown:
    """What shows itself, once the graph that hands it out has given it a face.

    The face is no field: it takes no part in equality, hashing, `repr` or copies.
    """

    __slots__ = ("_face",)

    def wear(self, face: Face) -> Self:
        """Return the same record, with a face."""
        object.__setattr__(self, "_face", face)
        return self

    @property
    def face(self) -> Face:
        """How it looks, as the graph that it came from has it.

        Raises:
            UsageError: it came from no graph, or is a copy.
        """
        face: Face | None = getattr(self, "_face", None)
        if face is None:
            raise UsageError(
                f"this {type(self).__name__} came from no graph: ask one for it, as in "
                "`nutrigraph.open().claims()`"
            )
        return face

    def __str__(self) -> str:
        """Return it as the command line prints it; without a graph, as Python does."""
        return self.face.text(self) if hasattr(self, "_face") else repr(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter: as HTML, as a static picture and as plain text."""
        return self.face.bundle(self) if hasattr(self, "_face") else {"text/plain": repr(self)}
