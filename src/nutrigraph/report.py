"""Tables, claims and paths as text for people."""

from __future__ import annotations

import io
from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING
from urllib.parse import unquote

from nutrigraph.grade import interval, precise_null, weigh
from nutrigraph.model import APPRAISAL
from nutrigraph.terms import local
from nutrigraph.wording import hop_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nutrigraph import model
    from nutrigraph.paths.discover import Candidate
    from nutrigraph.paths.loops import Loop
    from nutrigraph.paths.moves import Move

SIGNS = {1: "+", -1: "−", 0: "0", None: "?"}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a text table as wide as it needs to be."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        grid.add_column(name)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    out = io.StringIO()
    # In Jupyter, rich would show the table itself, or in colours, and leave the file empty.
    Console(
        file=out, width=100_000, no_color=True, force_terminal=False, force_jupyter=False
    ).print(grid)
    body = "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n")
    return f"{dedent(body)}\n{count(len(rows), 'row')}\n"


def count(number: int, word: str) -> str:
    """Return a number with its word: "1 row", "2 rows"."""
    return f"{number} {word}" if number == 1 else f"{number:,} {word}s"


def quoted(claim: model.Claim) -> str:
    """Return what a claim rests on: its quote, or the figures of its finding and its paper."""
    if claim.quote:
        return f"“{' '.join(claim.quote.exact.split())}”"
    if claim.basis == "source":
        return "no quote"
    papers = "; ".join(
        " ".join([source.label, *(url for _, url in source.links[:1])]) for source in claim.papers
    )
    told = figures(claim) or "no figure printed"
    return f"{told} ({papers})" if papers else told


def figures(claim: model.Claim) -> str:
    """Return the figures of a claim as they are printed, in one line, or nothing."""
    evidence = claim.evidence
    if evidence is None:
        return ""
    parts = [
        f"n = {evidence.sample_size}" if evidence.sample_size else "",
        f"cases {evidence.n_cases}" if evidence.n_cases else "",
        f"controls {evidence.n_controls}" if evidence.n_controls else "",
        f"dose {evidence.dose}" if evidence.dose else "",
        f"for {evidence.duration}" if evidence.duration else "",
        _effect(evidence.effect, against=claim.quote is None),
        _p(evidence.p_value),
    ]
    return ", ".join(part for part in parts if part)


def _p(printed: str | None) -> str:
    """Return a p as it is printed, with its letter where the column left that out."""
    return f"p {printed}" if printed and printed[0] in "0.<>≤≥=" else printed or ""


def _effect(effect: model.Effect, *, against: bool) -> str:
    """Return a figure; its baseline is what it started from, or ``against`` what it stands."""
    if effect.value is None:
        return ""
    if against and effect.baseline:
        return f"{effect.measure or 'effect'} {effect.value} against {effect.baseline}"
    base = f"from {effect.baseline} to " if effect.baseline else ""
    interval = f" ({effect.ci_low} to {effect.ci_high})" if effect.ci_low and effect.ci_high else ""
    return f"{effect.measure or 'effect'} {base}{effect.value}{interval}"


def contrary(claims: Iterable[model.Claim]) -> str:
    """Return the papers that contradict what claims rest on, though they weigh nothing here."""
    found = {source.label for c in claims for source in c.sources if source.disagrees}
    return "; ".join(sorted(found))


def _appraisal(evidence: model.Evidence) -> Iterator[tuple[str, str]]:
    """Yield what is known of how a figure came about, and what was thought of it."""
    for name in ("comparison", "comparator", "adjusted_for", *APPRAISAL):
        if told := getattr(evidence, name):
            yield name.replace("_", " "), told


def role(source: model.Source) -> str:
    """Return what a paper is to a claim: its source, or further reading of no weight."""
    words = source.relation.replace("_", " ")
    role = "source" if source.gives_evidence else f"further reading, {words}"
    fate = "retracted" if source.retracted else "superseded" if source.superseded_by else ""
    return f"{role}, {fate}" if fate else role


def claim(claim: model.Claim, vocabulary: model.Vocabulary, *, indent: str = "") -> str:
    """Return a claim with its sentence, its evidence and what a headline changes."""
    lines = [claim.statement, *(f"  {line}" for line in claim_lines(claim, vocabulary))]
    return "\n".join(indent + line for line in lines) + "\n"


