"""Two payloads for the page: a small one full of hostile text, and one as large as a real map."""

from typing import Any, get_args

from nutrigraph.view import Claim, Document, Entity, Link, Page, Proposition
from nutrigraph.view.payload import Kind

BASE = "https://w3id.org/nutrigraph/"
CAUTION = (
    "A map of what studies reported, not medical advice. It cannot say why a miscarriage happened, "
    "and does not mean that anyone caused one. Doses are what studies used, not recommendations: "
    "ask your doctor or midwife before taking or stopping anything."
)

# Names of the boxes that do not lie on the map whole, or are not drawn there.
CUT_OFF = """() => { const canvas = holder.querySelector("canvas");
  const ratio = canvas.width / canvas.clientWidth;
  const copy = el("canvas", { width: canvas.width, height: canvas.height });
  const ctx = copy.getContext("2d", { willReadFrequently: true });
  if (canvas.width) ctx.drawImage(canvas, 0, 0);
  const on = (x, y) => network.canvasToDOM({ x, y });
  const drawn = data.nodes.filter(({ id }) => scene.at.has(id));
  return drawn.filter(({ id, w, h }) => { const { x, y } = network.getPosition(id);
    const [low, high] = [on(x - w / 2, y - h / 2), on(x + w / 2, y + h / 2)];
    const spot = on(x, y - h / 2 + 4); // above the text
    const ink = [...ctx.getImageData(spot.x * ratio, spot.y * ratio, 1, 1).data].slice(0, 3);
    return low.x < 0 || low.y < 0 || high.x > canvas.clientWidth || high.y > canvas.clientHeight
      || `rgb(${ink.join(", ")})` === inks.ground; }).map((row) => row.label); }"""

FIELDS = [
    "study_type",
    "species",
    "population",
    "life_stage",
    "baseline_status",
    "comparison",
    "comparator",
    "exposure_timing",
    "adjusted_for",
    "sample_size",
    "n_cases",
    "n_controls",
    "dose",
    "route",
    "duration",
    "timing",
    "assay",
    "effect",
    "p_value",
]


def iri(label: str) -> str:
    return BASE + label.replace(" ", "-")


def entity(label: str, kind: Kind = "Nutrient", **more: Any) -> Entity:
    row: Entity = {
        "id": iri(label),
        "label": label,
        "kind": kind,
        "definition": f"What this map means by {label}.",
        "synonyms": [],
        "mappings": [],
    }
    return {**row, **more}  # type: ignore[typeddict-item]


def claim(
    name: str, subject: Entity, target: Entity, quote: str, document: Document, **more: Any
) -> Claim:
    """A claim with every field of ``claims --json``; the quote is looked up in the document."""
    start = document["text"].index(quote)
    evidence = dict.fromkeys(FIELDS)
    given = more.pop("evidence", {})
    return {
        "id": name,
        "statement": f"{subject['label']} and {target['label']}: as the text says.",
        "document": document["id"],
        "basis": "text",
        "subject": {key: subject[key] for key in ("id", "label", "kind")},
        "object": {key: target[key] for key in ("id", "label", "kind")},
        "predicate": "associatedWith",
        "sign": 1,
        "force": "association",
        "modality": "stated",
        "negated": False,
        "co_exposures": [],
        "quote": {"exact": quote, "start": start, "end": start + len(quote)},
        "evidence": {**evidence, "parsed": {}, **given},
        "sources": [],
        "weight": 0.25,
        "weight_reason": "case-control, for an association",
        "headline_differs": [],
        "knowledge_level": "knowledge_assertion",
        "agent_type": "manual_agent",
        **more,
    }


def proposition(name: str, claims: list[Claim], label: str, **more: Any) -> Proposition:
    first = claims[0]
    row: Proposition = {
        "id": name,
        "subject": first["subject"]["id"],
        "object": first["object"]["id"],
        "predicate": first["predicate"],
        "label": label,
        "sign": first["sign"],
        "force": first["force"],
        "support": first["weight"],
        "dispute": 0.0,
        "signs_disagree": False,
        "inconclusive": 0,
        "animal_only": first["evidence"]["species"] in ("rat", "mouse"),
        "unsupported": first["basis"] in ("headline", "cross-reference"),
        "hedged": first["modality"] != "stated",
        "claims": [row["id"] for row in claims],
    }
    return {**row, **more}  # type: ignore[typeddict-item]


