"""Small made-up graphs: entities are letters, and the question is always from a to z."""

from collections.abc import Iterable, Sequence
from typing import Any

from nutrigraph.model import (
    Answer,
    Claim,
    Effect,
    Entity,
    Evidence,
    Hop,
    Link,
    Node,
    Source,
    Vocabulary,
)
from nutrigraph.paths import Filters, Network, build_network, find
from nutrigraph.rdf import Statements, parse_file, read_vocabulary
from nutrigraph.terms import BASE, NG, SKOS, ontology_folder

_FILE = ontology_folder() / "vocabulary.ttl"
VOCABULARY = read_vocabulary(Statements.of(parse_file(_FILE), str(_FILE)))
LINKS = {
    "opposite": (NG.oppositeOf, 1.0),
    "broader": (SKOS.broader, 0.9),
    "measure": (NG.measureOf, 0.5),
    "component": (NG.hasComponent, 0.0),
}
WORDED = {
    ("association", 1): "associatedWith",
    ("association", -1): "inverselyAssociatedWith",
    ("association", 0): "associatedWith",
    ("association", None): "predicts",
    ("causal", 1): "increases",
    ("causal", -1): "decreases",
    ("causal", 0): "affects",
    ("interventional", 1): "intakeImproves",
    ("interventional", -1): "supplementationReduces",
    ("unsigned", None): "listedWith",
}
Route = tuple[str, ...]


def said(subject: str, target: str, sign: int | None = 1, **options: Any) -> Claim:
    """A claim between two letters; ``x!`` is what is given of x."""
    force = options.get("force", "unsigned" if options.get("basis") == "cross-reference" else None)
    force = force or "association"
    sign = None if force == "unsigned" else sign
    low, high = options.get("ci", (None, None))
    voice = options.get("voice")
    name = f"{subject}>{target}/{sign}/{sorted(options.items())}"
    return Claim(
        subject=BASE + subject.rstrip("!"),
        predicate=BASE + WORDED[force, sign],
        object=BASE + target.rstrip("!"),
        basis=options.get("basis", "text"),
        modality=options.get("modality", "stated"),
        document=options.get("document", "made-up"),
        quote=None,
        evidence=Evidence(
            study_type=options.get("study", "cohort"),
            species=options.get("species"),
            population=options.get("population"),
            effect=Effect(measure="RR", ci_low=low, ci_high=high),
        ),
        subject_aspect="supplementation" if subject.endswith("!") else "level",
        object_aspect="supplementation" if target.endswith("!") else "level",
        negated=sign == 0,
        sources=(Source(BASE + voice, voice, 2000, "is_source_of", True),) if voice else (),
        id=BASE + name,
        sign=sign,
        force=force,
    )


def cause(subject: str, target: str, sign: int = 1, **options: Any) -> Claim:
    return said(subject, target, sign, **{"force": "causal", **options})


def mention(subject: str, target: str) -> Claim:
    return said(subject, target, basis="cross-reference")


def link(subject: str, kind: str, target: str) -> Link:
    return Link(BASE + subject, LINKS[kind][0], BASE + target, LINKS[kind][1])


def entities(closed: str = "") -> dict[str, Entity]:
    return {
        BASE + name: Entity(
            BASE + name, name, "Nutrient", "A letter.", routes_pass=name not in closed
        )
        for name in "abcdefgz"
    }


def network(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> Network:
    known = entities(options.pop("closed", ""))
    filters = Filters(**{name: frozenset(value) for name, value in options.items()})
    return build_network(claims, list(links), known, VOCABULARY, filters)


def ask(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> Answer:
    bounds = {"max_hops": options.pop("max_hops", 4), "top": options.pop("top", 50)}
    vocabulary: Vocabulary = options.pop("vocabulary", VOCABULARY)
    graph = network(claims, links, **options)
    return find(graph, f"{BASE}a", f"{BASE}z", entities(), vocabulary, **bounds)


def name_of(node: Node) -> str:
    return node[0].removeprefix(BASE) + ("!" if node[1] == "given" else "")


def route(hops: Sequence[Hop]) -> Route:
    return (name_of(hops[0].subject), *(name_of(hop.object) for hop in hops))


def routes(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> list[str]:
    return [" ".join(route(path.hops)) for path in ask(claims, links, **options).paths]
