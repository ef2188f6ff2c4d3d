"""The first document as it was read, sentence by sentence: what its encoding must come to.

Each row names a headline or a sentence by its first words and lists its claims as ``subject aspect
direction: sign object direction``, with a hyphen for what is not said. Rows of the same words
belong to the same sentence.
"""

from dataclasses import dataclass, field

OPEN = "(open)"
"""Not compared: two careful readers may differ."""


@dataclass(frozen=True)
class Said:
    """What some words of the document state; ``evidence`` holds what is printed, nothing else."""

    words: str
    claims: tuple[str, ...]
    modality: str = "stated"
    species: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    effect: tuple[str | None, str | None] = (None, None)
    also: tuple[str, ...] = ()


WOMEN = {"study_type": "unspecified", "population": "women"}
THREATENED = WOMEN | {"population": "women with symptoms of threatened miscarriage"}
UNSAID = {"study_type": "unspecified"}
PREGNANT = UNSAID | {"timing": "during pregnancy"}
INFUSED = UNSAID | {"route": "intravenous", "dose": "pharmacological doses"}
SIX = {
    "study_type": "case-series",
    "population": "six women",
    "sample_size": "six",
    "dose": "200 micrograms daily oral selenium as selenomethionine and oral magnesium supplements",
    "route": "oral",
    "duration": "a further two months",
    "p_value": "P < 0.0001",
}
TWELVE = {
    "study_type": "case-series",
    "population": "previously infertile women",
    "sample_size": "12",
    "dose": "600 mg/day magnesium",
}
ANIMALS = {"study_type": "animal"}
RESCUE = ANIMALS | {"timing": "diet before mating, supplementation during gestation"}
DIET = ANIMALS | {"dose": "50% mineral-restricted diet", "duration": "12 weeks"}
OC_RATS = ANIMALS | {"population": "female rats"}

HEADLINES = [
    Said(
        "Low magnesium associated with miscarriage",
        ("magnesium level low: - miscarriage present",),
    ),
    Said(
        "Low magnesium, phosphorus found",
        (
            "magnesium level low: - threatened-miscarriage present",
            "phosphorus level low: - threatened-miscarriage present",
        ),
    ),
    Said(
        "100% of previously infertile women",
        ("magnesium level increased: + live-birth present",),
        species="human",
        evidence={"population": "previously infertile women"},
        effect=(None, "100%"),
    ),
    Said(
        "Magnesium deficiency linked",
        (
            "magnesium status low: - miscarriage present",
            "magnesium status low: - birth-defects present",
        ),
    ),
    Said("Magnesium prevents", ("magnesium - given: - preterm-labour decreased",)),
    Said(
        "Magnesium deficiency during pregnancy",
        ("magnesium status low: - fetal-death present",),
        species="animal",
        evidence={"timing": "during pregnancy"},
    ),
    Said(
        "Low calcium, iron, zinc and magnesium",
        ("calcium-iron-zinc-and-magnesium level low: - miscarriage increased",),
    ),
    Said(
        "Magnesium deficiency leads",
        ("magnesium status low: - insulin-resistance present",),
    ),
    Said(
        "Diabetes causes",
        ("diabetes occurrence present: + urinary-magnesium-loss increased",),
    ),
    Said(
        "Magnesium can prevent",
        ("magnesium - given: - insulin-resistance decreased",),
        evidence={"population": "oral contraceptive use"},
        also=("oral-contraceptive-use",),
    ),
    Said(
        "Magnesium can prevent",
        ("oral-contraceptive-use - given: + insulin-resistance present",),
    ),
    Said(
        "Low magnesium associated with premenstrual",
        ("magnesium level low: - premenstrual-tension present",),
    ),
]

