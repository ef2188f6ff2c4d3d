// The page: what is shown when the address changes, the keyboard, light and dark.

const narrow = matchMedia("(max-width: 900px)");
const framed = window.parent !== window; // in a notebook: little room, and no address of its own
let filtered = null; // the filters that stand, as text
let before = null; // the selection that stands

function applyFilters() {
  const key = JSON.stringify(Object.entries(state.off).sort());
  if (key === filtered) return false;
  filtered = key;
  for (const [id, facet] of Object.entries(FACETS)) facet.off = new Set(state.off[id] ?? []);
  filter();
  showFilters();
  return true;
}

function showPanel() {
  const { type, id } = state;
  const route = selectedRoute();
  if (type === "e") showEntity(entities.get(id));
  else if (type === "p") showProposition(propositions.get(id));
  else if (type === "s") showPaper(papers.get(id));
  else if (type === "d") showDocument(documents.get(id));
  else if (type === "h") showHeadlines();
  else if (route && state.view === "paths") showRoute(route);
  else if (state.view === "paths") showRoutes();
  else if (state.view === "map" && state.near) showEntity(entities.get(state.near));
  else showStart();
}

function showView() {
  for (const view of VIEWS) {
    $(`view-${view}`).hidden = state.view !== view;
    const tab = $(`as-${view}`);
    tab.setAttribute("aria-selected", String(state.view === view));
    tab.tabIndex = state.view === view ? 0 : -1;
  }
  $("legend").hidden = state.view === "claims" || state.view === "sources";
}

function show() {
  applyFilters();
  showView();
  if (state.view === "map") showMap();
  if (state.view === "paths") showPaths();
  if (state.view === "claims") showClaims();
  if (state.view === "sources") showSources();
  showPanel();
  showExports();
  const now = `${state.type} ${state.id}`;
  if (now === before) return;
  const first = before === null && state.type === null;
  before = now;
  panel.scrollTop = 0;
  if (first || state.type === null) return;
  panel.focus({ preventScroll: true });
  if (narrow.matches) panel.scrollIntoView();
}

addEventListener("hashchange", () => {
  Object.assign(state, readHash(location.hash));
  show();
});

/* ---- the four views, as tabs ---- */

for (const view of VIEWS) $(`as-${view}`).addEventListener("click", () => put({ view }));
$("views").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = VIEWS[(VIEWS.indexOf(state.view) + step + VIEWS.length) % VIEWS.length];
  put({ view: next });
  $(`as-${next}`).focus();
});

/* ---- keyboard ---- */

// The skip link must not touch the address: that holds the selection.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  panel.focus();
});

const search = combobox($("search"), $("found"), { choose: (entity) => go("e", entity.id) });
const isTyping = (node) => node.matches?.("input[type=search], input[type=text], textarea, select");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    $("search").value = "";
    search.close();
    if ($("save").open) $("save").open = false;
    else if (state.type !== null || state.near) put({ type: null, id: null, near: null });
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) {
    event.preventDefault();
    $("search").focus();
  }
});

$("words").addEventListener("change", () => put({ text: $("words").value.trim() }));
$("words").addEventListener("keydown", (event) => { if (event.key === "Enter") put({ text: $("words").value.trim() }); });

/* ---- looks ---- */

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

function dress() {
  $("theme").textContent = isDark() ? "Light" : "Dark";
  readInks();
  if (scene.key !== null) paint();
}

$("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  dress();
});
system.addEventListener("change", dress);

// Where the page is one column or a frame, the filters start folded; beside a large map they are always open.
const fold = () => { $("side").open = !(narrow.matches || framed); };
narrow.addEventListener("change", fold);

document.documentElement.classList.toggle("framed", framed);
$("link").hidden = framed;
fold();
makeFilters();
makeLegend();
startMap();
startPaths();
startExports();
dress();
Object.assign(state, readHash(location.hash));
show();
