"use strict";
// The payload, the words for it, and which claims the filters let through.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
const entities = byId(data.entities);
const propositions = byId(data.propositions);
const claims = byId(data.claims);
// Offsets are Python's: they count code points, where a JavaScript string counts UTF-16 units.
const documents = new Map(data.documents.map((doc) => [doc.id, { ...doc, points: Array.from(doc.text) }]));
const claimsOf = (proposition) => proposition.claims.map((id) => claims.get(id)).filter(Boolean);
const pairOf = (row) => JSON.stringify([row.subject, row.object].sort());
const pairs = Map.groupBy ? Map.groupBy(data.propositions, pairOf) : groupBy(data.propositions, pairOf);

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

/* ---- elements: text is only ever a text node ---- */

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "fill" || name === "stroke") node.style[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A link leads to the web or it is no link.
function webLink(url, text) {
  let safe = null;
  try {
    if (url && /^https?:$/.test(new URL(url).protocol)) safe = new URL(url).href;
  } catch {
    safe = null;
  }
  return safe ? el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, text) : el("span", {}, text);
}

/* ---- shapes: one path for the map and the legend ---- */

const KINDS = ["Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure"];

function outline(kind, width, height) {
  const [x, y] = [width / 2, height / 2];
  const cut = Math.min(8, y * 0.7);
  const path = (points) => `M${points.map((point) => point.join(" ")).join("L")}Z`;
  if (kind === "Mechanism") return path([[-x, 0], [cut - x, -y], [x - cut, -y], [x, 0], [x - cut, y], [cut - x, y]]);
  if (kind === "Exposure") return path([[cut - x, -y], [x, -y], [x - cut, y], [-x, y]]);
  if (kind === "Biomarker")
    return path([[cut - x, -y], [x - cut, -y], [x, cut - y], [x, y - cut], [x - cut, y], [cut - x, y], [-x, y - cut], [-x, cut - y]]);
  const r = kind === "Nutrient" ? Math.min(y, 15) : 2;
  return `M${r - x} ${-y}H${x - r}A${r} ${r} 0 0 1 ${x} ${r - y}V${y - r}A${r} ${r} 0 0 1 ${x - r} ${y}` +
    `H${r - x}A${r} ${r} 0 0 1 ${-x} ${y - r}V${r - y}A${r} ${r} 0 0 1 ${r - x} ${-y}Z`;
}

function kindGlyph(kind) {
  const shape = { d: outline(kind, 22, 13), fill: `var(--${kind})`, stroke: `var(--${kind}-rim)`, "stroke-width": 1.4 };
  return svg("svg", { class: "glyph", width: 24, height: 16, viewBox: "-12 -8 24 16", "aria-hidden": "true" }, svg("path", shape));
}

// How each tone ends: the legend and the evidence buttons draw what the map draws.
const ENDS = { up: "M14 0L6 -4V4Z", down: "M12 -6H14V6H12Z", null: "M14 0A3 3 0 1 1 8 0A3 3 0 1 1 14 0Z" };
const inkOf = (tone) => `var(--${tone === "up" || tone === "down" || tone === "link" ? tone : "grey"})`;

function lineGlyph(tone, { dash = "", width = 2 } = {}) {
  const line = svg("path", { d: `M-14 0H${ENDS[tone] ? 9 : 14}`, stroke: inkOf(tone), "stroke-width": width, "stroke-dasharray": dash });
  const end = ENDS[tone] ? [svg("path", { d: ENDS[tone], fill: inkOf(tone) })] : [];
  return svg("svg", { class: "glyph", width: 30, height: 14, viewBox: "-15 -7 30 14", "aria-hidden": "true" }, line, ...end);
}

const toneOf = (row) =>
  row.signs_disagree ? "disputed" : row.sign === 1 ? "up" : row.sign === -1 ? "down" : row.sign === 0 ? "null" : "none";
const dashOf = (row) => (row.unsupported ? "1.5 3.5" : row.animal_only ? "6 4" : "");
const glyphOf = (row) => lineGlyph(toneOf(row), { dash: dashOf(row) });

/* ---- words ---- */

// Identifiers as words: "narrative review", but "case-control" and "cross-reference" as they are written.
const words = (name) => String(name).replace(/(?<!^(?:case|cross|quasi))-|_/g, " ");
const SIGNS = {
  up: "more with more",
  down: "more with less",
  null: "no difference found",
  none: "no direction stated",
};
const FORCES = {
  association: "Association: the two go together. It does not show that one leads to the other.",
  causal: "Worded as cause and effect.",
  interventional: "Worded as what giving it does.",
  unsigned: "A relation without a direction.",
};
const signOf = (claim) =>
  claim.negated || claim.sign === 0 ? "null" : claim.sign === 1 ? "up" : claim.sign === -1 ? "down" : "none";
const isNamedOnly = (claim) => claim.basis === "headline" || claim.basis === "cross-reference";

// "goes with" is said of associations, whatever the predicate is called.
function relation(row) {
  const sign = toneOf(row);
  if (row.signs_disagree) return "signs disagree";
  if (row.unsupported) return `${row.label}: headline or mention, no evidence`;
  if (sign === "null") return "tested, no difference found";
  if (row.force === "association" && row.sign !== null) return { up: "goes with more", down: "goes with less", none: "goes with" }[sign];
  return row.hedged ? `${row.label} (suggested)` : row.label;
}

/* ---- filters ---- */

const FACETS = {
  sign: { title: "Sign", of: signOf, name: (value) => SIGNS[value], order: Object.keys(SIGNS) },
  basis: { title: "Stands in", of: (claim) => claim.basis, name: words },
  study: { title: "Study type", of: (claim) => claim.evidence.study_type ?? "", name: (value) => words(value) || "not stated" },
  species: { title: "Species", of: (claim) => claim.evidence.species ?? "", name: (value) => value || "species not stated" },
};
for (const facet of Object.values(FACETS)) {
  const found = new Set(data.claims.map(facet.of));
  // What is not stated comes last.
  facet.values = (facet.order ?? [...found].sort((a, b) => !a - !b || (a < b ? -1 : 1))).filter((value) => found.has(value));
  facet.off = new Set();
}
const kinds = { values: KINDS.filter((kind) => data.entities.some((entity) => entity.kind === kind)), off: new Set() };

const kindShown = (id) => !kinds.off.has(entities.get(id)?.kind);
const passes = (claim, except = null) =>
  kindShown(claim.subject.id) && kindShown(claim.object.id) &&
  Object.values(FACETS).every((facet) => facet === except || !facet.off.has(facet.of(claim)));

// What the filters leave: recomputed on each change, read by everything that draws.
const shown = { claims: [], propositions: new Set(), entities: new Set() };

function filter() {
  shown.claims = data.claims.filter((claim) => passes(claim));
  const kept = new Set(shown.claims.map((claim) => claim.id));
  shown.propositions = new Set(
    data.propositions.filter((row) => row.claims.some((id) => kept.has(id))).map((row) => row.id),
  );
  const touched = new Set(data.links.flatMap((link) => [link.subject, link.object]));
  const said = new Set(touched);
  for (const row of data.propositions) {
    for (const end of [row.subject, row.object]) {
      said.add(end);
      if (shown.propositions.has(row.id)) touched.add(end);
    }
  }
  // A topic that nothing is said of has nothing to filter by but its kind.
  shown.entities = new Set(
    [...entities.keys()].filter((id) => kindShown(id) && (touched.has(id) || !said.has(id))),
  );
}
