"""What the graph is made of: frozen records, with no reading, writing or ranking in them.

Qualifiers (aspects, directions, bases, modalities, forces, species, study types) are kept as the
labels that ``ontology/vocabulary.ttl`` gives them; entities and predicates as IRIs.
"""

from nutrigraph.model.claims import (
    APPRAISAL,
    Claim,
    Difference,
    Document,
    Effect,
    Evidence,
    NoClaim,
    Paragraph,
    Quote,
    Segment,
    Source,
    claim_sign,
    content_id,
    parse_number,
)
from nutrigraph.model.entities import (
    Biolink,
    Entity,
    Group,
    Link,
    LinkType,
    Mapping,
    Node,
    Predicate,
    QualifiedTerm,
    StudyType,
    Vocabulary,
    sides,
)
from nutrigraph.model.evidence import Block, Finding, Row
from nutrigraph.model.routes import Answer, Bins, Hop, Path, SignBasis, Verdict
from nutrigraph.model.shown import Face, Shown

__all__ = [
    "APPRAISAL",
    "Answer",
    "Bins",
    "Biolink",
    "Block",
    "Claim",
    "Difference",
    "Document",
    "Effect",
    "Entity",
    "Evidence",
    "Face",
    "Finding",
    "Group",
    "Hop",
    "Link",
    "LinkType",
    "Mapping",
    "NoClaim",
    "Node",
    "Paragraph",
    "Path",
    "Predicate",
    "QualifiedTerm",
    "Quote",
    "Row",
    "Segment",
    "Shown",
    "SignBasis",
    "Source",
    "StudyType",
    "Verdict",
    "Vocabulary",
    "claim_sign",
    "content_id",
    "parse_number",
    "sides",
]
