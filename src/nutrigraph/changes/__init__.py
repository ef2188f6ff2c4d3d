"""What changed between two stores: papers, verdicts, propositions, claims, weights, terms.

`compare` finds it; `text` tells it to people and `record` to machines.
"""

from nutrigraph.changes.compare import compare
from nutrigraph.changes.found import (
    Changes,
    ClaimChange,
    Direct,
    FieldChange,
    PaperChange,
    PropositionChange,
    QuestionChange,
    Reason,
    RouteChange,
    ThingChange,
    VerdictChange,
    Weighed,
)
from nutrigraph.changes.record import record
from nutrigraph.changes.text import text

__all__ = [
    "Changes",
    "ClaimChange",
    "Direct",
    "FieldChange",
    "PaperChange",
    "PropositionChange",
    "QuestionChange",
    "Reason",
    "RouteChange",
    "ThingChange",
    "VerdictChange",
    "Weighed",
    "compare",
    "record",
    "text",
]
