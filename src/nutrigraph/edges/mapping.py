"""How tables become edges: a mapping, which is data in a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.errors import InputError, UnknownName
from nutrigraph.terms import ontology_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nutrigraph.model import Vocabulary

STUDY_TYPE: Final = "curated-source"
_SEPARATORS: Final = {"tab": "\t", "comma": ","}
_TOP: Final = {
    "title": str,
    "origin": str,
    "licence": str,
    "weight": float,
    "reason": str,
    "force": str,
    "backward": bool,
    "separator": str,
    "prefixes": dict,
    "nodes": dict,
    "predicates": dict,
    "edges": dict,
    "predicate": dict,
}
_NODES: Final = dict.fromkeys(("file", "id", "label", "category", "several"), str)
_PREDICATES: Final = dict.fromkeys(("file", "id", "label"), str)
_INLINE: Final = ("subject_label", "subject_category", "object_label", "object_category")
_EDGES: Final = {
    **dict.fromkeys(("file", "subject", "predicate", "object", "confidence", *_INLINE), str),
    "by_row": bool,
    "leave_out": dict,
}
_RULE: Final = {"phrase": str, "sign": int, "force": str, "backward": bool}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said of the edges of one predicate, beside its name."""

    force: str
    backward: bool
    sign: int | None = None
    phrase: str | None = None


@dataclass(frozen=True, slots=True)
class EdgeMapping:
    """How the tables of a source become edges. ``nodes``, ``predicates`` and ``edges`` hold the
    columns by what they are for; ``prefixes`` the starts of ids with those of their IRIs.
    """  # noqa: D205 - one sentence

    place: str
    title: str
    origin: str
    licence: str
    weight: float
    reason: str
    separator: str
    prefixes: tuple[tuple[str, str], ...]
    nodes: dict[str, str] | None
    predicates: dict[str, str] | None
    edges: dict[str, str]
    by_row: bool
    leave_out: dict[str, frozenset[str]]
    default: Rule
    rules: dict[str, Rule] = field(default_factory=dict)
    sha256: str = ""

    def rule(self, predicate: str) -> Rule:
        """Return what is said of a predicate."""
        return self.rules.get(predicate, self.default)


def mapping_file(name: str) -> Path:
    """Return the file of a mapping: one of ``ontology/imports`` by its name, or a path.

    Raises:
        UnknownName: there is none.
    """
    folder = ontology_folder() / "imports"
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        raise UnknownName("mapping", name, sorted(item.stem for item in folder.glob("*.toml")))
    return path


