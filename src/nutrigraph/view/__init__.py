"""The page: a map, a search and an evidence panel in one HTML file that asks nothing of anyone."""

from nutrigraph.view.frame import frame
from nutrigraph.view.page import render
from nutrigraph.view.payload import (
    Claim,
    Document,
    Entity,
    Link,
    Mapping,
    Page,
    Paper,
    Proposition,
    Segment,
)

__all__ = [
    "Claim",
    "Document",
    "Entity",
    "Link",
    "Mapping",
    "Page",
    "Paper",
    "Proposition",
    "Segment",
    "frame",
    "render",
]
