"""What a query may look like: each limit, and that what lies in strings and comments is free."""

import pytest

from nutrigraph import KnowledgeGraph
from nutrigraph.errors import QueryError
from nutrigraph.gate import MAX_DEPTH, MAX_OPERATORS, MAX_PATTERNS, names_graphs, refuse, size
from nutrigraph.queries import named_queries

PATTERN = "?s ?p ?o . "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" ", "empty"),
        ("SELECT * " + "{" * 2_100 + "}" * 2_100, "nests deeper"),
        ("SELECT * { FILTER " + "(" * 4_600 + "1" + ")" * 4_600 + "}", "nests deeper"),
        ("SELECT * { BIND (1" + "+1" * 8_400 + " AS ?x) }", "operators"),
        ("SELECT * { {}" + " UNION {}" * 6_600 + "}", "operators"),
        ("SELECT * { " + PATTERN * 160 + "}", "patterns"),
        ("SELECT * { ?s " + "?p ?o ; " * 160 + "}", "patterns"),
        ("SELECT * { " + "?s ?p ?o.?s1 ?p1 ?o1." * 80 + "}", "patterns"),
        ("SELECT * { ?s ?p ?o0" + ",?o" * 199 + "}", "patterns"),
        ("SELECT * { " + ("{ " + PATTERN * 40 + "} ") * 6 + "}", "patterns"),
        ("SELECT * { ?s ?p (" + "1 " * 20_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + ".5" * 20_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "+1 " * 900 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "?a?b" * 5_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "'a'<b>" * 5_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "_:a " * 5_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "[](1)" * 5_000 + ") }", "patterns"),
        ("SELECT * { ?s ?p (" + "1\n#)\n" * 5_000 + ") }", "patterns"),
        ("SELECT * { " + " " * 200_000 + "}", "characters"),
        ("SELECT * { service <http://example.org/> {} }", "SERVICE"),
        ("SELECT * { SERVICESILENT<http://example.org/> {} }", "SERVICE"),
        ("SELECT * { SERVICEskos:x {} }", "SERVICE"),
        ("SELECT * { ?s ?p 1SERVICE<http://example.org/> {} }", "SERVICE"),
        ("SELECT * { ?s ?p trueService<http://example.org/> {} }", "SERVICE"),
    ],
)
def test_what_would_break_the_engine_is_refused(text: str, words: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match=words):
        kg.query(text)


def test_a_function_that_there_is_not_is_the_fault_of_the_query(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="a function that the engine does not have"):
        kg.query("SELECT * { BIND (<http://example.org/f>(1) AS ?x) }")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { " + PATTERN * MAX_PATTERNS + "}",
        "SELECT * { " + ("{ " + PATTERN * 30 + "} ") * 3 + "}",
        "SELECT * " + "{" * (MAX_DEPTH - 1) + "}" * (MAX_DEPTH - 1),
        "SELECT ?service ?from { ?service :from ?from }",
        "SELECT ?my_service { ?my_service :health-service ?from }",
        f"SELECT * {{ ?s ?p '{'{' * 5_000}' }} # {'+' * (2 * MAX_OPERATORS)} SERVICE",
        "SELECT * { VALUES ?x { " + "1.5 " * 500 + "} }",
        "SELECT * { VALUES (?x ?y) { " + "(1.5 :a) " * 500 + "} }",
        "SELECT * { VALUES (" + "?x " * 20 + ") { (" + "1.5 " * 20 + ") } }",
        "SELECT * { FILTER (" + "STR(?x) = '1.5' || " * 200 + "false) }",
        "SELECT * { FILTER (?x IN (" + "1.5, " * 80 + "1)) }",
        "SELECT " + "(COUNT(DISTINCT ?x) AS ?y) " * 60 + "{ ?x ?p (1 2 3 4) }",
        "SELECT * { ?s " + "(:a/:b|^:c)+/" * 60 + ":d ?o }",
    ],
)
def test_what_the_engine_takes_is_let_through(text: str) -> None:
    refuse(text)


def test_every_named_question_is_let_through() -> None:
    for item in named_queries():
        refuse(item.text)


def test_only_a_keyword_names_graphs() -> None:
    assert names_graphs("SELECT * FROM <http://example.org/> { ?s ?p ?o }")
    assert names_graphs("SELECT * FROM<http://example.org/> { ?s ?p ?o }")
    assert names_graphs("SELECT * FROMex:g { ?s ?p ?o }")
    assert names_graphs("SELECT * FROM:g { ?s ?p ?o }")
    assert names_graphs("CONSTRUCT { ?s ?p ?o } FROM <http://example.org/> { ?s ?p ?o }")
    assert not names_graphs("PREFIX fromage: <x> SELECT * { ?s fromage:of ?o ; ex:fromage ?x }")
    assert not names_graphs("SELECT ?from { ?from :from 'FROM' } # FROM")


def test_what_leaves_nothing_open_is_the_smallest() -> None:
    assert size("ASK {}") == 0
    assert size("ASK { :magnesium :deficiencyImpairs :insulin-secretion }") == 0
    assert size("SELECT ?x { :magnesium :deficiencyImpairs ?x, $x }") == 1
    for text in (
        "ASK { [] :p [] . [] :q [] . [] :r [] }",
        "ASK { _:a :p _:b . _:c :q _:d . _:e :r _:f }",
        "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    ):
        assert size(text) >= 6
    for text in ("ASK { :a :p* :b }", "ASK { VALUES () { () () } }", "ASK { FILTER(1 > 2) }"):
        assert size(text) == 1
