r"""What a query may look like before it reaches the engine.

The engine has no switch for ``SERVICE``, which fetches from the network, no timeout, and it ends
the process on deep nesting. So a query is looked through first, by what stands outside its strings,
IRIs and comments. The limits lie far below what was seen to break: 2,100 ``{``, 4,600 ``(``, 8,400
``+``, 6,600 ``UNION``, and 160 patterns of three variables in one group.

>>> refuse("SELECT * { ?s ?p 'SERVICE' } # SERVICE")
>>> refuse("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
Traceback (most recent call last):
nutrigraph.errors.QueryError: SERVICE is refused: a query reaches no network; ask that endpoint
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from nutrigraph.errors import QueryError

MAX_LENGTH: Final = 100_000
MAX_DEPTH: Final = 100
MAX_OPERATORS: Final = 1_000
MAX_PATTERNS: Final = 90
"""Full stops, semicolons and commas: each may begin another triple pattern."""

# What a keyword cannot stand in. An escape comes first: in `:a\# SERVICE` and `:a\' SERVICE` the
# mark belongs to a name, and neither a comment nor a string begins.
_QUOTED: Final = re.compile(
    r"""\\.|'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n\r])*'"""
    r"""|"(?:\\.|[^"\\\n\r])*"|<[^<>"{}|^`\s]*>|#[^\n\r]*""",
    re.DOTALL,
)
# Keywords, not variables or names that end in the word: `?service`, `:from`. The engine reads a
# keyword also where a word goes on or has begun: `SERVICESILENT`, `SERVICEex:a`, `1SERVICE`.
_NAME: Final = re.compile(r"[?$]\w+|:[\w-]+")
_SERVICE: Final = re.compile(r"SERVICE", re.IGNORECASE)
# The engine reads it also where a name goes on: `FROMex:g` names a graph. In a pattern, and where a
# prefix is declared, such a name is a name.
_FROM: Final = re.compile(
    r"(?P<brace>[{}])|\bPREFIX\s+\S+|(?<![?$:\w-])(?P<keyword>FROM(?=\W|\w*:))", re.IGNORECASE
)
_OPERATOR: Final = re.compile(r"(?<![?$:\w-])UNION\b|\|\||&&|[-+*/|^!=<>]", re.IGNORECASE)
_UPDATE: Final = re.compile(
    r"\s*(?:(?:PREFIX\s+\S+|BASE)\s+)*"
    r"(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_BLANK: Final = re.compile(r"_:\w+|\[")
_BRACKET: Final = re.compile(r"[{}()\[\]]")
_PATTERN: Final = re.compile(r"[;,]|\.(?!\d)")
_VALUES: Final = re.compile(r"\bVALUES\s*\([^(){}]*\)\s*\{[^{}]*\}", re.IGNORECASE)
# What may be an item of a list, `(1 :a "b")`: also where nothing parts it from the next one.
_ITEM: Final = re.compile(r"[(){}\[\],;]|[-+*/|^!=<>&]+(?=\s)|[?$]?[^\s(){}\[\],;.?$]+|\.")
_LIST: Final = 6
"""As few things in a row, with no operator between them, stand in an expression as well."""


@lru_cache(maxsize=1)
def bare(text: str) -> str:
    """Return a query with blanks, as many, for its strings, IRIs and comments."""
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)


def names_graphs(text: str) -> bool:
    """Whether a query says itself, with ``FROM``, which graphs it asks."""
    depth = 0
    for found in _FROM.finditer(bare(text)):
        depth += {"{": 1, "}": -1}.get(found["brace"] or "", 0)
        if found["keyword"] and depth == 0:
            return True
    return False


def variables(text: str) -> int:
    """Return how many variables a query has."""
    return len(set(_VARIABLE.findall(bare(text))))


def size(text: str) -> int:
    """Return how many things a query leaves open: the more, the more it may have to go through.

    They are variables, each blank node that stands there, and one more where there are brackets
    or paths of any length. At 0 there is nothing to do but look up.
    """
    words = bare(text)
    return variables(text) + len(_BLANK.findall(words)) + any(mark in words for mark in "(*+")


def refuse(text: str) -> None:
    """Raise unless a query may be given to the engine.

    Raises:
        QueryError: it is empty, calls a service, or is too long, too deep or too large.
    """
    if not text.strip():
        raise QueryError("the query is empty: write SPARQL, such as SELECT * { ?s ?p ?o }")
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text):,} characters: at most {MAX_LENGTH:,} are read")
    words = bare(text)
    if update := _UPDATE.match(words):
        raise QueryError(f"{update[1].upper()} is refused: the graph is for reading only")
    if _SERVICE.search(_NAME.sub(" ", words)):
        raise QueryError("SERVICE is refused: a query reaches no network; ask that endpoint")
    if (number := sum(1 for _ in _OPERATOR.finditer(words))) > MAX_OPERATORS:
        raise QueryError(f"the query has {number:,} operators: at most {MAX_OPERATORS:,} are taken")
    if (number := sum(1 for _ in _PATTERN.finditer(words)) + _listed(text)) > MAX_PATTERNS:
        raise QueryError(f"the query has {number} patterns: at most {MAX_PATTERNS} are taken")
    depth = 0
    for mark in _BRACKET.findall(words):
        depth = max(0, depth + (1 if mark in "{([" else -1))
        if depth > MAX_DEPTH:
            raise QueryError(f"the query nests deeper than {MAX_DEPTH}: write it flatter")


def _listed(text: str) -> int:
    """Return about how many items the lists of a query have: each is two patterns to the engine.

    It ends the process on a list of 6,000 of them.
    """
    words = _QUOTED.sub(lambda found: " " if found[0].startswith("#") else " x ", text)
    found, rows = 0, [("", 0)]
    for item in _ITEM.findall(_VALUES.sub(" ", words)):
        bracket, row = rows[-1]
        if item in ("(", "[", "{"):
            rows.append((item, 0))
        elif item in (")", "]", "}"):
            found += row if bracket == "(" and row > _LIST else 0
            rows = rows[:-1] or [("", 0)]
            rows[-1] = rows[-1][0], rows[-1][1] + 1
        else:
            parts = item in (",", ";") or item.strip("-+*/|^!=<>&") == ""
            rows[-1] = bracket, 0 if parts else row + 1
    return found
