"""Signs on a causal graph: 487 questions answered from PhysioMap.

    python benchmarks/signs.py          measure, print, and write the section `signs` of RESULTS.md
    python benchmarks/signs.py --all    print every answer with its routes, every abstention with
                                        its reason, and write nothing

The data is found through ``NUTRIGRAPH_DATA``.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from results import data_folder, machine, table, write_section

from nutrigraph.paths.effect import CausalGraph, Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nutrigraph.paths.effect import Direction, Route

Arc = tuple[str, str, int | None]

PMO: Final = "https://w3id.org/physiomap/ontology#"
TYPE: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SIGNS: Final[dict[str, int | None]] = {"+": 1, "-": -1, "?": None}
DIRECTIONS: Final[dict[str, Direction]] = {"+": "up", "-": "down"}
OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up"}

# Each layer says that one variable helps determine another, so each counts.
LAYERS: Final = (
    "CausalRelation",
    "ProductionRelation",
    "ConstitutiveRelation",
    "QuantitativeDefinition",
)
VARIANTS: Final = (
    LAYERS[:1],
    LAYERS[:2],
    LAYERS[:3],
    LAYERS,
    (*LAYERS, "gain"),
)


@dataclass(frozen=True)
class Question:
    """What is moved and which way, what is asked for, and the direction seen in people."""

    moved: dict[str, Direction]
    target: str
    reference: Direction


@dataclass(frozen=True)
class PhysioMap:
    """The arcs of each layer, the variables, and the questions."""

    layers: dict[str, list[Arc]]
    variables: tuple[str, ...]
    questions: tuple[Question, ...]

    def graph(self, layers: tuple[str, ...] = LAYERS) -> CausalGraph[str]:
        """Return the causal graph of some layers."""
        return CausalGraph((arc for name in layers for arc in self.layers[name]), self.variables)


def iri(term: object) -> ox.NamedNode:
    """Return a term that must be an IRI."""
    if not isinstance(term, ox.NamedNode):
        raise TypeError(f"{term} is no IRI")
    return term


def name(term: object) -> str:
    """Return the last part of an IRI."""
    return iri(term).value.rsplit("/", 1)[-1]


def of_type(store: ox.Store, kind: str) -> list[ox.NamedNode]:
    """Return the things of a class."""
    quads = store.quads_for_pattern(None, TYPE, ox.NamedNode(PMO + kind))
    return [iri(quad.subject) for quad in quads]


def value(store: ox.Store, subject: object, property_name: str) -> object:
    """Return the one value of a property."""
    [quad] = store.quads_for_pattern(iri(subject), ox.NamedNode(PMO + property_name), None)
    return quad.object


def sign(store: ox.Store, subject: object, property_name: str) -> int | None:
    """Return a sign."""
    literal = value(store, subject, property_name)
    if not isinstance(literal, ox.Literal):
        raise TypeError(f"{literal} is no literal")
    return SIGNS[literal.value]


def read_layers(store: ox.Store) -> dict[str, list[Arc]]:
    """Return the arcs of each layer, and of the gains: modulator to target, sign unknown."""
    layers: dict[str, list[Arc]] = {}
    for layer in LAYERS[:3]:
        layers[layer] = [
            (
                name(value(store, relation, "hasSource")),
                name(value(store, relation, "hasTarget")),
                sign(store, relation, "sign"),
            )
            for relation in of_type(store, layer)
        ]
    layers["QuantitativeDefinition"] = [
        (
            name(value(store, quad.object, "hasVariable")),
            name(value(store, definition, "hasResult")),
            sign(store, quad.object, "derivativeSign"),
        )
        for definition in of_type(store, "QuantitativeDefinition")
        for quad in store.quads_for_pattern(definition, ox.NamedNode(PMO + "hasArgument"), None)
    ]
    gains = store.quads_for_pattern(None, ox.NamedNode(PMO + "gainModulatedBy"), None)
    layers["gain"] = [
        (name(quad.object), name(value(store, quad.subject, "hasTarget")), None) for quad in gains
    ]
    return layers


def read_questions(path: Path) -> tuple[Question, ...]:
    """Return the questions; ``a -; b -`` moves two variables at once."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            moves = (part.rsplit(maxsplit=1) for part in row["primary_intervention"].split(";"))
            moved = {node.strip(): DIRECTIONS[way] for node, way in moves}
            reference = DIRECTIONS[row["reference_direction"]]
            found.append(Question(moved, row["physiomap_variable"], reference))
    return tuple(found)


