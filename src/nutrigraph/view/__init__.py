"""The page: a map, a search and an evidence panel in one HTML file that asks nothing of anyone."""

from nutrigraph.view.frame import frame
from nutrigraph.view.network import Drawing, draw
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
from nutrigraph.view.picture import picture

__all__ = [
    "Claim",
    "Document",
    "Drawing",
    "Entity",
    "Link",
    "Mapping",
    "Page",
    "Paper",
    "Proposition",
    "Segment",
    "draw",
    "frame",
    "picture",
    "render",
]
