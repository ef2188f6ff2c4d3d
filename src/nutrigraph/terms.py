"""Names: the namespaces, the prefixes that queries may use, and where the ontology lies.

The namespaces are closed: a term that is not listed raises, so that a typing mistake in the code
cannot become a silent miss. A test holds the list against ``ontology/vocabulary.ttl``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from nutrigraph.errors import StoreError

VERSION = "0.1.0"
_FORMAT: Final = 1
"""Raised when the same ontology gives other quads: part of the id of a build."""

BASE: Final = "https://w3id.org/nutrigraph/"
INFERRED: Final = BASE + "inferred"
ASSERTED: Final = BASE + "asserted"
"""What the default graph is called where it needs a name: in the protocol, on other engines."""
DECLARED: Final = BASE + "declared/"
"""Before the slug of an import of claims: the graph of the entities and predicates it declares."""
SOURCES: Final = BASE + "source/"
"""Before the slug of a source of edges: the graph of its plain triples."""

PREFIXES: Final[dict[str, str]] = {
    "": BASE,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "sh": "http://www.w3.org/ns/shacl#",
    "biolink": "https://w3id.org/biolink/vocab/",
    "obo": "http://purl.obolibrary.org/obo/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "umls": "https://bioregistry.io/umls:",
}


class Namespace:
    """A closed namespace: ``NG.subject`` is an IRI, ``NG.subjekt`` raises ``AttributeError``."""

    def __init__(self, base: str, names: str) -> None:
        """Take the base IRI and the names, separated by white space."""
        self.base = base
        self.names = frozenset(names.split())
        # Plain attributes: they are read ten thousand times while a graph is opened.
        self.__dict__.update({name: base + name for name in self.names})

    def __getattr__(self, name: str) -> str:
        """Raise: what is listed is an attribute already."""
        raise AttributeError(f"{name!r} is not declared in the namespace <{self.base}>")


NG: Final = Namespace(
    BASE,
    """
    Nutrient Condition Mechanism Biomarker Exposure QualifiedTerm
    Claim Document Paragraph Paper NoClaim
    Title Headline Sentence LinkLine FooterHeading FooterItem
    Predicate EdgeSource EdgePredicate LinkType StudyType CeilingClass
    Aspect Direction Modality Basis Force Species
    SourceRelation DifferenceKind NoClaimReason StatePhrase Quote Evidence Citation
    HeadlineDifference
    subject subjectAspect subjectDirection subjectMeasure predicate
    object objectAspect objectDirection objectMeasure
    sign force basis modality negated coExposure quote evidence statement
    inDocument inParagraph holds claimName start end text sha256 reason noClaimReason
    headlineDifference differsIn cites paper relation givesEvidence doi pmid year retracted
    supersededBy mayPool registration finding
    studyType species population lifeStage baselineStatus comparison comparator exposureTiming
    adjustedFor sampleSize nCases nControls dose route duration timing assay
    analysis outcomeRole outcomeDetail significance secondReader doubt ofThoseAffected
    effectMeasure effectValue effectBaseline ciLow ciHigh pValue notInPage
    quantityOf validity ofEntity aspect direction
    narrowSynonym broadSynonym relatedSynonym routesPass
    phrase wordingHoldsDirection speaksOfLack group value walked linkBasis linkWeight
    weightCausal weightAssociation sourceWeight confidence confidencesIn mainKind
    degree ceiling isReview hasControls plural
    isContrary forwardOnly statesUse isEvidence isCause walkedBack oneSourceLine
    signsDisagreeShare negligibleLow negligibleHigh ratioMeasure differenceMeasure hubDamping
    caution hypothesisLine since
    oppositeOf measureOf uptake hasComponent given conventions ontology
    biolinkCategory biolinkPredicate biolinkQualifiedPredicate biolinkDirection
    """,
)
RDF: Final = Namespace(PREFIXES["rdf"], "type")
RDFS: Final = Namespace(
    PREFIXES["rdfs"], "label comment subPropertyOf subClassOf seeAlso isDefinedBy"
)
SKOS: Final = Namespace(
    PREFIXES["skos"],
    "definition altLabel hiddenLabel notation note broader "
    "exactMatch closeMatch broadMatch narrowMatch relatedMatch",
)
DCTERMS: Final = Namespace(
    PREFIXES["dcterms"],
    "title description creator publisher issued modified license rights source language "
    "bibliographicCitation isReplacedBy conformsTo identifier",
)
OA: Final = Namespace(PREFIXES["oa"], "exact prefix suffix")
OWL: Final = Namespace(PREFIXES["owl"], "SymmetricProperty deprecated versionInfo versionIRI")


def confidences(slug: str) -> str:
    """Return the graph that holds the edges of a source with their confidences."""
    return f"{SOURCES}{slug}/confidence"


def local(iri: str) -> str:
    """Return the last part of an IRI of ours: ``lowLevelAssociatedWith``, ``magnesium``."""
    return iri.rsplit("#", 1)[-1] if "#" in iri else iri.rsplit("/", 1)[-1]


def curie(iri: str) -> str:
    """Return an IRI as a CURIE (``MONDO:0006844``, ``MESH:D008275``), or as it is."""
    if iri.startswith(PREFIXES["obo"]):
        return iri.removeprefix(PREFIXES["obo"]).replace("_", ":", 1)
    for prefix in ("mesh", "umls"):
        if iri.startswith(PREFIXES[prefix]):
            return f"{prefix.upper()}:{iri.removeprefix(PREFIXES[prefix])}"
    return f":{iri.removeprefix(BASE)}" if iri.startswith(BASE) else iri


def ontology_folder() -> Path:
    """Return the folder ``ontology/``: ``NUTRIGRAPH_ONTOLOGY``, the wheel's, or the checkout's.

    Raises:
        StoreError: there is none.
    """
    named = os.environ.get("NUTRIGRAPH_ONTOLOGY")
    package = Path(__file__).resolve().parent
    places = [Path(named)] if named else [package / "ontology", package.parents[1] / "ontology"]
    for place in places:
        if (place / "vocabulary.ttl").is_file():
            return place
    raise StoreError(
        f"no ontology in {' or '.join(map(str, places))}: "
        "set NUTRIGRAPH_ONTOLOGY to a folder that holds vocabulary.ttl"
    )


def ontology_id(folder: Path) -> str:
    """Return a hash of every file of an ontology and of this version of the program."""
    import hashlib

    digest = hashlib.sha256(f"{VERSION}/{_FORMAT}".encode())
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            digest.update(f"\0{file.relative_to(folder)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