def document(name: str, paragraphs: list[str]) -> Document:
    """Paragraphs joined by blank lines, one segment each; a text without a full stop is a
    headline of the paragraph after it."""
    segments: list[Any] = []
    start = 0
    for at, text in enumerate(paragraphs):
        headline = not text.endswith(".")
        kind = "headline" if headline else "sentence"
        number = at + 1 if headline else at
        segments.append(
            {"start": start, "end": start + len(text), "kind": kind, "paragraph": f"p{number}"}
        )
        start += len(text) + 2
    return {"id": name, "title": name, "text": "\n\n".join(paragraphs), "segments": segments}


def hostile_sources(hostile: str) -> list[dict[str, Any]]:
    """A paper with ``hostile`` in its title, and one whose identifiers are no identifiers."""
    return [
        {"doi": "10.1000/ok", "pmid": "123", "title": f"Paper {hostile}", "year": "1999",
         "relation": "is_source_of", "retracted": False},
        {"doi": "javascript:alert(1)", "pmid": "1/../x", "title": "Bad", "year": None,
         "relation": "related", "retracted": True},
    ]  # fmt: skip


def hostile_magnesium(hostile: str) -> Entity:
    """Magnesium with ``hostile`` in a synonym, and a mapping that is no web address."""
    return entity(
        "magnesium",
        synonyms=["Mg", f"syn {hostile}"],
        mappings=[
            {"curie": "CHEBI:18420", "label": "Mg2+", "relation": "closeMatch",
             "url": "https://example.org/mg"},
            {"curie": "X:1", "label": "bad", "relation": "closeMatch",
             "url": "javascript:alert(1)"},
        ],
    )  # fmt: skip


def small(hostile: str = "<b>bold</b>") -> Page:
    """Five boxes, with ``hostile`` in a title, a label, a quote, a synonym and a source."""
    quote = f"Low magnesium \U0001f9ea went with loss {hostile} in women"
    text = document(
        "astral",
        [
            "Low magnesium linked to loss",
            f"\U0001f9ea\U0001f930\u2028 Two astral signs stand first. {quote}, they say.",
            "In rats a diet did nothing.",
        ],
    )
    magnesium = hostile_magnesium(hostile)
    loss = entity("miscarriage", "Condition")
    evil = entity(f"evil {hostile}", "Biomarker", definition=hostile)
    long = entity("long " + "word " * 1000, "Exposure")
    alone = entity("biotin")
    entities = [magnesium, loss, evil, long, alone]
    sources = hostile_sources(hostile)
    claims = [
        claim("c1", magnesium, loss, quote, text, sign=-1, sources=sources,
              evidence={"study_type": "case-series", "p_value": "P < 0.001", "sample_size": "12",
                        "parsed": {"not_in_page": ["sample_size"]}}),
        claim("c2", magnesium, loss, "Low magnesium linked to loss", text, sign=-1, weight=0.0,
              basis="headline", headline_differs=["drops: in women"]),
        claim("c3", long, loss, "In rats a diet did nothing", text, sign=0, negated=True,
              weight=0.0, evidence={"study_type": "animal", "species": "rat"}),
        claim("c4", evil, magnesium, "In rats a diet", text, evidence={"species": "rat"}),
    ]  # fmt: skip
    return {
        "title": f"Small {hostile}",
        "build": "test-build",
        "caution": CAUTION,
        "entities": entities,
        "propositions": [
            proposition("p1", claims[:2], "low level goes with"),
            proposition("p2", [claims[2]], "goes with", inconclusive=1, support=0.0),
            proposition("p3", [claims[3]], "goes with"),
        ],
        "links": [],
        "claims": claims,
        "documents": [text],
    }


