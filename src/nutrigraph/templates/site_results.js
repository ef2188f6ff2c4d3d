// Answers as people read them: a table with links, yes or no, a picture of a graph; and as files.

const BASE = "https://w3id.org/nutrigraph/";
const CAUTION = document.querySelector("footer .caution").textContent;
// Names of graphs, and of the whole: nothing has its page there.
const NO_PAGE = new Set(["", "inferred", "asserted"]);
const SOME_ROWS = 2000;
const SOME_NODES = 150;

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// Our things have pages here; other addresses are left as they are, and nothing but an address is a link.
function linkTo(iri) {
  if (iri.startsWith(`${BASE}claim/`)) return `/claim/${encodeURIComponent(iri.slice(BASE.length + 6).split("#")[0])}`;
  const name = iri.slice(BASE.length);
  if (iri.startsWith(BASE) && (!name.includes("/") || name.startsWith("paper/"))) return NO_PAGE.has(name) ? null : `/entity/${encodeURIComponent(name)}`;
  if (iri.startsWith(BASE)) return null;
  return /^https?:\/\//i.test(iri) ? iri : null;
}

function shortened(iri) {
  return iri.startsWith(BASE) ? `:${iri.slice(BASE.length)}` : iri;
}

function termNode(term) {
  if (!term) return "";
  if (term.type !== "uri") return term.value;
  const href = linkTo(term.value);
  if (!href) return shortened(term.value);
  const outside = !href.startsWith("/");
  return make("a", { href, textContent: shortened(term.value), ...(outside ? { rel: "noopener noreferrer" } : {}) });
}

function rowsTable(answer) {
  const names = answer.head.vars;
  const rows = answer.results.bindings;
  const table = make("table");
  const head = make("tr");
  for (const name of names) head.append(make("th", { scope: "col", textContent: name }));
  table.append(make("thead", {}, head));
  const body = make("tbody");
  for (const row of rows.slice(0, SOME_ROWS)) {
    const line = make("tr");
    for (const name of names) line.append(make("td", {}, termNode(row[name])));
    body.append(line);
  }
  table.append(body);
  const more = rows.length - SOME_ROWS;
  return more > 0 ? [table, make("p", { className: "quiet", textContent: `and ${more.toLocaleString("en")} more rows, in the files` })] : [table];
}

/* ---- files ---- */

const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NUMBER = /^'*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

// A spreadsheet calculates what begins like a formula: an apostrophe keeps it text. Plain numbers stay numbers.
function cell(value, separator) {
  const kept = FORMULA.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value;
  return new RegExp(`["\\r\\n${separator}]`).test(kept) ? `"${kept.replaceAll('"', '""')}"` : kept;
}

function separated(answer, separator) {
  const names = answer.head.vars;
  const lines = [names, ...answer.results.bindings.map((row) => names.map((name) => (row[name] ? row[name].value : "")))];
  return lines.map((line) => line.map((value) => cell(value, separator)).join(separator)).join("\r\n") + "\r\n";
}

function save(name, kind, text) {
  const href = URL.createObjectURL(new Blob([text], { type: kind }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

/* ---- a graph as a picture ---- */

// Triples of N-Triples, which write one a line.
function triplesOf(text) {
  const term = '(<[^>]*>|_:\\S+|"(?:\\\\.|[^"\\\\])*"(?:@[\\w-]+|\\^\\^<[^>]*>)?)';
  const line = new RegExp(`^${term} (<[^>]*>) ${term} \\.$`, "u");
  return text.split("\n").map((one) => line.exec(one)).filter(Boolean).map((found) => found.slice(1, 4));
}

function nameOf(term) {
  const iri = /^<(.*)>$/u.exec(term);
  const name = iri ? decodeURI(iri[1]).split(/[/#]/u).pop() || iri[1] : term.replace(/^"|"(?:@.*|\^\^.*)?$/gu, "");
  return name.length > 42 ? `${name.slice(0, 40)}…` : name;
}

function drawGraph(place, triples) {
  const ink = getComputedStyle(document.body).color;
  const ids = new Map();
  const between = new Map();
  for (const [subject, predicate, object] of triples) {
    const ends = [subject, object].map((term) => {
      if (!ids.has(term) && ids.size < SOME_NODES) ids.set(term, ids.size);
      return ids.get(term);
    });
    if (ends.some((end) => end === undefined)) continue;
    const names = between.get(ends.join()) ?? [];
    between.set(ends.join(), [...names, nameOf(predicate)]);
  }
  // One line for all that is said between two things.
  const edges = [...between].map(([ends, names]) => {
    const [from, to] = ends.split(",").map(Number);
    const label = names.length > 2 ? `${names[0]}\n+ ${names.length - 1} more` : names.join("\n");
    return { from, to, label, title: names.join(", ") };
  });
  const nodes = [...ids].map(([term, id]) => ({ id, label: nameOf(term), shape: term.startsWith('"') ? "text" : "box" }));
  place.hidden = false;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `The same triples as a picture of ${nodes.length} things and ${edges.length} links`);
  const network = new vis.Network(place, { nodes, edges }, {
    layout: { randomSeed: 1 },
    physics: { stabilization: { iterations: 250 }, barnesHut: { springLength: 190, avoidOverlap: 0.6 } },
    nodes: { color: { background: "transparent", border: ink }, font: { color: ink, size: 13 }, margin: 6 },
    edges: { arrows: "to", color: { color: ink, opacity: 0.5 }, font: { color: ink, size: 11, strokeWidth: 0 } },
  });
  network.once("stabilizationIterationsDone", () => network.setOptions({ physics: false }));
  return ids.size;
}
