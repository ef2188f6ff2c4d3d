"""Builds: the same input gives the same bytes, and one that fails leaves the last as it was."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.ontologies import (
    CLAIMS,
    ENTITIES,
    FINDINGS,
    SLUG,
    SOURCE,
    Draft,
    copy_ontology,
    fault,
    run,
)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return copy_ontology(tmp_path / "ontology")


@pytest.fixture
def built(draft: Draft, tmp_path: Path) -> Path:
    """A build folder of the draft."""
    folder = tmp_path / "store"
    assert run("build", "--store", folder, ontology=draft.folder).exit_code == 0
    return folder


def exported(store: Path) -> str:
    result = run("export", "nquads", "--store", store)
    assert result.exit_code == 0, result.output
    return result.stdout


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def python(*words: str | Path, ontology: Path | None = None, **env: str) -> subprocess.Popen[str]:
    given = os.environ | env | ({"NUTRIGRAPH_ONTOLOGY": str(ontology)} if ontology else {})
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=given,
    )


def test_two_builds_give_the_same_bytes(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "store"
    process = python("-m", "nutrigraph", "build", "--store", other, PYTHONHASHSEED="7")
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert exported(other) == exported(store)
    for name in ("manifest.json", "index.json"):
        first, second = (folder / "current" / name for folder in (store, other))
        assert first.read_bytes() == second.read_bytes()


# Each spoils the ontology; `build` refuses it and names the culprit.
FAILURES = {
    "a finding": (CLAIMS, ":start 70 ; :end 202 ]", ":start 71 ; :end 202 ]", "characters 71-202"),
    "an undeclared term": (ENTITIES, "skos:broader :miscarriage", "skos:broader :loss", ":loss is"),
    "a syntax error": (ENTITIES, "#### Conditions", "#### Conditions\n:a :b", "no valid Turtle"),
    "another document": (SOURCE, "200mcg", "300mcg", "its text is not the one"),
}


@pytest.mark.parametrize("why", FAILURES)
def test_a_build_that_fails_leaves_the_last_one(draft: Draft, built: Path, why: str) -> None:
    before, here = exported(built), names(built)
    name, old, new, culprit = FAILURES[why]
    draft.change(name, old, new)
    fault(run("build", "--store", built, ontology=draft.folder), 1, culprit)
    assert exported(built) == before
    assert names(built) == here


def test_a_disk_that_is_full_leaves_the_last_build(
    draft: Draft, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, here = exported(built), names(built)
    draft.append(ENTITIES, "# changed")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        result = run("build", "--store", built, ontology=draft.folder)
    fault(result, 2, f"{built} cannot be written (", "No space left on device", "free space")
    assert exported(built) == before
    assert names(built) == here


# Where a build is killed: half of its quads written, all written, not yet the current one.
KILL = """
import os, pathlib, signal, sys
from nutrigraph import builds
from nutrigraph.cli import main

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def half(quads):
    for number, quad in enumerate(quads):
        if number == 2000:
            die()
        yield quad

add = builds.Draft.add
if sys.argv[1] == "half":
    builds.Draft.add = lambda draft, quads: add(draft, half(quads))
elif sys.argv[1] == "written":
    pathlib.Path.rename = die
else:
    pathlib.Path.symlink_to = die