def read_mapping(path: Path, vocabulary: Vocabulary) -> EdgeMapping:
    """Read a mapping.

    Raises:
        InputError: it is no TOML, lacks something, holds something that nothing reads, or
            contradicts itself; names the key.
    """
    import hashlib

    place = str(path)
    try:
        data = path.read_bytes()
        given = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise InputError(place, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(place, "is not UTF-8: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(place, f"no valid TOML: {error}") from error
    _known(given, _TOP, "", place, needs=("title", "origin", "licence", "force", "reason", "edges"))
    nodes = _table(given, "nodes", _NODES, ("file", "id", "label"), place)
    predicates = _table(given, "predicates", _PREDICATES, ("file", "id", "label"), place)
    edges = _table(given, "edges", _EDGES, ("file", "subject", "predicate", "object"), place) or {}
    _refuse_contradictions(nodes, edges, place)
    default = _rule(given, None, "", vocabulary, place)
    study = vocabulary.study_types[STUDY_TYPE]
    return EdgeMapping(
        place=place,
        title=given["title"],
        origin=given["origin"],
        licence=given["licence"],
        weight=_weight(given.get("weight", study.weight_association), place),
        reason=given["reason"],
        separator=_separator(given.get("separator", "tab"), place),
        prefixes=_prefixes(given.get("prefixes", {}), place),
        nodes=nodes,
        predicates=predicates,
        edges={name: value for name, value in edges.items() if isinstance(value, str)},
        by_row=bool(edges.get("by_row", False)),
        leave_out=_left_out(edges.get("leave_out", {}), place),
        default=default,
        rules={
            name: _rule(rule, default, f"predicate.{name!r}: ", vocabulary, place)
            for name, rule in given.get("predicate", {}).items()
        },
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _known(
    given: Any,  # noqa: ANN401 - whatever the file holds
    allowed: Mapping[str, type],
    where: str,
    place: str,
    needs: tuple[str, ...] = (),
) -> None:
    """Refuse a key that nothing reads, a value of another type, a key that is missing."""
    if not isinstance(given, dict):
        raise InputError(place, f"{where}{given!r} is no table: write it as [{where.strip(': ')}]")
    for key, value in given.items():
        if key not in allowed:
            raise InputError(
                place, f"{where}nothing reads {key!r}: mend its name (known: {', '.join(allowed)})"
            )
        wanted = (int, float) if allowed[key] is float else allowed[key]
        if not isinstance(value, wanted) or (
            allowed[key] is not bool and value in (True, False) and isinstance(value, bool)
        ):
            raise InputError(place, f"{where}{key} is {value!r}: give a {allowed[key].__name__}")
        if value == "":
            raise InputError(place, f"{where}{key} is empty: fill it in, or leave the key out")
    for key in needs:
        if key not in given:
            raise InputError(place, f"{where}{key} is missing: add it")


def _table(
    given: dict[str, Any],
    name: str,
    allowed: Mapping[str, type],
    needs: tuple[str, ...],
    place: str,
) -> dict[str, Any] | None:
    if name not in given:
        return None
    _known(given[name], allowed, f"{name}: ", place, needs)
    found: dict[str, Any] = given[name]
    return found


def _refuse_contradictions(nodes: dict[str, Any] | None, edges: dict[str, Any], place: str) -> None:
    inline = [name for name in _INLINE if name in edges]
    if edges["subject"] == edges["object"]:
        raise InputError(
            place, f"edges: subject and object are both column {edges['subject']!r}: name two"
        )
    if nodes is None and edges.get("by_row"):
        raise InputError(
            place, "edges: by_row counts the rows of [nodes], and there is none: add it"
        )
    if nodes is not None and inline:
        raise InputError(
            place, f"edges: {inline[0]} and [nodes] both name the nodes: keep one of the two"
        )
    if nodes is None and not {"subject_label", "object_label"} <= {*inline}:
        raise InputError(
            place, "nothing names the nodes: add [nodes], or subject_label and object_label"
        )


def _rule(
    given: dict[str, Any], default: Rule | None, where: str, vocabulary: Vocabulary, place: str
) -> Rule:
    if default is not None:
        _known(given, _RULE, where, place)
    force = given.get("force", default.force if default else "")
    forces = [label for cls, label in vocabulary.iris if cls == "Force"]
    if force not in forces:
        raise InputError(
            place, f"{where}force {force!r} is unknown: give one of {', '.join(forces)}"
        )
    may_turn = force in vocabulary.walked_back
    backward = given.get("backward", default.backward and may_turn if default else may_turn)
    if backward and not may_turn:
        raise InputError(
            place, f"{where}force {force!r} is walked forward only, and backward says otherwise"
        )
    sign = given.get("sign")
    if sign not in (None, 1, -1):
        raise InputError(place, f"{where}sign is {sign}: give 1 or -1, or leave it out")
    if sign is not None and force == "unsigned":
        raise InputError(place, f"{where}force 'unsigned' and sign {sign} contradict each other")
    return Rule(force, backward, sign, given.get("phrase"))


def _weight(weight: float, place: str) -> float:
    if not 0 < weight <= 1:
        raise InputError(place, f"weight is {weight}: give a number above 0 and up to 1")
    return float(weight)


def _separator(name: str, place: str) -> str:
    if name not in _SEPARATORS:
        raise InputError(place, f"separator is {name!r}: give {' or '.join(_SEPARATORS)}")
    return _SEPARATORS[name]


def _prefixes(given: dict[str, Any], place: str) -> tuple[tuple[str, str], ...]:
    """Return prefixes, longest first, so that the most telling one applies."""
    _known(given, dict.fromkeys(given, str), "prefixes: ", place)
    for start, base in given.items():
        if not base.startswith(("http://", "https://")):
            raise InputError(place, f"prefixes: {start!r} is {base!r}: give the start of an IRI")
    return tuple(sorted(given.items(), key=lambda item: (-len(item[0]), item[0])))


def _left_out(given: dict[str, Any], place: str) -> dict[str, frozenset[str]]:
    _known(given, dict.fromkeys(given, list), "edges.leave_out: ", place)
    return {column: frozenset(map(str, values)) for column, values in given.items()}