ENTITIES = {
    "Nutrient": "magnesium|calcium|phosphorus|selenium|iron|zinc|folic acid|vitamin D|biotin|"
    "choline|chromium|vitamin A|vitamin B12|vitamin B6|vitamin C|vitamin E|vitamin K",
    "Condition": "miscarriage|threatened miscarriage|recurrent miscarriage|preterm labour|"
    "vaginal haemorrhage|pre-eclampsia|eclampsia|infertility|fetal malformation|"
    "neonatal hypocalcaemia|diabetes in pregnancy|diabetes|premenstrual tension|"
    "neonatal mortality|periventricular haemorrhage|brain oedema|impaired glucose tolerance|"
    "dyslipidaemia|live birth|low birth weight|pup body weight",
    "Mechanism": "insulin resistance|insulin sensitivity|insulin secretion|"
    "urinary magnesium loss|oxidative stress|inflammation|endothelial dysfunction",
    "Biomarker": "red-cell magnesium|serum magnesium|calcium/magnesium ratio|total protein|"
    "albumin|alkaline phosphatase activity|red-cell glutathione peroxidase|free blood magnesium",
    "Exposure": "four-mineral-restricted diet|oral contraceptive use|magnesium and selenium|"
    "intravenous magnesium",
}

# subject | object | label | sign | force | study type | species | weight | quote
ROWS = """
magnesium|miscarriage|low level goes with|-|association|case-control||.25|a significant decrease in magnesium
calcium/magnesium ratio|miscarriage|goes with|+|association|case-control||.25|increase of the calcium/magnesium ratio
magnesium|calcium/magnesium ratio|goes with less|-|association|case-control||.25|increase of the calcium/magnesium ratio
phosphorus|threatened miscarriage|low level goes with|-|association|cross-sectional||.15|inorganic phosphorus
magnesium|threatened miscarriage|low level goes with|-|association|cross-sectional||.15|inorganic phosphorus, magnesium
total protein|threatened miscarriage|low level goes with|-|association|cross-sectional||.15|total protein
albumin|threatened miscarriage|low level goes with|-|association|cross-sectional||.15|albumin
alkaline phosphatase activity|threatened miscarriage|low level goes with|-|association|cross-sectional||.15|total alkaline phosphatase activity
phosphorus|miscarriage|predicts fewer|-|association|cohort|human|.4|significantly higher inorganic phosphorus
magnesium and selenium|red-cell magnesium|supplements raise|+|interventional|case-series|human|.1|normalized their RBC-Mg
magnesium and selenium|red-cell glutathione peroxidase|supplements raise|+|interventional|case-series|human|.1|RBC-GSH-Px
red-cell magnesium|live birth|goes with|+|association|case-series|human|.1|produced normal healthy babies
red-cell magnesium|infertility|goes with less|-|association|case-series|human|.1|previously infertile women
selenium|red-cell magnesium|supplements raise|+|interventional|case-series|human|.1|Selenium supplementation
magnesium|diabetes in pregnancy|deficiency goes with|-|association|narrative-review||.03|miscarriage of diabetic women
magnesium|fetal malformation|deficiency goes with|-|association|narrative-review||.03|fetal malformations
magnesium|neonatal hypocalcaemia|deficiency goes with|-|association|narrative-review||.03|neonatal hypocalcemia
diabetes in pregnancy|miscarriage|goes with|+|association|cohort|human|.4|miscarriage of diabetic women
magnesium|preterm labour|supplements reduce|x|interventional|rct|human|.6|reduces the incidence of preterm labour
magnesium|vaginal haemorrhage|supplements reduce|-|interventional|rct|human|.6|vaginal haemorrhage
intravenous magnesium|pre-eclampsia|treats|-|interventional|narrative-review||.6|Intravenous magnesium application
intravenous magnesium|eclampsia|treats|-|interventional|narrative-review||.8|pre-eclampsia and eclampsia
magnesium|neonatal mortality|deficiency raises|-|causal|animal|mouse|.05|significantly increased neonatal mortality
magnesium|free blood magnesium|deficiency lowers|+|causal|animal|mouse|.05|reduced free magnesium concentration
free blood magnesium|periventricular haemorrhage|goes with|-|association|animal|mouse|.05|periventricular hemorrhage
free blood magnesium|brain oedema|goes with|-|association|animal|mouse|.05|edema in newborn pups
magnesium|neonatal mortality|supplements: no difference|0|interventional|animal|mouse|0|did not demonstrate a significant change
four-mineral-restricted diet|miscarriage|raises|+|causal|animal|rat|.05|higher miscarriage rate
four-mineral-restricted diet|pup body weight|lowers|-|causal|animal|rat|.05|body weights of their pups
four-mineral-restricted diet|serum magnesium|lowers|-|causal|animal|rat|.05|lower plasma iron
magnesium|insulin secretion|is needed for|+|causal|unspecified||.03|Insulin secretion requires magnesium
magnesium|insulin sensitivity|deficiency impairs|+|causal|unspecified||.03|reduces the tissues sensitivity to insulin
magnesium|insulin resistance|deficiency leads to|-|causal|headline||0|Magnesium deficiency leads to insulin resistance
insulin resistance|miscarriage|listed with|?|unsigned|cross-reference||0|Insulin Resistance and Miscarriage
insulin resistance|recurrent miscarriage|goes with|+|association|review-observational|human|.6|Insulin Resistance and Miscarriage
diabetes|magnesium|goes with low level|-|association|narrative-review||.03|Subclinical magnesium deficiency is common in diabetes
diabetes|urinary magnesium loss|raises|+|causal|narrative-review||.03|particularly in the urine
urinary magnesium loss|magnesium|lowers|-|causal|narrative-review||.03|increase magnesium losses
oral contraceptive use|impaired glucose tolerance|raises|+|causal|animal|rat|.05|Impaired glucose tolerance
oral contraceptive use|dyslipidaemia|raises|+|causal|animal|rat|.05|dyslipidaemia
magnesium|impaired glucose tolerance|intake reduces|-|interventional|animal|rat|.05|prevented by increased dietary magnesium
magnesium|dyslipidaemia|intake reduces|-|interventional|animal|rat|.05|prevented by increased dietary magnesium
red-cell magnesium|premenstrual tension|lower in|-|association|case-control|human|.25|Mean red cell magnesium level was significantly  lower
magnesium|premenstrual tension|deficiency may cause|-|association|case-control|human|.25|possible causative factor
selenium|miscarriage|listed with|?|unsigned|cross-reference||0|Selenium and miscarriage
oxidative stress|endothelial dysfunction|raises|+|causal|in-vitro|human|.03|experimental
endothelial dysfunction|pre-eclampsia|goes with|+|association|cohort|human|.4|pre-eclampsia
inflammation|insulin resistance|raises|+|causal|cohort|human|.4|insulin resistance
inflammation|serum magnesium|goes with less|-|association|cohort|human|.2|serum
selenium|oxidative stress|reduces|-|interventional|rct|human|.6|Selenium
vitamin D|preterm labour|goes with less|-|association|cohort|human|.4|preterm
vitamin D|miscarriage|low level goes with|-|association|review-observational|human|.6|miscarriage
folic acid|fetal malformation|prevents|-|interventional|rct|human|.6|fetal malformations
iron|low birth weight|reduces|-|interventional|rct|human|.6|iron
zinc|low birth weight|no difference|0|interventional|rct|human|0|zinc
zinc|preterm labour|reduces|-|interventional|rct|human|.6|zinc
calcium|pre-eclampsia|reduces|-|interventional|review-rct|human|.8|calcium
diabetes|insulin resistance|goes with|+|association|cohort|human|.4|diabetes
insulin secretion|diabetes|goes with less|-|association|cohort|human|.4|diabetes
insulin sensitivity|impaired glucose tolerance|goes with less|-|association|cohort|human|.4|sensitivity
low birth weight|neonatal mortality|goes with|+|association|cohort|human|.4|mortality
preterm labour|low birth weight|goes with|+|association|cohort|human|.4|Premature
preterm labour|neonatal mortality|raises|+|causal|cohort|human|.2|Premature
magnesium|low birth weight|supplements reduce|0|interventional|review-rct|human|.8|fetal outcome
threatened miscarriage|miscarriage|goes with|+|association|cohort|human|.4|threatened miscarriage
magnesium|miscarriage|supplements: no difference|0|interventional|rct|human|0|Some studies suggest
magnesium|miscarriage|deficiency may lead to|-|association|narrative-review||.03|may play a role in miscarriage
magnesium|miscarriage|low intake goes with|-|association|cohort|human|.4|Low magnesium associated with miscarriage
choline|magnesium|listed with|?|unsigned|cross-reference||0|Choline
biotin|magnesium|listed with|?|unsigned|cross-reference||0|Biotin
chromium|magnesium|listed with|?|unsigned|cross-reference||0|Chromium
vitamin A|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin A
vitamin B12|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin B12
vitamin B6|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin B6
vitamin C|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin C
vitamin E|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin E
vitamin K|magnesium|listed with|?|unsigned|cross-reference||0|Vitamin K
"""  # noqa: E501

