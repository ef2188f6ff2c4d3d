// Pathways: a question of two ends, and the picture of its answer.

const ends = {};
let answer = null; // what `nutrigraph paths --json` gives for the question that stands, or null
let asked = null;

const canAsk = () => Boolean(data.walk?.complete);
let walked = null; // what can be walked, read from the page when a first question is asked
const walkOf = () => (walked ??= Paths.read(data));
const given = data.answer ?? (data.paths.length ? {
  source: data.paths[0].hops[0].subject, target: data.paths[0].hops.at(-1).object, max_hops: 4, verdict: null, sign: null, sign_basis: null, direct: null,
} : null);
const question = () => ({ source: state.from ?? given?.source.id ?? null, target: state.to ?? given?.target.id ?? null, maxHops: state.hops });

// Computed here where the page can; else the answer that it was made with, as the filters leave it.
function answerOf({ source, target, maxHops }) {
  if (!source || !target || source === target) return null;
  if (canAsk()) return Paths.ask(walkOf(), { source, target, maxHops, top: 10, filters: walkFilters() });
  if (!given || given.source.id !== source || given.target.id !== target) return null;
  const stands = (hop) => !hop.claims.length || hop.claims.some((id) => shown.ids.has(id));
  return { ...given, paths: data.paths.filter((path) => path.hops.length <= maxHops && path.hops.every(stands)) };
}

const stopsOf = (path) => [path.hops[0].subject, ...path.hops.map((hop) => hop.object)];
const toneOfHop = (hop) => (hop.basis === "definition" ? "link" : hop.dispute > 0 && hop.dispute * 3 >= hop.support ? "disputed" : { 1: "up", "-1": "down", 0: "null" }[hop.sign] ?? "none");
const dashOfHop = (hop) => (hop.basis === "definition" ? DASHES.link : hop.score === 0 ? DASHES.headline : hop.species.length && !hop.species.includes("human") && hop.claims.length ? DASHES.animals : "");
const rowsOfHop = (hop) => [...new Set(hop.claims.map((id) => homes.get(id)).filter(Boolean))].sort((a, b) => b.support - a.support || (a.id < b.id ? -1 : 1));
const selectedRoute = () => (state.type === "r" ? answer?.paths.find((path) => String(path.rank) === state.id) ?? null : null);

function goHop(hop) {
  const [best] = rowsOfHop(hop);
  if (best) go("p", best.id);
  else go("e", hop.subject.id);
}

/* ---- the picture ---- */

let pointed = null; // the rank of the path that the pointer or the focus is on

function nodeOf(stop) {
  const row = rows.nodes.get(stop.id);
  if (row) return row;
  const text = short(stop.label, 40);
  return { id: stop.id, label: text, kind: stop.kind, w: Math.round(measure(text, `${FONT}px ${inks.font}`)) + 18, h: 27 };
}

// The best ones, and the one that is read: more would be a thicket.
const PICTURED = 10;
const pictured = () => answer.paths.filter((path) => path.rank <= PICTURED || path === selectedRoute());

function pathsPicture(width, height) {
  const paths = pictured();
  const stops = new Map(paths.flatMap(stopsOf).map((stop) => [stop.id, stop]));
  const hops = groupBy(paths.flatMap((path) => path.hops.map((hop) => ({ path, hop }))), ({ hop }) => JSON.stringify([hop.subject.id, hop.object.id]));
  const place = layOut(paths.map((path) => stopsOf(path).map((stop) => stop.id)), (id) => nodeOf(stops.get(id)), { width: width - 40, height: Math.min(height - 90, 640) });
  const lines = place.lines.map((line) => {
    const group = hops.get(JSON.stringify([line.from, line.to]));
    const [{ hop }] = group;
    return { ...line, hop, ranks: group.map(({ path }) => path.rank), paths: group, tone: toneOfHop(hop), dash: dashOfHop(hop), width: hop.basis === "definition" ? 1.4 : 1.4 + 4.5 * hop.score };
  });
  return { ...place, lines, stops };
}

let drawnPaths = null;

function drawPaths() {
  const canvas = $("routes");
  drawnPaths = answer?.paths.length ? pathsPicture(Math.max(canvas.clientWidth, 320), canvas.clientHeight) : null;
  if (!drawnPaths) return canvas.replaceChildren();
  const [width, height] = [drawnPaths.width + 40, drawnPaths.height + 64];
  const scale = Math.min(1, Math.max(canvas.clientWidth / width, LEGIBLE / FONT));
  canvas.replaceChildren(svg("svg", { id: "picture", width: Math.round(width * scale), height: Math.round(height * scale), viewBox: `-20 -34 ${width} ${height}`, role: "group", "aria-label": "The paths as a picture, from left to right" }));
  lightPaths();
}

// Drawn again for each light: a few dozen marks.
function lightPaths() {
  const picture = $("picture");
  if (!picture || !drawnPaths) return;
  const held = picture.contains(document.activeElement) ? document.activeElement.dataset.mark : null;
  picture.replaceChildren(...pathMarks());
  if (held) [...picture.children].find((mark) => mark.dataset.mark === held)?.focus({ preventScroll: true });
}

