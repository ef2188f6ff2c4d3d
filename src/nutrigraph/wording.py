"""Claims and hops in plain words, made from their parts so that words and data cannot drift apart.

An association reads "goes with"; a hedge, a null, a species and a population always stand in the
sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nutrigraph.terms import NG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nutrigraph.model import Claim, Entity, Hop, Vocabulary


def named(label: str, aspect: str | None, direction: str | None, vocabulary: Vocabulary) -> str:
    """Return how an entity with an aspect and a direction is called: "low magnesium"."""
    phrase = vocabulary.state_phrases.get((aspect or "", direction or ""), "{}")
    return phrase.replace("{}", label)


def _whom(species: str | None, population: str | None, vocabulary: Vocabulary) -> str:
    """Return the species and the population in few words; an unknown species is said to be so."""
    inside = population
    if species is None:
        return f"species not stated; {inside}" if inside else "species not stated"
    plural = vocabulary.species_plurals[species]
    if inside is None:
        return f"in {plural}"
    # A population of women is human, and one of female rats holds its species in its name.
    named_inside = species == "human" or plural in inside
    return f"in {inside}" if named_inside else f"in {plural}: {inside}"


def _adds(more: str | None, told: str | None) -> bool:
    """Whether some words say what others do not say already."""
    return bool(more) and (more or "").casefold() not in (told or "").casefold()


def _limits(claim: Claim) -> Iterator[str]:
    """Yield what a claim is limited to, without which it would say more than was found."""
    evidence = claim.evidence
    if evidence is None:
        return
    if evidence.outcome_detail:
        yield f"outcome: {evidence.outcome_detail}"
    if evidence.comparator and claim.finding and "placebo" not in evidence.comparator:
        yield f"against {evidence.comparator}"
    if evidence.analysis:
        yield f"{evidence.analysis} analysis"
        if evidence.dose:
            yield f"dose {evidence.dose}"


def _measured(claim: Claim, entities: Mapping[str, Entity]) -> str:
    """Return by what the two sides were measured, where that is not what they are called."""
    found = (claim.subject_measure, claim.object_measure)
    measures = dict.fromkeys(entities[iri].label for iri in found if iri)
    return f", measured by {' and '.join(measures)}" if measures else ""


def scope(claim: Claim, vocabulary: Vocabulary) -> str:
    """Return whom a claim is about: "in female rats", "species not stated"."""
    if claim.basis == "cross-reference":
        return "a bare mention, no evidence"
    evidence = claim.evidence
    population = evidence.population if evidence else None
    if population and claim.quote and not population[:2].isupper():
        population = population[0].lower() + population[1:]  # it began a sentence
    whom = _whom(claim.species, population, vocabulary)
    if evidence and _adds(evidence.baseline_status, evidence.population):
        whom += f"; baseline: {evidence.baseline_status}"
    if evidence and evidence.timing:
        whom += f"; {evidence.timing}"
    whom += "".join(f"; {told}" for told in _limits(claim))
    study = vocabulary.study_types.get(claim.study_type or "")
    if study and study.has_controls is False:
        whom += "; no comparison group"
    if claim.basis == "source":
        said_by = claim.document_title or claim.sources[0].label
        whom += f"; said by {said_by}, without a sentence"
    return f"{whom}; said by a headline alone" if claim.basis == "headline" else whom


def statement(
    claim: Claim, entities: Mapping[str, Entity], vocabulary: Vocabulary, *, scoped: bool = True
) -> str:
    """Return a claim as one sentence without its full stop.

    ``scoped=False`` leaves out whom it is about.
    """
    predicate = vocabulary.predicates[claim.predicate]
    subject = named(
        entities[claim.subject].label, claim.subject_aspect, claim.subject_direction, vocabulary
    )
    if claim.evidence and claim.evidence.route:
        subject = f"{claim.evidence.route} {subject}"
    target = entities[claim.object].label
    if not predicate.wording_holds_direction:
        target = named(target, claim.object_aspect, claim.object_direction, vocabulary)
    words = f"{subject} {predicate.phrase} {target}"
    if claim.co_exposures:
        others = " and ".join(entities[iri].label for iri in claim.co_exposures)
        words += f", with {others} in the background"
    words += _measured(claim, entities)
    hedge = vocabulary.modality_phrases.get(claim.modality)
    if claim.negated:
        # The hedge is on the null, and not on what was looked for.
        told = f"tested, and {claim.modality} not to hold" if hedge else "tested and not found"
        words = f"{told}: {words}"
    elif hedge:
        words = f"{hedge} {words}"
    words = words[0].upper() + words[1:]
    return f"{words} ({scope(claim, vocabulary)})" if scoped else words


def hop_sentence(hop: Hop, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> str:
    """Return a hop in words: what its leading claim says and of whom, or what the link is."""
    if hop.link is None:
        claim = hop.claims[0]
        words = statement(claim, entities, vocabulary, scoped=False)
        # A name such as BMI keeps its letters.
        first = words[0] if words[1:2].isupper() else words[0].lower()
        return f"{first}{words[1:]} ({scope(claim, vocabulary)})"
    kind = vocabulary.link_types[hop.link.type]
    subject, target = entities[hop.link.subject].label, entities[hop.link.object].label
    if kind.id == NG.uptake:
        return f"what is given of {subject} is assumed to be taken up"
    by = "by definition" if kind.basis == "definition" else f"validity {hop.score:g}"
    return f"{subject} {kind.phrase} {target} ({by})"
