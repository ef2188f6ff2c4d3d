"""Beginning an ontology of one's own and a document, and finding where quotes stand."""

import re
from pathlib import Path

import pytest
from tests.ontologies import CLAIMS, SLUG, SOURCE, Draft, copy_ontology, run

from nutrigraph.errors import CheckFailed, InputError
from nutrigraph.outline import anchor, parts

TEXT = """Zinc and sleep

Zinc helps some to sleep

In one study, zinc was low in poor sleepers. It may matter.

More on zinc
"""

ENCODED = """c:title a :Claim ; :subject :zinc ; :predicate :listedWith ; :object :miscarriage ;
    :basis :crossReferenceBasis ; :modality :stated ; :quote [ oa:exact "Zinc" ] .

c:low a :Claim ;
    :subject :zinc ; :subjectAspect :level ; :subjectDirection :low ;
    :predicate :lowLevelAssociatedWith ;
    :object :miscarriage ; :objectAspect :occurrence ; :objectDirection :present ;
    :basis :textBasis ; :modality :stated ; :evidence [ :studyType :unspecified ] ;
    :quote [ oa:exact "Zinc was low in miscarriage" ] .

c:advice a :NoClaim ; :noClaimReason :recommendation ; :reason "says what should be done" ;
    :quote [ oa:exact "Eat well." ] .

#### Segments"""


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return copy_ontology(tmp_path / "ontology")


def home(draft: Draft) -> Path:
    return draft.folder / "documents" / SLUG


def test_a_text_falls_into_title_headlines_sentences_and_link_lines() -> None:
    assert [(p.kind, TEXT[p.start : p.end], p.paragraph) for p in parts(TEXT)] == [
        ("Title", "Zinc and sleep", None),
        ("Headline", "Zinc helps some to sleep", 1),
        ("Sentence", "In one study, zinc was low in poor sleepers.", 1),
        ("Sentence", "It may matter.", 1),
        ("LinkLine", "More on zinc", None),
    ]


def test_sentences_without_a_headline_make_a_paragraph_of_their_own() -> None:
    assert [
        (p.kind, p.paragraph) for p in parts("T\n\nA is so. B is.\n\nAnd C is.\nlink\nD is.")
    ] == [
        ("Title", None),
        ("Sentence", 1),
        ("Sentence", 1),
        ("Sentence", 1),
        ("Headline", 2),
        ("Sentence", 2),
    ]


def test_the_real_document_falls_apart_as_it_was_encoded(draft: Draft) -> None:
    """All but its list of topics, one link line here, which its encoder split by hand."""
    found = re.findall(r" a :(\w+) ; :start (\d+) ; :end (\d+)", draft.read(CLAIMS))
    encoded = [(kind, int(start), int(end)) for kind, start, end in found]
    cut = [(p.kind, p.start, p.end) for p in parts(draft.read(SOURCE))]
    assert cut[:-2] == encoded[: len(cut) - 2]
    assert len(cut) - 2 == sum(not kind.startswith("Footer") for kind, _, _ in encoded)


def test_the_real_document_is_anchored_already(draft: Draft) -> None:
    before = draft.read(CLAIMS)
    quotes, moved = anchor(home(draft))
    assert quotes == before.count("oa:exact")
    assert moved == 0
    assert draft.read(CLAIMS) == before


def test_offsets_and_what_segments_hold_come_back_byte_for_byte(draft: Draft) -> None:
    before = draft.read(CLAIMS)
    bare = re.sub(r" ; :start \d+ ; :end \d+ \]", " ]", before)
    bare = re.sub(r" ;\n    :holds [^.]*? \.$", " .", bare, flags=re.MULTILINE)
    assert ":holds" not in bare
    draft.write(CLAIMS, bare)
    quotes, moved = anchor(home(draft))
    assert quotes == moved
    assert draft.read(CLAIMS) == before