SENTENCES = [
    Said(
        "Compared with controls, a significant decrease",
        (
            "magnesium level low: - miscarriage present",
            "calcium-magnesium-ratio level high: + miscarriage present",
        ),
        evidence={"study_type": "case-control"},
    ),
    Said(
        "The study showed symptoms of threatened",
        (
            "inorganic-phosphorus level low: - threatened-miscarriage present",
            "magnesium level low: - threatened-miscarriage present",
            "total-protein level low: - threatened-miscarriage present",
            "albumin level low: - threatened-miscarriage present",
            "total-alkaline-phosphatase-activity activity low: - threatened-miscarriage present",
        ),
        species="human",
        evidence=WOMEN,
    ),
    Said(
        "Women who did not undergo",
        ("inorganic-phosphorus level high: - miscarriage absent",),
        species="human",
        evidence=THREATENED,
    ),
    Said(
        "Women who did not undergo",
        ("inorganic-phosphorus level high: - miscarriage absent",),
        modality="suggested",
        species="human",
        evidence=THREATENED,
    ),
    Said(
        "After a further two months",
        (
            "selenium-and-magnesium supplementation given: + red-cell-magnesium increased",
            "selenium-and-magnesium supplementation given: "
            "+ red-cell-glutathione-peroxidase increased",
        ),
        species="human",
        evidence=SIX,
        effect=(None, "all six"),
    ),
    Said(
        "All 12 previously infertile",
        ("red-cell-magnesium level increased: + live-birth present",),
        species="human",
        evidence=TWELVE,
        effect=(None, "All 12"),
        also=("magnesium", "selenium"),
    ),
    Said(
        "All 12 previously infertile",
        ("red-cell-magnesium level increased: + conception present",),
        species="human",
        evidence=TWELVE | {"timing": "within eight months of normalizing"},
        effect=(None, "All 12"),
        also=("magnesium", "selenium"),
    ),
    Said(
        "Selenium supplementation (200mcg)",
        ("selenium supplementation given: + red-cell-magnesium increased",),
        species="human",
        evidence={
            "study_type": "case-series",
            "population": "6 of the women",
            "sample_size": "6",
            "dose": "200mcg",
        },
        also=("magnesium",),
    ),
    Said(
        "Some studies suggest",
        ("magnesium status low: - miscarriage present",),
        modality="suggested",
        species="human",
        evidence=UNSAID | {"population": "diabetic women"},
    ),
    Said(
        "Some studies suggest",
        ("magnesium status low: - birth-defects present",),
        modality="suggested",
        evidence=UNSAID,
    ),
    Said(
        "Some studies suggest",
        ("magnesium status low: - neonatal-hypocalcaemia present",),
        modality="suggested",
        species="human",
        evidence=UNSAID | {"population": "infants of diabetic mothers"},
    ),
    Said(
        "Magnesium supplementation during pregnancy seems",
        (
            "magnesium supplementation given: + maternal-health increased",
            "magnesium supplementation given: + fetal-outcome increased",
        ),
        evidence=PREGNANT,
    ),
    Said(
        "Magnesium supplementation reduces",
        (
            "magnesium supplementation given: - preterm-labour decreased",
            "magnesium supplementation given: - vaginal-haemorrhage decreased",
        ),
        evidence=PREGNANT,
    ),
    Said(
        "Premature delivery is",
        ("magnesium supplementation given: - premature-delivery decreased",),
        evidence=PREGNANT,
        effect=("8.2", "2.8%"),
    ),
    Said(
        "Intravenous magnesium",
        (
            "magnesium treatment given: - pre-eclampsia decreased",
            "magnesium treatment given: - eclampsia decreased",
        ),
        evidence=INFUSED,
    ),
    Said(
        "Magnesium deficiency during gestation",
        (
            "magnesium status low: - neonatal-mortality increased",
            "magnesium status low: - neonatal-morbidity increased",
        ),
        species="animal",
        evidence=ANIMALS | {"timing": "during gestation"},
    ),
    *(
        Said(
            "Such increases were associated",
            (f"{outcome} occurrence increased: - free-magnesium-concentration decreased",),
            species="animal",
            evidence=ANIMALS
            | {"population": OPEN, "assay": "in both maternal and offspring blood"},
        )
        for outcome in ("neonatal-mortality", "neonatal-morbidity")
    ),
    *(
        Said(
            "Such increases were associated",
            (
                f"{outcome} occurrence increased: + periventricular-haemorrhage increased",
                f"{outcome} occurrence increased: + edema-in-newborn increased",
            ),
            species="animal",
            evidence=ANIMALS
            | {
                "population": "offspring of magnesium-deficient animals",
                "assay": "magnetic resonance imaging and histology",
            },
        )
        for outcome in ("neonatal-mortality", "neonatal-morbidity")
    ),
    Said(
        "Animals fed a magnesium-deficient diet",
        (
            "magnesium-deficient-diet-then-supplementation - given: 0 neonatal-mortality -",
            "magnesium-deficient-diet-then-supplementation - given: 0 neonatal-morbidity -",
        ),
        species="animal",
        evidence=RESCUE,
    ),
    Said(
        "The significant improvement",
        ("magnesium intake given: + fetal-outcome increased",),
        species="animal",
        evidence=ANIMALS,
    ),
    Said(
        "Female rats received",
        tuple(
            f"mineral-restricted-diet - given: - plasma-{mineral} decreased"
            for mineral in ("iron", "zinc", "magnesium", "calcium")
        ),
        species="rat",
        evidence=DIET | {"population": "Female rats"},
    ),
    Said("Following mating", ()),
    Said(
        "RESULTS:",
        ("mineral-restricted-diet - given: + miscarriage increased",),
        species="rat",
        evidence=DIET | {"population": "Pregnant mineral-restricted dams"},
    ),
    Said(
        "RESULTS:",
        (
            "mineral-restricted-diet - given: - birth-weight decreased",
            "mineral-restricted-diet - given: - weaning-weight decreased",
        ),
        species="rat",
        evidence=DIET | {"population": "pups of mineral-restricted dams"},
    ),
    Said(
        "Insulin secretion requires",
        (
            "magnesium status present: + insulin-secretion present",
            "magnesium status low: + insulin-secretion decreased",
            "magnesium supplementation given: + insulin-secretion increased",
        ),
        evidence=UNSAID,
    ),
    Said(
        "Furthermore, experimental",
        ("magnesium status low: + insulin-sensitivity decreased",),
        evidence=UNSAID,
    ),
    Said(
        "Subclinical magnesium deficiency",
        ("magnesium status low: - diabetes present",),
        evidence=UNSAID,
    ),
    Said(
        "It results from both",
        (
            "magnesium intake low: + magnesium low",
            "magnesium-loss activity increased: - magnesium low",
            "urinary-magnesium-loss activity increased: - magnesium low",
        ),
        evidence=UNSAID | {"population": "diabetes"},
    ),
    Said(
        "Impaired glucose tolerance and",
        (
            "oral-contraceptive-use - given: + impaired-glucose-tolerance present",
            "oral-contraceptive-use - given: + dyslipidaemia present",
        ),
        species="rat",
        evidence=OC_RATS,
    ),
    Said(
        "Impaired glucose tolerance and",
        (
            "magnesium intake increased: - impaired-glucose-tolerance decreased",
            "magnesium intake increased: - dyslipidaemia decreased",
        ),
        modality="suggested",
        species="rat",
        evidence=OC_RATS | {"dose": "increased dietary magnesium"},
        also=("oral-contraceptive-use",),
    ),
    Said(
        "Magnesium deficiency has been implicated",
        ("magnesium status low: - premenstrual-tension present",),
        modality="hypothesised",
        evidence=UNSAID,
    ),
    Said("We have assessed", ()),
    Said(
        "Mean red cell magnesium",
        ("red-cell-magnesium level low: - premenstrual-tension present",),
        species="human",
        evidence={
            "study_type": "case-control",
            "population": "PMT patients and normal premenopausal women",
            "n_cases": "26",
            "n_controls": "nine",
            "assay": "atomic absorption spectrometry",
        },
    ),
    Said("Red cell magnesium determinations", ()),
]
