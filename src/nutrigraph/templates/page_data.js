"use strict";
// The payload, elements made of it, and the words for it.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
const entities = byId(data.entities);
const propositions = byId(data.propositions);
const claims = byId(data.claims);
// Offsets are Python's: they count code points, where a JavaScript string counts UTF-16 units.
const documents = new Map(data.documents.map((doc) => [doc.id, { ...doc, points: Array.from(doc.text) }]));
const claimsOf = (proposition) => proposition.claims.map((id) => claims.get(id)).filter(Boolean);
const label = (id) => entities.get(id)?.label ?? id;
const short = (text, most = 60) => (Array.from(text).length > most ? `${Array.from(text).slice(0, most).join("")}…` : text);
const homes = new Map(data.propositions.flatMap((row) => row.claims.map((id) => [id, row])));
const pairOf = (row) => JSON.stringify([row.subject, row.object].sort());
const pairs = groupBy(data.propositions, pairOf);

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    if (groups.has(name)) groups.get(name).push(row);
    else groups.set(name, [row]);
  }
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

/* ---- papers: the sources of claims, each once ---- */

const isDoi = (text) => /^10\.\d{4,9}\/\S+$/.test(text ?? "");
const paperKey = (source) => (source.doi ? `doi:${source.doi.toLowerCase()}` : source.pmid ? `pmid:${source.pmid}` : `title:${source.title ?? ""}`);
const papers = new Map();
const extra = new Map((data.papers ?? []).map((row) => [paperKey(row), row]));
for (const claim of data.claims) {
  for (const source of claim.sources) {
    const id = paperKey(source);
    if (!papers.has(id)) papers.set(id, { ...extra.get(id), ...source, id, claims: [], reading: [] });
    papers.get(id)[source.relation === "is_source_of" ? "claims" : "reading"].push(claim);
  }
}
// The paper that a claim speaks for, or null: one paper is one voice.
const paperOf = (claim) => {
  const source = claim.sources.find((one) => one.relation === "is_source_of");
  return source ? papers.get(paperKey(source)) : null;
};
const paperName = (paper) => paper.title || [paper.authors, paper.citation].filter(Boolean).join(", ") || (paper.doi ? `doi:${paper.doi}` : paper.pmid ? `PubMed ${paper.pmid}` : "a paper without a name");