def test_plain_spaces_find_the_no_break_spaces_of_the_text(draft: Draft) -> None:
    before = draft.read(CLAIMS)
    assert "\xa0" in before
    draft.write(CLAIMS, before.replace("\xa0", " "))
    anchor(home(draft))
    assert draft.read(CLAIMS) == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("related to decreased", "linked to decreased", "does not hold 'symptoms of threatened"),
        (' ; oa:prefix ", Folic Acid, " ; oa:suffix ", Multivitamin"', "", "times: add oa:prefix"),
    ],
)
def test_words_that_cannot_be_placed_are_named_and_nothing_is_written(
    draft: Draft, old: str, new: str, told: str
) -> None:
    draft.write(CLAIMS, draft.read(CLAIMS).replace(old, new))
    draft.change(CLAIMS, " ; :start 4730 ; :end 4739", "")
    before = draft.read(CLAIMS)
    with pytest.raises(CheckFailed, match=re.escape(told)):
        anchor(home(draft))
    assert draft.read(CLAIMS) == before


def test_a_quote_in_a_comment_is_no_quote(draft: Draft) -> None:
    draft.change(CLAIMS, "#### Paragraphs", '# [ oa:exact "not there" ]\n#### Paragraphs')
    assert anchor(home(draft))[1] == 0


def test_a_segment_out_of_its_place_is_named(draft: Draft) -> None:
    draft.change(
        CLAIMS, "c:segment-07 a :Headline ; :start", "c:segment-07 a :Headline ;\n    :start"
    )
    with pytest.raises(InputError, match="c:segment-07 does not stand as an outline has it"):
        anchor(home(draft))


def test_from_nothing_to_a_document_that_holds(tmp_path: Path) -> None:
    mine, page = tmp_path / "mine", tmp_path / "My page.txt"
    page.write_text("Zinc\n\nZinc was low in miscarriage. Eat well.\n", encoding="utf-8")
    assert run("begin", mine).output.startswith("Copied the ontology to ")
    ontology = mine / "ontology"
    assert run("outline", page, ontology=ontology).output.startswith("3 segments to encode in ")
    draft = Draft(ontology)
    assert draft.read("documents/my-page/source.txt") == page.read_text(encoding="utf-8")
    missing = run("build", ontology=ontology)
    assert missing.exit_code == 1
    assert "segment-00: holds neither a claim nor a no-claim (and 2 more" in missing.output
    draft.change("documents/my-page/claims.ttl", "#### Segments", ENCODED)
    twice = run("anchor", "my-page", ontology=ontology)
    assert twice.exit_code == 1
    assert "'Zinc' stands in the document 2 times" in twice.output
    draft.change(
        "documents/my-page/claims.ttl", '"Zinc" ]', '"Zinc" ; oa:suffix "\\n\\nZinc was" ]'
    )
    assert (
        run("anchor", "my-page", ontology=ontology).output
        == "my-page: 3 quotes, 3 of them placed anew\n"
    )
    held = run("check", ontology=ontology)
    assert "my-page: 3 quotes re-read" in held.output
    assert held.exit_code == 0, held.output
    assert run("build", ontology=ontology).exit_code == 0
    assert (mine / "build" / "store" / "current").is_dir()
    assert "Zinc was low" in run("claims", "--document", "my-page", ontology=ontology).output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("begin", "{mine}"), "is there already: name another folder"),
        (("outline", "{page}", "--slug", SLUG), "is there already: give another name"),
        (("outline", "{page}", "--slug", "../up"), "is no name of a document"),
        (("outline", "{page}.gone"), "cannot be read"),
        (("outline", "{empty}"), "the text is empty"),
        (("anchor", "magnesium-and-miscariage"), f"nearest: {SLUG}"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    page, empty = tmp_path / "page.txt", tmp_path / "empty.txt"
    page.write_text("Zinc\n", encoding="utf-8")
    empty.write_text(" \n", encoding="utf-8")
    given = [word.format(mine=tmp_path, page=page, empty=empty) for word in words]
    result = run(*given, ontology=draft.folder)
    assert result.exit_code in (1, 2)
    assert told in result.output
    assert result.output.count("\n") == 1
    assert not (draft.folder / "documents" / "empty").exists()


def test_the_installed_ontology_is_not_written_into(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from nutrigraph import outline
    from nutrigraph.errors import UsageError

    monkeypatch.delenv("NUTRIGRAPH_ONTOLOGY", raising=False)
    monkeypatch.setattr(
        outline, "ontology_folder", lambda: Path(outline.__file__).parent / "ontology"
    )
    with pytest.raises(UsageError, match="make a copy with `nutrigraph begin FOLDER`"):
        outline.own_folder()