main(["build", "--store", sys.argv[2]])
"""


@pytest.mark.parametrize("moment", ["half", "written", "named"])
def test_a_build_that_is_killed_leaves_the_last_one(draft: Draft, built: Path, moment: str) -> None:
    before, current = exported(built), (built / "current").resolve()
    draft.change(ENTITIES, 'rdfs:label "zinc"', 'rdfs:label "zinc, the metal"')
    process = python("-c", KILL, moment, built, ontology=draft.folder)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert (built / "current").resolve() == current
    assert exported(built) == before

    assert run("build", "--store", built, ontology=draft.folder).exit_code == 0
    assert "zinc, the metal" in exported(built)
    assert not [name for name in names(built) if name.startswith(".")]


def test_a_first_build_that_is_killed_can_be_built_again(draft: Draft, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    python("-c", KILL, "half", folder, ontology=draft.folder).communicate()
    fault(run("claims", "--store", folder), 2, "is no store: it holds no build")
    assert run("build", "--store", folder, ontology=draft.folder).exit_code == 0
    assert len(names(folder)) == 3  # the build, the link and the lock


HOLD = """
import fcntl, os, sys
with open(sys.argv[1], "a+") as handle:
    fcntl.flock(handle, fcntl.LOCK_EX)
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_store_locked_by_another_process(draft: Draft, built: Path) -> None:
    before, here = exported(built), names(built)
    with python("-c", HOLD, built / "lock") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = run("build", "--store", built, ontology=draft.folder)
        fault(result, 2, f"{built} is locked by another process (number {holder.pid}): wait until")
        assert exported(built) == before  # who reads need not wait
        holder.communicate("")
    assert names(built) == here
    assert run("build", "--store", built, ontology=draft.folder).exit_code == 0


def test_builds_do_not_pile_up_and_an_open_one_stays_readable(draft: Draft, built: Path) -> None:
    for number in range(3):
        before = (built / "current").resolve()
        draft.append(ENTITIES, f"# {number}")
        assert run("build", "--store", built, ontology=draft.folder).exit_code == 0
        assert before.is_dir()
        assert len(names(built)) == 4  # two builds, the link and the lock


SECOND = """
@prefix :        <https://w3id.org/nutrigraph/> .
@prefix c:       <https://w3id.org/nutrigraph/document/zinc-page#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs:    <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oa:      <http://www.w3.org/ns/oa#> .

<https://w3id.org/nutrigraph/document/zinc-page> a :Document ;
    dcterms:title "Zinc and miscarriage" ; dcterms:language "en" ; dcterms:rights "Ours." ;
    :sha256 "{sha256}" .
c:paragraph-1 a :Paragraph ; rdfs:label "Low zinc" .
c:title a :Claim ; :subject :zinc ; :predicate :listedWith ; :object :miscarriage ;
    :basis :crossReferenceBasis ; :modality :stated ;
    :quote [ oa:exact "Zinc and miscarriage" ; :start 0 ; :end 20 ] .
c:low-zinc a :Claim ;
    :subject :zinc ; :subjectAspect :level ; :subjectDirection :low ;
    :predicate :lowLevelAssociatedWith ;
    :object :miscarriage ; :objectAspect :occurrence ; :objectDirection :present ;
    :basis :textBasis ; :modality :stated ; :evidence [ :studyType :unspecified ] ;
    :quote [ oa:exact "Low zinc goes with miscarriage." ; :start 22 ; :end 53 ] .
c:segment-00 a :Title ; :start 0 ; :end 20 ; :holds c:title .
c:segment-01 a :Sentence ; :start 22 ; :end 53 ; :inParagraph c:paragraph-1 ; :holds c:low-zinc .
"""
SECOND_TEXT = "Zinc and miscarriage\n\nLow zinc goes with miscarriage.\n"


def claims_of(store: Path, *words: str) -> list[str]:
    result = run("claims", "--json", *words, "--store", store)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_a_further_document_leaves_the_claims_of_the_others(draft: Draft, built: Path) -> None:
    before = claims_of(built)
    ids = Counter(json.loads(line)["document"] for line in before)
    assert ids == {SLUG: 93, FINDINGS: 330}
    assert len({json.loads(line)["id"] for line in before}) == 423
    sha256 = hashlib.sha256(SECOND_TEXT.encode()).hexdigest()
    draft.write("documents/zinc-page/source.txt", SECOND_TEXT)
    draft.write("documents/zinc-page/claims.ttl", SECOND.replace("{sha256}", sha256))
    checked = run("check", ontology=draft.folder)
    assert checked.exit_code == 0, checked.output
    assert "zinc-page: 2 quotes re-read, 45 of 45 characters in 2 segments, 2 claims" in (
        checked.stdout
    )
    assert run("build", "--store", built, ontology=draft.folder).exit_code == 0
    kept = [*claims_of(built, "--document", SLUG), *claims_of(built, "--document", FINDINGS)]
    assert sorted(kept) == sorted(before)
    assert len(claims_of(built)) == 425