def claim_lines(claim: model.Claim, vocabulary: model.Vocabulary) -> list[str]:
    """Return what stands under the sentence of a claim: its words or figures, then the rest."""
    weight, reason = weigh(claim, vocabulary)
    kind = claim.study_type or claim.basis
    lines = [
        quoted(claim),
        f"[{SIGNS[claim.sign]}] {claim.basis}, {kind}, {claim.modality}; "
        f"weight {weight:g} ({reason})",
    ]
    if claim.quote and (told := figures(claim)):
        lines.append(told)
    if evidence := claim.evidence:
        lines += [f"{name}: {value}" for name, value in _appraisal(evidence)]
    if claim.note:
        lines.append(f"note: {claim.note}")
    if claim.negated:
        kind = "precise" if precise_null(claim, vocabulary) else "inconclusive"
        lines.append(f"a null, {kind}: {interval(claim)}")
    if claim.evidence and claim.evidence.not_in_page:
        fields = ", ".join(name.replace("_", " ") for name in claim.evidence.not_in_page)
        lines.append(f"from the source paper, not on the page: {fields}")
    lines += [f"the headline differs in {item}" for item in claim.headline_differs]
    lines += [
        f"{role(source)}: {', '.join([source.label, *(url for _, url in source.links)])}"
        for source in claim.sources
    ]
    return lines


def chain(hops: Sequence[model.Hop], entities: Mapping[str, model.Entity]) -> str:
    """Return hops as a line of names and predicates."""
    parts = [entities[hops[0].subject[0]].label]
    for hop in hops:
        name = unquote(local(hop.predicate))
        arrow = f"←{name}—" if hop.walked == "backward" else f"—{name}→"
        parts.append(f"{arrow} {entities[hop.object[0]].label}")
    return " ".join(parts)


def hop_lines(
    path: model.Path,
    number: int,
    entities: Mapping[str, model.Entity],
    vocabulary: model.Vocabulary,
) -> tuple[str, list[str]]:
    """Return a hop of a path, counted from 1, in words, and what speaks against it."""
    hop = path.hops[number - 1]
    mark = "  (weakest)" if number - 1 == path.weakest and len(path.hops) > 1 else ""
    words = hop_sentence(hop, entities, vocabulary)
    against = []
    if hop.dispute:
        against.append(f"disputed by {len(hop.disputing)} (dispute {hop.dispute:.3g})")
    if hop.inconclusive:
        against.append(f"and {count(len(hop.inconclusive), 'inconclusive null finding')}")
    if papers := contrary(hop.claims):
        against.append(f"further reading contradicts it, at no weight here: {papers}")
    return f"[{SIGNS[hop.sign]}] {words}; score {hop.score:.3g}{mark}", against


def _hops(
    path: model.Path,
    entities: Mapping[str, model.Entity],
    vocabulary: model.Vocabulary,
    explain: bool,
) -> Iterator[str]:
    for number, hop in enumerate(path.hops, start=1):
        words, against = hop_lines(path, number, entities, vocabulary)
        yield f"   {number}. {words}"
        if explain:
            yield from (claim(item, vocabulary, indent="      ").rstrip() for item in hop.claims)
        elif hop.claims:
            yield f"      {quoted(hop.claims[0])}"
        yield from (f"      {line}" for line in against)


def explained(path: model.Path) -> Iterator[str]:
    """Yield what only `--explain` tells: reasons, cost, ranks, robustness, query."""
    yield f"sign: {path.sign_reason}"
    parts = ", ".join(
        f"{name} {'no evidence' if part is None else format(part, '.2f')}"
        for name, part in path.cost_parts.items()
    )
    yield f"cost: {parts}; score {path.score:.3g}; degree-only rank {path.degree_rank}"
    if path.robustness is not None:
        yield f"robustness: among the best in {path.robustness:.0%} of draws of the weights"
    yield f"SPARQL: {path.sparql}"


def hedge(path: model.Path) -> str:
    """Return how firmly a single hop is stated, where it is not outright."""
    hop = path.hops[0]
    return f" as {hop.claims[0].modality}" if path.verdict == "stated" and not hop.stated else ""


def verdict(path: model.Path) -> str:
    """Return the verdict on a path, its sign, its cost and from how many sources it is."""
    cost = "no evidence on some hop" if path.cost is None else f"cost {path.cost:.2f}"
    sign = f"sign {SIGNS[path.sign]}" + (f", {path.sign_basis}" if path.sign_basis else "")
    sources = f"from {count(path.stitched, 'source')}"
    return f"verdict: {path.verdict}{hedge(path)}; {sign}; {cost}; {sources}"


def said_of(path: model.Path) -> Iterator[str]:
    """Yield what must be said of a path as a whole, its caution last."""
    if path.hops[1:]:
        yield f"weakest: hop {path.weakest + 1} {path.weakest_reason}"
    yield path.sentence
    yield from path.timing
    if path.crosses_species:
        yield "crosses species"
    if path.crosses_population:
        yield f"crosses populations: {' | '.join(path.populations)}"
    if path.joint:
        yield "joint: a composite stands in it, and no part of it can be credited alone"
    if path.caution:
        yield path.caution


def path(
    path: model.Path,
    entities: Mapping[str, model.Entity],
    vocabulary: model.Vocabulary,
    *,
    explain: bool = False,
) -> str:
    """Return a path with its hops and all that must be said of it."""
    lines = [
        f"{path.rank:>2}. {chain(path.hops, entities)}",
        f"   {verdict(path)}",
        *_hops(path, entities, vocabulary, explain),
        *(f"   {line}" for line in said_of(path)),
    ]
    if explain:
        lines += (f"   {line}" for line in explained(path))
    return "\n".join(lines)


