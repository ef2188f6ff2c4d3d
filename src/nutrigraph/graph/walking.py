"""The questions whose answer is found by walking over what a graph holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nutrigraph.choices import choose
from nutrigraph.errors import UsageError
from nutrigraph.graph.asking import Asking
from nutrigraph.notebook import Candidates, Look
from nutrigraph.paths import build_network, find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Answer, Vocabulary
    from nutrigraph.paths import Network
    from nutrigraph.paths.loops import Loop
    from nutrigraph.paths.moves import Move

MAX_HOPS = 8


class Walking(Asking):
    """Routes, effects, hidden links and loops; `KnowledgeGraph` builds on it."""

    def paths(
        self,
        source: str,
        target: str,
        *,
        max_hops: int = 4,
        top: int = 10,
        weights: str | Path | None = None,
        draws: int = 0,
        **filters: Sequence[str],
    ) -> Answer:
        """Return the best routes by which one thing could lead to another.

        ``filters`` act before the search: ``documents``, ``species`` and ``study_types`` (both take
        ``unknown`` as well), ``bases``, ``predicates``, ``without`` (DOIs, PubMed identifiers or
        names of papers), ``through`` (kinds of entities) and ``avoid`` (kinds, or entities).
        ``weights`` names a file with other weights for study types. ``draws`` of the weights tell
        how robust each path is: the share of them in which it stays among the ``top``.

        Where the two are no entities of claims but nodes of one imported source, its edges answer:
        every hop has the basis ``source``, and ``weights`` and ``draws`` say nothing of them.

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or a bound makes no sense.
            InputError: the weights lack a study type, or are no weights.
        """
        within("max_hops", max_hops, 1, MAX_HOPS)
        within("top", top, 1)
        within("draws", draws, 0)
        if self.sources:
            from nutrigraph import edges

            if found := edges.locate(self.sources, (source, target), self.entity):
                edges.refuse_weights(weights, found[0])
                return self._worn(
                    edges.paths_in(
                        *found, self.vocabulary, max_hops=max_hops, top=top, filters=filters
                    )
                )
        start, end = self._ends(source, target)
        vocabulary = self._weighted(weights)
        answer = find(
            self._network(filters, vocabulary),
            start.id,
            end.id,
            self.entities,
            vocabulary,
            max_hops=max_hops,
            top=top,
            draws=draws,
        )
        return self._worn(answer, vocabulary)

    def _worn(self, answer: Answer, vocabulary: Vocabulary | None = None) -> Answer:
        """Return an answer that shows itself, as its paths do, with the weights it was given."""
        content = replace(self.content, vocabulary=vocabulary or self.vocabulary)
        if answer.entities:  # of an imported source: its nodes, predicates and edges
            predicates = self.vocabulary.predicates | answer.predicates
            content = replace(
                content,
                entities=self.entities | answer.entities,
                vocabulary=replace(self.vocabulary, predicates=predicates),
            )
        look = Look(content)
        for path in answer.paths:
            path.wear(look)
            if answer.entities:
                for claim in (claim for hop in path.hops for claim in hop.claims):
                    claim.wear(look)
        return answer.wear(look)

    def _weighted(self, weights: str | Path | None) -> Vocabulary:
        """Return the vocabulary, with the weights of a file where one is named."""
        if weights is None:
            return self.vocabulary
        from nutrigraph.weights import read_weights

        return read_weights(Path(weights), self.vocabulary)

    def network(self, **filters: Sequence[str]) -> Network:
        """Return what can be walked, under the filters of `paths`.

        Raises:
            UnknownName: a value of a filter is unknown.
        """
        return self._network(filters, self.vocabulary)

    def _network(self, filters: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> Network:
        return build_network(
            self.content.claims,
            self.content.links,
            self.entities,
            vocabulary,
            choose(filters, self.content) if any(filters.values()) else None,
        )

    def effect(self, source: str, direction: str, target: str, **filters: Sequence[str]) -> Move:
        """Return which way ``target`` goes when ``source`` goes ``up`` or ``down``, or why not.

        Strict: over stated causes and interventions alone, in one species, with no contrary route,
        and only for the way of moving that the claims speak of. It says what this graph determines.

        >>> import nutrigraph
        >>> nutrigraph.open().effect("magnesium", "down", "insulin resistance").answer
        'up'

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or the direction is neither up nor down.
        """
        from nutrigraph.paths.moves import move

        start, end = self._ends(source, target)
        if direction not in ("up", "down"):
            raise UsageError(f"direction is {direction!r}: give up or down")
        for name, entity in ((source, start), (target, end)):
            term = self.reading(name)
            if term is not None and term.direction is not None:
                raise UsageError(
                    f"{name!r} is {entity.label}, {term.aspect} {term.direction}: "
                    f"ask about {entity.label!r}, up or down"
                )
        way: Literal["up", "down"] = "up" if direction == "up" else "down"
        chosen = choose(filters, self.content)
        shut = {iri for iri, entity in self.entities.items() if chosen.shuts(entity)}
        shut -= {start.id, end.id}
        claims = [
            claim
            for claim in self.content.claims
            if chosen.passes(claim) and not {claim.subject, claim.object} & shut
        ]
        found = move(claims, self.content.links, self.vocabulary, start.id, way, end.id)
        return found.wear(Look(self.content))

    def discover(
        self,
        source: str,
        target: str | None = None,
        *,
        shuffles: int = 200,
        seed: int = 0,
        **filters: Sequence[str],
    ) -> Candidates:
        """Return what ``source`` could be linked to over one thing between, strongest first.

        With a ``target``, what lies between the two. ``filters`` are those of `paths`. The
        degree-null rank of each says how it stands among ``shuffles`` of the graph that keep every
        node's degree; it is not the chance that a link is true.

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or the shuffles are fewer than none.
        """
        from nutrigraph.paths.discover import discover

        start = self.entity(source).id
        end = self._ends(source, target)[1].id if target is not None else None
        within("shuffles", shuffles, 0)
        network = self.network(**filters)
        found = discover(
            network, start, end, self.entities, self.vocabulary, shuffles=shuffles, seed=seed
        )
        return Candidates(found, self.content)

    def loops(self, *, max_hops: int = 6, **filters: Sequence[str]) -> list[Loop]:
        """Return the feedback loops over causal, forward hops, with their signs.

        Raises:
            UnknownName: a value of a filter is unknown.
            UsageError: the bound makes no sense.
        """
        from nutrigraph.paths.loops import find_loops

        within("max_hops", max_hops, 1, MAX_HOPS)
        return find_loops(self.network(**filters), self.vocabulary, max_hops=max_hops)


def within(name: str, number: int, least: int, most: int | None = None) -> None:
    """Refuse a number that makes no sense."""
    if number < least or (most is not None and number > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}"
        raise UsageError(f"{name} is {number}: give {wanted}")