LINKS = """
insulin sensitivity|insulin resistance|oppositeOf|opposite of|-1
red-cell magnesium|magnesium|measureOf|measure of|1
serum magnesium|magnesium|measureOf|measure of|1
free blood magnesium|magnesium|measureOf|measure of|1
recurrent miscarriage|miscarriage|broader|kind of|1
four-mineral-restricted diet|calcium|hasComponent|has component|
four-mineral-restricted diet|iron|hasComponent|has component|
four-mineral-restricted diet|zinc|hasComponent|has component|
"""

SIGNS = {"+": 1, "-": -1, "0": 0, "x": -1, "?": None}


def _row(number: int, line: str, named: dict[str, Entity], text: Document) -> list[Any]:
    subject, target, label, sign, force, study, species, weight, quote = line.split("|")
    basis = study if study in ("headline", "cross-reference") else "text"
    row = claim(
        f"c{number}",
        named[subject],
        named[target],
        quote,
        text,
        statement=f"{subject.capitalize()} {label} {target}.",
        sign=SIGNS[sign],
        negated=sign == "0",
        force=force,
        basis=basis,
        weight=float(weight),
        weight_reason=f"{study}, for the force '{force}'",
        modality="suggested" if "may" in label else "stated",
        headline_differs=["adds: resistance where the text says sensitivity"]
        if basis == "headline"
        else [],
        evidence={"study_type": study if basis == "text" else None, "species": species or None},
    )
    more: dict[str, Any] = {"signs_disagree": sign == "x"}
    if sign == "0":
        more |= {"support": 0.0, "inconclusive": int(float(weight) == 0), "dispute": float(weight)}
    return [row, proposition(f"p{number}", [row], label, **more)]


