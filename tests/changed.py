"""Changes to plant in a copy of the ontology, each of one kind."""

import hashlib
from collections.abc import Callable

from tests.ontologies import ENTITIES, VOCABULARY, Draft
from tests.test_builds import SECOND, SECOND_TEXT

SHEET = "findings/pregnancy-findings.tsv"
MAPPING = "findings/pregnancy-findings.toml"
NOTICES = "retractions.tsv"
SAMI = "10.1080/14767058.2019.1623872"
ZHANG = "10.1111/aji.12447"
ASEMI = "10.3945/ajcn.114.098616"


def row(draft: Draft, finding: str) -> str:
    lines = draft.read(SHEET).splitlines(keepends=True)
    (found,) = (line for line in lines if line.startswith(f"{finding}\t"))
    return found


def retract(doi: str) -> Callable[[Draft], None]:
    return lambda draft: draft.write(
        NOTICES, f"{draft.read(NOTICES).rstrip()}\n2\tx\tx\t{doi}\t0\tRetraction\t\t\n"
    )


def cut_finding(finding: str) -> Callable[[Draft], None]:
    return lambda draft: draft.change(SHEET, row(draft, finding), "")


def change_finding(finding: str, old: str, new: str) -> Callable[[Draft], None]:
    def plant(draft: Draft) -> None:
        found = row(draft, finding)
        assert old in found
        draft.change(SHEET, found, found.replace(old, new, 1))

    return plant


def add_document(draft: Draft) -> None:
    sha256 = hashlib.sha256(SECOND_TEXT.encode()).hexdigest()
    draft.write("documents/zinc-page/source.txt", SECOND_TEXT)
    draft.write("documents/zinc-page/claims.ttl", SECOND.replace("{sha256}", sha256))


def forget_the_notice(draft: Draft) -> None:
    draft.write(NOTICES, f"{draft.read(NOTICES).splitlines()[0]}\n")


def supersede(draft: Draft) -> None:
    """Say that a review gives way to another paper."""
    draft.append(MAPPING, f'[[papers]]\ndoi = "{ZHANG}"\nsuperseded_by = "{SAMI}"')


def reweigh(draft: Draft) -> None:
    old = '"cohort" ; :weightCausal 0.2 ; :weightAssociation 0.4'
    draft.change(VOCABULARY, old, old.replace("0.4", "0.5"))
    draft.change(VOCABULARY, ":hubDamping 0.05", ":hubDamping 0.06")


def change_terms(draft: Draft) -> None:
    retired = ':selenomethionine owl:deprecated true ; skos:note "A test."'
    draft.change(ENTITIES, ":selenomethionine a", f"{retired} ; a")
    if "@prefix owl:" not in draft.read(ENTITIES):
        owl = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        draft.write(ENTITIES, owl + draft.read(ENTITIES))
    draft.append(
        ENTITIES,
        ':made-up a :Nutrient ; rdfs:label "made-up" ; skos:definition "Made up for a test." .',
    )


PLANTS: dict[str, Callable[[Draft], None]] = {
    "document": add_document,
    "study type": change_finding("craig2002-ir-rpl", "\tcase-control\t", "\tcohort\t"),
    "retracted": retract(SAMI),
    "cut": cut_finding("zhang2016-tnf-rpl"),
    "turned": change_finding(
        "sami2021-rpl-magnesium", "\tlevel\tdecreased\t", "\tlevel\tincreased\t"
    ),
    "hedged": change_finding("sami2021-rpl-magnesium", "\tstated\t", "\tsuggested\t"),
    "contrary": change_finding(
        "craig2002-ir-rpl", "\toccurrence\tincreased\t", "\toccurrence\tdecreased\t"
    ),
    "superseded": supersede,
    "no notice": forget_the_notice,
    "weights": reweigh,
    "terms": change_terms,
}