def physiomap(folder: Path) -> PhysioMap:
    """Read PhysioMap and its questions."""
    store = ox.Store()
    store.bulk_load(path=str(folder / "physiomap.ttl"), format=ox.RdfFormat.TURTLE)
    variables = sorted(name(variable) for variable in of_type(store, "Variable"))
    questions = read_questions(folder / "forward_pairs.tsv")
    return PhysioMap(read_layers(store), tuple(variables), questions)


def always_plus(_: Question) -> Direction:
    """Answer "up", whatever is asked."""
    return "up"


def follow(direction: Direction, signs: list[int | None]) -> Direction | None:
    """Return the direction after some arcs; None where a sign is unknown."""
    for sign in signs:
        if sign is None:
            return None
        direction = direction if sign > 0 else OPPOSITE[direction]
    return direction


def merged(arcs: list[Arc]) -> dict[str, dict[str, int | None]]:
    """Return the sign of each pair; None where it is unknown or parallel arcs disagree."""
    out: dict[str, dict[str, int | None]] = {}
    for cause, effect, sign in arcs:
        known = out.setdefault(cause, {})
        known[effect] = sign if known.get(effect, sign) == sign else None
    return out


def one_hop(arcs: list[Arc]) -> Callable[[Question], Direction | None]:
    """Return the look-up of a direct arc."""
    out = merged(arcs)

    def answer(question: Question) -> Direction | None:
        found = {
            follow(way, [out[node][question.target]])
            for node, way in question.moved.items()
            if question.target in out.get(node, {})
        }
        return found.pop() if len(found) == 1 else None

    return answer


def shortest(arcs: list[Arc]) -> Callable[[Question], Direction | None]:
    """Return the sign product along a shortest path, the first by the names along it."""
    out = merged(arcs)

    def answer(question: Question) -> Direction | None:
        front: list[tuple[str, ...]] = [(node,) for node in sorted(question.moved)]
        seen = set(question.moved)
        while front:
            following: list[tuple[str, ...]] = []
            for path in front:
                for after in sorted(out.get(path[-1], {})):
                    if after == question.target:
                        signs = [out[a][b] for a, b in pairwise((*path, after))]
                        return follow(question.moved[path[0]], signs)
                    if after not in seen:
                        seen.add(after)
                        following.append((*path, after))
            front = following
        return None

    return answer


def count(questions: tuple[Question, ...], answers: list[str | None]) -> tuple[int, int, int]:
    """Return how many answers are right, wrong, and none."""
    right = sum(a == q.reference for q, a in zip(questions, answers, strict=True))
    none = sum(a in (None, "abstain") for a in answers)
    return right, len(answers) - right - none, none


def ask(graph: CausalGraph[str], question: Question) -> Effect[str]:
    """Put a question to the engine."""
    return graph.joint_effect(question.moved, question.target)


def hops(effect: Effect[str]) -> int:
    """Return the hops of the shortest route of an answer; 0 for an abstention."""
    return 0 if effect.answer == "abstain" else len(effect.routes[0])


def timed(graph: CausalGraph[str], questions: tuple[Question, ...]) -> list[float]:
    """Return CPU milliseconds for each question, the median of five runs."""

    def once(question: Question) -> float:
        start = process_time()
        ask(graph, question)
        return (process_time() - start) * 1e3

    return [median(once(question) for _ in range(5)) for question in questions]


def route_text(route: Route[str]) -> str:
    """Return a route in one line."""
    arrows = {1: "→ raises", -1: "⊣ lowers", None: "–?– affects"}
    return route[0][0] + "".join(f" {arrows[sign]} {node}" for _, sign, node in route)


def moved_text(moved: Mapping[str, Direction]) -> str:
    """Return what is moved, and which way."""
    return " and ".join(f"{node} {way}" for node, way in moved.items())


def outcome(question: Question, effect: Effect[str]) -> str:
    """Return an answer with its routes in Markdown."""
    said = f"{question.target} {effect.answer}" if hops(effect) else f"{question.target}: abstains"
    lines = [f"- {moved_text(question.moved)}: **{said}** ({effect.reason})"]
    lines += [f"  - `{route_text(route)}`" for route in effect.routes]
    lines += ["  - and more, which agree"] if effect.more else []
    return "\n".join(lines)