def large(paragraphs: list[str] | None = None) -> Page:
    """56 boxes and 78 propositions; by default the document is the quotes themselves."""
    lines = ROWS.strip().split("\n")
    text = document("magnesium-and-miscarriage", paragraphs or [q.split("|")[-1] for q in lines])
    named = {
        label: entity(label, kind) for kind in get_args(Kind) for label in ENTITIES[kind].split("|")
    }
    named["magnesium"]["synonyms"] = ["Mg", "Mg2+", "dietary magnesium"]
    made = [_row(at, line, named, text) for at, line in enumerate(lines)]
    links: list[Link] = []
    for line in LINKS.strip().split("\n"):
        subject, target, predicate, label, sign = line.split("|")
        links.append(
            {
                "subject": iri(subject),
                "object": iri(target),
                "predicate": predicate,
                "label": label,
                "sign": int(sign) if sign else None,  # type: ignore[typeddict-item]
            }
        )
    return {
        "title": "Magnesium and Miscarriage",
        "build": "4f1c2a9",
        "caution": CAUTION,
        "entities": list(named.values()),
        "propositions": [row for _, row in made],
        "links": links,
        "claims": [row for row, _ in made],
        "documents": [text],
    }


def many(count: int) -> Page:
    """``count`` propositions between a fifth as many entities."""
    text = document("sheet", ["One finding."])
    topics = [entity(f"topic {at}") for at in range(max(count // 5, 2))]
    pairs = [
        (topics[at * at % len(topics)], topics[(at * 7 + 1) % len(topics)]) for at in range(count)
    ]
    claims = [
        claim(f"c{at}", one, two, "One finding", text, weight=round(at % 97 / 100, 2))
        for at, (one, two) in enumerate(pairs)
    ]
    rows = [proposition(f"p{at}", [row], "goes with") for at, row in enumerate(claims)]
    return {
        "title": "Many", "build": "b", "caution": CAUTION, "entities": topics,
        "propositions": rows, "links": [], "claims": claims, "documents": [text],
    }  # fmt: skip