function pathMarks({ live = true } = {}) {
  const route = pointed ?? selectedRoute()?.rank ?? null;
  const path = answer.paths.find((one) => one.rank === route);
  const onRoute = path ? new Set(stopsOf(path).map((stop) => stop.id)) : null;
  const inLight = (line) => route === null || line.ranks.includes(route);
  const press = (node, name, act, mark) => {
    if (!live) return node;
    for (const [key, value] of Object.entries({ role: "button", tabindex: 0, "aria-label": name, "data-mark": mark })) node.setAttribute(key, value);
    const title = svg("title", {});
    title.append(name);
    node.append(title);
    node.addEventListener("click", act);
    node.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } });
    return node;
  };
  const sorted = drawnPaths.lines.map((line, at) => ({ ...line, at })).sort((a, b) => inLight(a) - inLight(b) || a.at - b.at);
  const marks = sorted.map((line) => {
    const dim = !inLight(line);
    const chosen = state.type === "p" && rowsOfHop(line.hop).some((row) => row.id === state.id);
    const group = svg("g", { class: "hop" }, ...(live ? [svg("path", { d: line.path, fill: "none", stroke: "transparent", "stroke-width": 14 })] : []),
      ...(chosen ? [svg("path", { d: line.path, fill: "none", stroke: "var(--accent)", "stroke-width": line.width + 6, opacity: 0.35 })] : []),
      ...lineMark({ ...line, dim }));
    const number = path && !dim ? path.hops.findIndex((hop) => hop.subject.id === line.from && hop.object.id === line.to) + 1 : 0;
    if (number) group.append(svg("circle", { cx: line.middle[0], cy: line.middle[1], r: 9, fill: "var(--ground)", stroke: "var(--ink)", "stroke-width": 1 }), svgText(line.middle[0], line.middle[1] + 0.5, String(number), { "font-size": 12 }));
    const name = `${line.hop.subject.label} to ${line.hop.object.label}: ${hopWords(line.hop)}`;
    return press(group, name, () => goHop(line.hop), `line${line.at}`);
  });
  const [source, target] = [answer.source.id, answer.target.id];
  for (const cell of drawnPaths.boxes) {
    const row = { ...nodeOf(drawnPaths.stops.get(cell.id)), h: cell.h };
    const group = boxMark(row, cell.x, cell.y, { chosen: state.type === "e" && state.id === cell.id, dim: onRoute !== null && !onRoute.has(cell.id), end: cell.id === source ? "from" : cell.id === target ? "to" : null });
    marks.push(press(group, `${drawnPaths.stops.get(cell.id).label}, ${row.kind}`, () => go("e", cell.id), `box${cell.id}`));
  }
  return marks;
}

function routesPicture() {
  const [width, height] = [drawnPaths.width + 40, drawnPaths.height + 64];
  return { marks: pathMarks({ live: false }), box: [-20, -34, width, height], width, height };
}

/* ---- the question ---- */

function showQuestion() {
  const { source, target } = question();
  ends.from?.refresh();
  ends.to?.refresh();
  $("hops").value = String(state.hops);
  $("told").textContent = answer
    ? `${count(answer.paths.length, "path")} of at most ${count(state.hops, "step")}${answer.paths.length > PICTURED ? `, the best ${PICTURED} drawn` : ""}. ${answer.paths.length ? "Point at a path to light it, press it to read it." : "The filters or the bound leave none."}`
    : source && source === target ? "Both ends are the same: choose two."
      : source && target && !canAsk() ? "This page carries the answer to one question. Others: nutrigraph view SOURCE TARGET."
        : canAsk() || given ? "Choose where to start and where to end." : "This page carries no paths: make the page of a question with nutrigraph view SOURCE TARGET.";
  $("tries").replaceChildren(...(answer || !(canAsk() || given) ? [] : suggestions()));
}

// Where somebody who does not know what to ask can begin: the nutrients and conditions of which most is said.
function suggestions() {
  const one = (from, to) => el("button", { type: "button", onclick: () => put({ from, to, type: null, id: null }) }, `${short(label(from), 40)} → ${short(label(to), 40)}`);
  if (!canAsk()) return [one(given.source.id, given.target.id)];
  const busy = (kind) => data.entities.filter((entity) => entity.kind === kind).map((entity) => entity.id).sort((a, b) => linesOf(b).length - linesOf(a).length || (a < b ? -1 : 1));
  const [nutrients, conditions] = [busy("Nutrient"), busy("Condition")];
  return nutrients.slice(0, 3).flatMap((from) => conditions.slice(0, 1).map((to) => one(from, to))).concat(nutrients.length && conditions.length > 1 ? [one(nutrients[0], conditions[1])] : []);
}

function showPaths() {
  const next = question();
  const key = JSON.stringify([next, filtered]);
  if (key !== asked) {
    asked = key;
    pointed = null;
    answer = answerOf(next);
  }
  showQuestion();
  drawPaths();
}

function startPaths() {
  for (const [side, name] of [["from", "source"], ["to", "target"]]) {
    ends[side] = combobox($(side), $(`${side}-found`), {
      choose: (entity) => put({ [side]: entity.id, type: null, id: null }),
      kept: () => (question()[name] ? label(question()[name]) : ""),
    });
  }
  $("swap").addEventListener("click", () => put({ from: question().target, to: question().source, type: null, id: null }));
  $("hops").append(...Array.from({ length: MOST_HOPS }, (_, at) => el("option", { value: at + 1 }, count(at + 1, "step"))));
  $("hops").addEventListener("change", () => put({ hops: Number($("hops").value), type: null, id: null }));
  new ResizeObserver(() => { if (state.view === "paths" && answer) drawPaths(); }).observe($("routes"));
}
