"""How the records of one graph look: as text, as HTML, as a picture, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nutrigraph.cells import frame
from nutrigraph.model import Answer, Bins, Claim, Path, Shown
from nutrigraph.notebook.cards import card, image

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from nutrigraph import view
    from nutrigraph.content import Content


class Look:
    """The face of the records of a graph, in the words of its entities and its vocabulary.

    What it looks with is imported when something is shown: every graph has a face.
    """

    def __init__(self, content: Content) -> None:
        """Take what the graph holds; of an answer over imported edges, what those hold."""
        self.content = content
        self._words = content.entities, content.vocabulary

    def text(self, thing: Shown) -> str:
        """Return a claim, a path, an answer or an effect as the command line prints it."""
        from nutrigraph import report
        from nutrigraph.paths.moves import Move

        caution = self.content.vocabulary.caution
        if isinstance(thing, Claim):
            return f"{report.claim(thing, self.content.vocabulary)}\n{caution}"
        if isinstance(thing, Path):
            return f"{report.path(thing, *self._words)}\n\n{caution}"
        if isinstance(thing, Answer):
            return report.answer(thing, *self._words)
        if isinstance(thing, Move):
            return report.move(thing, *self._words)
        raise TypeError(f"a {type(thing).__name__} has no words here")

    def bundle(self, thing: Shown) -> dict[str, str]:
        """Return a record as plain text and as HTML without scripts, with a picture if it has one.

        An answer without a path, and an effect, have none.
        """
        from nutrigraph import report, view

        text = self.text(thing)
        page = self._page(thing)
        picture = view.picture(view.draw(page)) if page else ""
        drawn = image(picture, f"{page['title']}. {page['caution']}") if page else ""
        if isinstance(thing, Claim):
            html = self._claim(thing, drawn)
        elif isinstance(thing, Path):
            html = self._paths([], [thing], drawn)
        elif isinstance(thing, Answer):
            html = self._paths(report.head(thing, self.content.entities), thing.paths, drawn)
        else:
            html = card("text", text=text)
        found = {"text/plain": text, "text/html": html}
        return {**found, "image/svg+xml": picture} if page else found

    def frame(self, thing: Shown) -> pd.DataFrame:
        """Return the paths of an answer as a table, one row a path."""
        from nutrigraph import records, report

        entities = self.content.entities
        rows = []
        for path in thing.paths if isinstance(thing, Answer) else ():
            told = records.path(path, entities)
            plain = ("verdict", "sign", "sign_basis", "sign_reason", "score", "cost")
            rows.append(
                {
                    "rank": path.rank,
                    "route": report.chain(path.hops, entities),
                    **{name: told[name] for name in plain},
                    **path.cost_parts,
                    "hops": len(path.hops),
                    "weakest_hop": path.weakest + 1,
                    "weakest_reason": path.weakest_reason,
                    "stitched": path.stitched,
                    "species": ", ".join(sorted({s for hop in path.hops for s in hop.species})),
                    "crosses_species": path.crosses_species,
                    "crosses_population": path.crosses_population,
                    "degree_rank": path.degree_rank,
                    "robustness": path.robustness,
                    "sentence": told["sentence"],
                }
            )
        return frame(rows)

    def _page(self, thing: Shown) -> view.Page | None:
        """Return what a picture of it shows, if there is one."""
        from nutrigraph import records

        if isinstance(thing, Claim):
            return records.claim_page(self.content, thing)
        if isinstance(thing, Path):
            return records.page(self.content, "", _alone(thing))
        if isinstance(thing, Answer) and thing.paths:
            return records.page(self.content, "", thing)
        return None

    def _claim(self, claim: Claim, drawn: str) -> str:
        from nutrigraph import report

        lines = report.claim_lines(claim, self.content.vocabulary)
        return card(
            "claim",
            statement=claim.statement,
            picture=drawn,
            quote=claim.quote,
            document=claim.document_title or claim.document,
            # The quote stands above already, within its sentence.
            lines=lines[1:] if claim.quote else lines,
        )

    def _paths(self, head: Sequence[str], paths: Sequence[Path], drawn: str) -> str:
        return card(
            "paths",
            head=head,
            picture=drawn,
            paths=[self._told(path) for path in paths],
            caution=self.content.vocabulary.caution,
        )

    def _told(self, path: Path) -> dict[str, Any]:
        from nutrigraph import report

        hops = []
        for number, hop in enumerate(path.hops, start=1):
            words, against = report.hop_lines(path, number, *self._words)
            shown = [report.quoted(hop.claims[0])] if hop.claims else []
            claims = [
                {
                    "statement": claim.statement,
                    "lines": report.claim_lines(claim, self.content.vocabulary),
                }
                for claim in hop.claims
            ]
            hops.append({"words": words, "shown": shown, "against": against, "claims": claims})
        return {
            "rank": path.rank,
            "chain": report.chain(path.hops, self.content.entities),
            "verdict": report.verdict(path),
            "hops": hops,
            "said": list(report.said_of(path)),
        }


def _alone(path: Path) -> Answer:
    """Return an answer that is one path: what its picture shows."""
    return Answer(
        source=path.hops[0].subject[0],
        target=path.hops[-1].object[0],
        max_hops=len(path.hops),
        direct=Bins(0, 0, (), (), ()),
        verdict=path.verdict,
        sign=path.sign,
        sign_basis=path.sign_basis,
        paths=(path,),
    )
