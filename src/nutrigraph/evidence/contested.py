"""The evidence on two things, as one thing that people hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nutrigraph.evidence import flat, page, text
from nutrigraph.evidence.table import beside, blocks
from nutrigraph.evidence.words import across

if TYPE_CHECKING:
    import pandas as pd

    from nutrigraph.content import Content
    from nutrigraph.model import Block, Entity, Vocabulary


@dataclass(frozen=True, slots=True)
class Contested:
    """The evidence on two entities, block by block: who found what, in whom, how measured.

    ``asked`` holds their IRIs; ``differences`` says where blocks differ from each other, such as
    preventing from treating; ``beside`` names other evidence, broader or on an
    opposite, that is not counted here. ``str()`` gives it as text.
    """

    asked: tuple[str, str]
    blocks: tuple[Block, ...]
    differences: tuple[str, ...]
    beside: tuple[str, ...]
    entities: dict[str, Entity] = field(repr=False, compare=False)
    vocabulary: Vocabulary = field(repr=False, compare=False)

    def __str__(self) -> str:
        """Return it as the command line prints it."""
        return text.contested(self)

    def record(self) -> dict[str, Any]:
        """Return it as ``nutrigraph contested X Y --json`` gives it."""
        return flat.record(self)

    def to_csv(self) -> str:
        """Return one line a finding, each paper's main one first; no cell starts a formula."""
        return flat.table_csv(self)

    def to_html(self) -> str:
        """Return it as one page without any script, with a forest plot that pools nothing."""
        return page.render(self)

    def to_svg(self) -> str:
        """Return it as a static picture: intervals as printed, and what no axis can show."""
        from nutrigraph.evidence.picture import picture

        return picture(self)

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a finding, as `to_csv` does, with its figures as numbers.

        ``effect_value``, ``effect_baseline``, ``ci_low``, ``ci_high``, ``sample_size``,
        ``n_cases``, ``n_controls``, ``p_value`` and ``weight`` are numbers, and missing where none
        is printed; what is printed stands in ``printed``.

        Raises:
            UsageError: pandas is not installed.
        """
        from nutrigraph.cells import frame

        return frame(flat.numbers(self))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter: the page in a frame, its picture where that is stripped."""
        from nutrigraph.notebook.cards import image
        from nutrigraph.view import frame

        title = " and ".join(self.entities[iri].label for iri in self.asked)
        picture = self.to_svg()
        instead = image(picture, f"{title}. {self.vocabulary.caution}")
        return {
            "text/plain": str(self),
            "text/html": frame(
                self.to_html(), instead=instead, title=f"Nutrigraph: the evidence on {title}"
            ),
            "image/svg+xml": picture,
        }


def contested(x: str, y: str, content: Content) -> Contested:
    """Return the evidence on two entities, named by IRI."""
    found = blocks(x, y, content)
    return Contested(
        asked=(x, y),
        blocks=found,
        differences=across(found, content.entities),
        beside=beside(x, y, content),
        entities=content.entities,
        vocabulary=content.vocabulary,
    )