def layer_rows(data: PhysioMap) -> list[tuple[object, ...]]:
    """Return a row for each choice of layers."""
    rows: list[tuple[object, ...]] = []
    for layers in VARIANTS:
        effects = [ask(data.graph(layers), question) for question in data.questions]
        right, wrong, none = count(data.questions, [effect.answer for effect in effects])
        longer = sum(hops(effect) > 1 for effect in effects)
        name = " + ".join(layers) + (" **(used)**" if layers == LAYERS else "")
        arcs = sum(len(data.layers[layer]) for layer in layers)
        rows.append((name, arcs, right, wrong, none, longer))
    return rows


def method_rows(data: PhysioMap, effects: list[Effect[str]]) -> list[tuple[object, ...]]:
    """Return a row for the engine, each of its rules and strata, and each baseline."""
    arcs = [arc for layer in LAYERS for arc in data.layers[layer]]

    def of(name: str, keep: Callable[[Effect[str]], bool]) -> tuple[object, ...]:
        answers: list[str | None] = [e.answer if keep(e) else None for e in effects]
        return name, *count(data.questions, answers)

    def beside(name: str, method: Callable[[Question], str | None]) -> tuple[object, ...]:
        return name, *count(data.questions, [method(question) for question in data.questions])

    return [
        of("**effect**", lambda _: True),
        of("– of one hop", lambda effect: hops(effect) == 1),
        of("– longer", lambda effect: hops(effect) > 1),
        of("– by walk consensus", lambda effect: effect.rule == "consensus"),
        of("– by composition", lambda effect: effect.rule == "composition"),
        beside("always plus", always_plus),
        beside("one-hop look-up", one_hop(arcs)),
        beside("shortest signed path", shortest(arcs)),
    ]


def example(data: PhysioMap, effects: list[Effect[str]], keep: Callable[[str], bool]) -> str:
    """Return the abstention with the shortest routes whose reason is wanted."""
    asked = list(zip(data.questions, effects, strict=True))
    found = [(q, e) for q, e in asked if e.answer == "abstain" and keep(e.reason)]
    return outcome(*min(found, key=lambda item: sum(map(len, item[1].routes))))


def report(data: PhysioMap, versions: str) -> str:
    """Measure, and return the section."""
    graph = data.graph()
    effects = [ask(graph, question) for question in data.questions]
    times = timed(graph, data.questions)
    routed = [t for t, e in zip(times, effects, strict=True) if e.kind != "no-route"]
    reasons = Counter(effect.reason for effect in effects if effect.answer == "abstain")
    longer = [outcome(q, e) for q, e in zip(data.questions, effects, strict=True) if hops(e) > 1]
    return f"""## Signs on a causal graph

`python benchmarks/signs.py`. {versions}

{len(data.questions)} questions of PhysioMap's `forward_pairs.tsv` ("this variable is moved down;
which way does that one go?", with the direction seen in people), answered from `physiomap.ttl`: the
moved variable is held, and the arcs into it are cut. A row that names two variables moves both. An
answer is one where this graph determines it; abstaining is not counted as right.

{table(("method", "right", "wrong", "abstained"), method_rows(data, effects))}

{table(("why abstained", "questions"), [*reasons.most_common()])}

CPU time a question: median {median(times):.2f} ms, at most {max(times):.0f} ms; where there is any
route (the others end at once): median {median(routed):.2f} ms.

### Which layers are arcs

All four: each says that one variable helps determine another, and a layer that is left out can hide
an opposing route. Whole layers were chosen, by what they mean; all choices were measured, and none
is wrong anywhere. Gains are not arcs here: by PhysioMap's schema they annotate an arc, whose
strength they scale (a second derivative), and say nothing of a first-order effect. Taken as arcs of
unknown sign from the modulator all the same, they cost an answer, as the last row shows.

{table(("layers", "arcs", "right", "wrong", "abstained", "answers of ≥ 2 hops"), layer_rows(data))}

### One abstention of each kind

{example(data, effects, lambda reason: reason.startswith("no route"))}
{example(data, effects, lambda reason: reason.startswith("unknown sign"))}
{example(data, effects, lambda reason: reason.endswith("another lowers it"))}
{example(data, effects, lambda reason: reason.endswith("loop"))}

### The answers of two and more hops

{chr(10).join(longer)}
"""


def main(arguments: list[str]) -> None:
    """Run it."""
    data = physiomap(data_folder() / "physiomap")
    if arguments == ["--all"]:
        graph = data.graph()
        for question in data.questions:
            print(outcome(question, ask(graph, question)))
        return
    text = report(data, machine("pyoxigraph"))
    write_section("signs", text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
