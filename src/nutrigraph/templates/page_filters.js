// Filters: what they let through, and the boxes that a reader ticks.

const FACETS = {
  sign: { title: "Sign", of: signOf, name: (value) => SIGNS[value], order: Object.keys(SIGNS) },
  species: { title: "Species", of: (claim) => claim.evidence.species ?? "", name: (value) => value || "not stated" },
  study: { title: "Study type", of: (claim) => claim.evidence.study_type ?? "", name: (value) => words(value) || "not stated" },
  basis: { title: "Stands in", of: (claim) => claim.basis, name: words },
  document: { title: "Document", of: (claim) => claim.document, name: (value) => short(documents.get(value)?.title ?? value, 60) },
  kind: { title: "Kind of topic", of: () => null, name: (value) => value, order: KINDS },
};
for (const [id, facet] of Object.entries(FACETS)) {
  const found = new Set(id === "kind" ? data.entities.map((entity) => entity.kind) : data.claims.map(facet.of));
  // What is not stated comes last.
  facet.values = (facet.order ?? [...found].sort((a, b) => !a - !b || (a < b ? -1 : 1))).filter((value) => found.has(value));
  facet.off = new Set();
}
const kinds = FACETS.kind;
const claimFacets = Object.values(FACETS).filter((facet) => facet !== kinds);

const kindShown = (id) => !kinds.off.has(entities.get(id)?.kind);
const passes = (claim, except = null) =>
  kindShown(claim.subject.id) && kindShown(claim.object.id) &&
  claimFacets.every((facet) => facet === except || !facet.off.has(facet.of(claim)));
const isFiltered = () => Object.values(FACETS).some((facet) => facet.off.size);

// What the filters leave: recomputed on each change, read by everything that draws.
const shown = { claims: [], ids: new Set(), propositions: new Set(), entities: new Set() };

function filter() {
  shown.claims = data.claims.filter((claim) => passes(claim));
  shown.ids = new Set(shown.claims.map((claim) => claim.id));
  shown.propositions = new Set(data.propositions.filter((row) => row.claims.some((id) => shown.ids.has(id))).map((row) => row.id));
  const touched = new Set(data.links.flatMap((link) => [link.subject, link.object]));
  const said = new Set(touched);
  for (const row of data.propositions) {
    for (const end of [row.subject, row.object]) {
      said.add(end);
      if (shown.propositions.has(row.id)) touched.add(end);
    }
  }
  // A topic that nothing is said of has nothing to filter by but its kind.
  shown.entities = new Set([...entities.keys()].filter((id) => kindShown(id) && (touched.has(id) || !said.has(id))));
}

// The filters of a question, by the names that `nutrigraph paths` has for them. A sign is no filter there: it is what
// the answer tells.
const WALKED = { species: "species", study: "study_types", basis: "bases", document: "documents" };

function walkFilters() {
  const filters = { avoid: [...kinds.off] };
  for (const [id, name] of Object.entries(WALKED)) {
    const { off, values } = FACETS[id];
    if (off.size) filters[name] = values.filter((value) => !off.has(value)).map((value) => value || "unknown");
  }
  return filters;
}

/* ---- the boxes ---- */

function switchOff(id, values) {
  const off = Object.fromEntries(Object.entries(FACETS).map(([name, facet]) => [name, [...facet.off]]));
  put({ off: id === null ? {} : { ...off, [id]: values } });
}

function makeFilters() {
  const box = (id, facet, value) => {
    const input = el("input", { type: "checkbox", checked: true, "data-value": value, onchange: () =>
      switchOff(id, input.checked ? [...facet.off].filter((one) => one !== value) : [...facet.off, value]) });
    const name = el("span", { class: "name" }, facet.name(value));
    const glyph = id === "kind" ? kindGlyph(value) : id === "sign" ? lineGlyph(value) : "";
    const only = el("button", { type: "button", class: "only", "aria-label": `only ${facet.name(value)}`,
      onclick: () => switchOff(id, facet.values.filter((one) => one !== value)) }, "only");
    return el("div", { class: "choice" }, el("label", {}, input, glyph, name, el("span", { class: "count" })), facet.values.length > 1 ? only : "");
  };
  for (const [id, facet] of Object.entries(FACETS)) {
    if (!facet.values.length) continue;
    $("filters").append(el("fieldset", { "data-facet": id }, el("legend", {}, facet.title), facet.values.map((value) => box(id, facet, value))));
  }
  $("reset").addEventListener("click", () => switchOff(null));
}

function showFilters() {
  for (const [id, facet] of Object.entries(FACETS)) {
    const left = id === "kind" ? [] : data.claims.filter((claim) => passes(claim, facet));
    const tally = new Map();
    for (const value of id === "kind" ? data.entities.map((entity) => entity.kind) : left.map(facet.of)) tally.set(value, (tally.get(value) ?? 0) + 1);
    document.querySelectorAll(`[data-facet="${id}"] .choice`).forEach((line, at) => {
      const value = facet.values[at];
      line.querySelector("input").checked = !facet.off.has(value);
      line.querySelector(".count").textContent = tally.get(value) ?? 0;
      line.classList.toggle("none", !tally.get(value));
    });
  }
  $("reset").hidden = !isFiltered();
  $("counts").textContent = `${shown.claims.length} of ${data.claims.length} claims · ${shown.entities.size} entities`;
}