def head(answer: model.Answer, entities: Mapping[str, model.Entity]) -> list[str]:
    """Return what stands before the paths: the question, what is said outright, or why none."""
    source, target = entities[answer.source].label, entities[answer.target].label
    direct = answer.direct
    lines = [
        f"{source} to {target}, at most {answer.max_hops} hops: {answer.verdict}"
        + (f", sign {SIGNS[answer.sign]} ({answer.sign_basis})" if answer.sign else ""),
        f"Direct claims: support {direct.support:.3g} ({len(direct.supporting)}), "
        f"dispute {direct.dispute:.3g} ({len(direct.disputing)}), "
        f"inconclusive {len(direct.inconclusive)}, named only {len(direct.named)}",
    ]
    if not answer.paths:
        near = ", ".join(entities[iri].label for iri in answer.nearest)
        reach = f"the nearest reachable are: {near}" if near else "nothing can be reached from it"
        lines.append(f"No path of at most {answer.max_hops} hops; {reach}.")
        lines += [
            f"Studied only together with others, so that nothing can be credited to it alone: "
            f"{entities[iri].label}."
            for iri in answer.together
        ]
    return lines


def answer(
    answer: model.Answer,
    entities: Mapping[str, model.Entity],
    vocabulary: model.Vocabulary,
    *,
    explain: bool = False,
) -> str:
    """Return an answer: what is said directly, the paths, and the caution."""
    if answer.entities:
        entities = {**entities, **answer.entities}
        vocabulary = replace(vocabulary, predicates=vocabulary.predicates | answer.predicates)
    lines = "\n".join(head(answer, entities))
    body = [path(item, entities, vocabulary, explain=explain) for item in answer.paths]
    return "\n\n".join([lines, *body, vocabulary.caution])


def candidates(
    found: Sequence[Candidate],
    entities: Mapping[str, model.Entity],
    vocabulary: model.Vocabulary,
) -> str:
    """Return what could be linked, what is stated already apart from what would be new."""
    blocks = []
    for title, stated in (("Would be new", False), ("Stated already", True)):
        rows = [
            (
                entities[item.target].label,
                ", ".join(entities[bridge.entity].label for bridge in item.bridges),
                f"{item.strength:.3g}",
                f"{item.null_rank} of {item.null_of}",
                "yes" if any(bridge.crosses_species for bridge in item.bridges) else "",
            )
            for item in found
            if item.stated is stated
        ]
        if rows:
            columns = (
                "could be linked to",
                "over",
                "strength",
                "degree-null rank",
                "crosses species",
            )
            blocks.append(f"{title}:\n{table(columns, rows)}")
    if not blocks:
        blocks.append("Nothing is joined over one thing between.")
    blocks.append(
        "Hypotheses, not findings. The degree-null rank is the place among shuffled graphs that "
        "keep every node's degree, not the chance that a link is true."
    )
    return "\n".join([*blocks, vocabulary.caution])


def loops(
    found: Sequence[Loop], entities: Mapping[str, model.Entity], vocabulary: model.Vocabulary
) -> str:
    """Return feedback loops with their signs, or that there are none."""
    words = {1: "feeds itself", -1: "holds itself back", None: "no sign is given"}
    lines = [
        f"{chain(loop.hops, entities)}: {words[loop.sign]}"
        + ("" if loop.stated else " (some hop is only suggested)")
        for loop in found
    ]
    return "\n".join([*(lines or ["No feedback loop over causal hops."]), vocabulary.caution])


def _side(node: model.Node, entities: Mapping[str, model.Entity]) -> str:
    label = entities[node[0]].label
    return f"{label} given" if node[1] == "given" else label


def move(found: Move, entities: Mapping[str, model.Entity], vocabulary: model.Vocabulary) -> str:
    """Return which way the target goes, with the claims behind it, or why no answer is given."""
    source, target = entities[found.source].label, entities[found.target].label
    if found.answer == "abstain":
        lines = [f"No answer: {source} goes {found.direction}, {target} is not determined."]
    else:
        lines = [f"{source} goes {found.direction}: {target} goes {found.answer}."]
    lines.append(f"{found.reason[0].upper()}{found.reason[1:]}.")
    for number, route in enumerate(found.routes, start=1):
        for step in route:
            start, end = (_side(node, entities) for node in (step.subject, step.object))
            lines.append(f" {number}. [{SIGNS[step.sign]}] {start} → {end}")
            lines += [f"      {c.statement}\n      {quoted(c)}" for c in step.claims]
            if papers := contrary(step.claims):
                lines.append(
                    f"      further reading contradicts it (weighs nothing here): {papers}"
                )
    return "\n".join([*lines, vocabulary.caution])
