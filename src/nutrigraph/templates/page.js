// The page: filters, search, keyboard, the address, and what they start.

const $ = (id) => document.getElementById(id);

/* ---- the address: #e=… or #p=…, an id that exists, or nothing ---- */

function readHash() {
  const [, type, coded] = /^#([ep])=(.+)$/.exec(location.hash) ?? [];
  try {
    const id = decodeURIComponent(coded ?? "");
    if ((type === "e" ? entities : propositions).has(id)) return { type, id };
  } catch {
    return { type: null, id: null }; // a broken escape is no id
  }
  return { type: null, id: null };
}

function go(type, id) {
  const hash = type ? `#${type}=${encodeURIComponent(id)}` : "";
  if (hash !== location.hash) location.hash = hash;
}

function show() {
  selected = readHash();
  if (selected.type === "e") showEntity(entities.get(selected.id));
  else if (selected.type === "p") showProposition(propositions.get(selected.id));
  else showStart();
  panel.scrollTop = 0;
  paint();
  if (selected.type === null) return;
  panel.focus({ preventScroll: true });
  if (narrow.matches) panel.scrollIntoView();
}

/* ---- filters and legend ---- */

function makeFilters() {
  const box = (store, value, name) => {
    const input = el("input", { type: "checkbox", checked: true, onchange: () => {
      if (input.checked) store.off.delete(value);
      else store.off.add(value);
      refresh();
    } });
    return el("label", {}, input, el("span", { class: "name" }, name), el("span", { class: "count" }));
  };
  for (const [id, facet] of Object.entries(FACETS)) {
    $("filters").append(el("fieldset", { "data-facet": id }, el("legend", {}, facet.title), facet.values.map((value) => box(facet, value, facet.name(value)))));
  }
  $("filters").append(el("fieldset", { "data-facet": "kind" }, el("legend", {}, "Kind"), kinds.values.map((kind) => {
    const line = box(kinds, kind, kind);
    line.querySelector(".name").before(kindGlyph(kind));
    return line;
  })));
}

function countFilters() {
  const put = (id, values, count) => document.querySelectorAll(`[data-facet="${id}"] .count`).forEach((node, at) => {
    const number = count(values[at]);
    node.textContent = number;
    node.parentElement.classList.toggle("none", number === 0);
  });
  for (const [id, facet] of Object.entries(FACETS)) {
    const left = data.claims.filter((claim) => passes(claim, facet));
    put(id, facet.values, (value) => left.filter((claim) => facet.of(claim) === value).length);
  }
  put("kind", kinds.values, (kind) => data.entities.filter((entity) => entity.kind === kind).length);
  $("counts").textContent = `${shown.claims.length} of ${data.claims.length} claims · ${shown.entities.size} entities`;
}

const LINES = [
  ["up", "more with more"],
  ["down", "more with less"],
  ["null", "tested, no difference found"],
  ["disputed", "signs disagree, or no direction"],
  ["none", "animals only", "6 4"],
  ["none", "headline or mention only", "1.5 3.5"],
  ["link", "a link, not evidence", "5 2 1 2"],
];

function makeLegend() {
  $("legend").append(el("h3", {}, "Lines"), el("ul", {},
    LINES.map(([tone, text, dash]) => el("li", {}, lineGlyph(tone, { dash, width: tone === "null" ? 1.2 : 2 }), el("span", {}, text))),
    el("li", {}, lineGlyph("none", { width: 5 }), el("span", {}, "wider: more support"))));
  const shy = data.edges.filter((row) => row.shy).length;
  if (shy) $("legend").append(el("p", { class: "quiet" }, `${shy} faint or listing lines show when an end is selected.`));
}

function refresh() {
  filter();
  countFilters();
  paint();
  showTable();
}

/* ---- search ---- */

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const names = data.entities.flatMap((entity) => [entity.label, ...entity.synonyms].map((name) => ({ entity, name, key: plain(name) })));
let found = [];
let active = -1;

function find(text) {
  const wanted = plain(text.trim());
  if (!wanted) return [];
  const rank = ({ key }) => (key === wanted ? 0 : key.startsWith(wanted) ? 1 : key.split(/[\s/-]+/).some((word) => word.startsWith(wanted)) ? 2 : 3);
  const hits = names.filter(({ key }) => key.includes(wanted)).sort((a, b) => rank(a) - rank(b) || a.key.length - b.key.length);
  return hits.filter((hit, at) => hits.findIndex((other) => other.entity === hit.entity) === at).slice(0, 12);
}

function list(hits) {
  found = hits;
  active = hits.length ? 0 : -1;
  const typed = $("search").value.trim() !== "";
  $("found").replaceChildren(...hits.map(({ entity, name }, at) =>
    el("li", { id: `found-${at}`, role: "option", onmousedown: (event) => { event.preventDefault(); choose(at); } },
      kindGlyph(entity.kind), el("span", {}, short(entity.label), name === entity.label ? "" : el("small", {}, ` ${short(name)}`)))));
  if (typed && !hits.length) $("found").append(el("li", { role: "option", "aria-disabled": "true" }, "Nothing by that name on this page"));
  $("found").hidden = !typed;
  $("search").setAttribute("aria-expanded", String(typed));
  mark();
}

function mark() {
  [...$("found").children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  if (active < 0) return $("search").removeAttribute("aria-activedescendant");
  $("search").setAttribute("aria-activedescendant", `found-${active}`);
  $("found").children[active].scrollIntoView({ block: "nearest" });
}

function choose(at) {
  const hit = found[at];
  if (!hit) return;
  $("search").value = "";
  list([]);
  go("e", hit.entity.id);
}

$("search").addEventListener("input", () => list(find($("search").value)));
$("search").addEventListener("focus", () => list(find($("search").value)));
$("search").addEventListener("blur", () => { $("found").hidden = true; });
$("search").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) {
    active = (active + step + found.length) % found.length;
    mark();
  } else if (event.key === "Enter") choose(active);
  else return;
  event.preventDefault();
});

// The skip link must not touch the address: that holds the selection.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  panel.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    $("search").value = "";
    list([]);
    go(null);
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target.type !== "search") {
    event.preventDefault();
    $("search").focus();
  }
});

/* ---- looks ---- */

function view(table) {
  $("map").hidden = table;
  for (const button of document.querySelectorAll(".zoom button")) button.disabled = table;
  $("table").hidden = !table;
  $("as-map").setAttribute("aria-pressed", String(!table));
  $("as-table").setAttribute("aria-pressed", String(table));
  $("png").disabled = table;
}

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

function dress() {
  $("theme").textContent = isDark() ? "Light" : "Dark";
  readInks();
  paint();
}

$("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  dress();
});
system.addEventListener("change", dress);
$("as-map").addEventListener("click", () => view(false));
$("as-table").addEventListener("click", () => view(true));
$("png").addEventListener("click", savePicture);
$("closer").addEventListener("click", () => zoomBy(1.25));
$("farther").addEventListener("click", () => zoomBy(0.8));
$("fit").addEventListener("click", fit);
addEventListener("hashchange", show);

// Where the page is one column, filters and legend start folded; beside the map they are always open.
const narrow = matchMedia("(max-width: 900px)");
const fold = () => { $("side").open = !narrow.matches; };
narrow.addEventListener("change", fold);

fold();
makeFilters();
makeLegend();
filter();
countFilters();
startMap();
dress();
showTable();
show();
