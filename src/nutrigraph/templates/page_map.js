// The map: vis-network draws what Python laid out; nothing moves by itself.

const holder = $("map");
const FONT = 13.5;
const LEGIBLE = 11; // pixels: a map whose names would be smaller is panned over instead
const AROUND = 12; // neighbours on each side of an entity, at most
const TALL = 720; // pixels that a side may be high, so that its names stay legible
const rows = { nodes: byId(data.nodes), edges: byId(data.edges) };
const nodes = new vis.DataSet();
const edges = new vis.DataSet();
const network = new vis.Network(holder, { nodes, edges }, {
  physics: false,
  layout: { improvedLayout: false },
  interaction: { hover: true, dragNodes: false, selectConnectedEdges: false, hoverConnectedEdges: false, keyboard: false },
  nodes: { borderWidth: 2, size: 1 },
  edges: { selectionWidth: 1.5, hoverWidth: 0.5, color: { inherit: false } },
});
let inks = {};

// Canvas cannot read a custom property; a probe element can.
function readInks() {
  const probe = document.body.appendChild(el("span", { hidden: true }));
  const ink = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["ground", "ink", "quiet", "accent", "up", "down", "grey", "link", ...KINDS, ...KINDS.map((kind) => `${kind}-rim`)];
  inks = Object.fromEntries(names.map((name) => [name, ink(name)]));
  inks.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
}

/* ---- the boxes of a picture, and the lines between them ---- */

// `scene.at` tells where each box stands; a box that is not in it is not drawn.
let scene = { key: null, at: new Map(), lines: [] };

function placesOf(name) {
  const at = new Map();
  for (const row of data.nodes) {
    if (name === "start" && row.start) at.set(row.id, { x: row.x, y: row.y });
    if (name === "whole" && row.wide) at.set(row.id, { x: row.wide[0], y: row.wide[1] });
  }
  return at;
}

const linesAt = groupBy(data.edges.flatMap((row) => [[row.from, row], [row.to, row]]), ([end]) => end);
const linesOf = (id) => (linesAt.get(id) ?? []).map(([, row]) => row);

// An entity in the middle; what acts on it or goes before it in the wording at the left, the rest at the right.
function placesAround(id) {
  const found = new Map();
  for (const row of linesOf(id)) {
    const other = row.from === id ? row.to : row.from;
    if (other === id || !shown.entities.has(other) || !edgePasses(row)) continue;
    const one = found.get(other) ?? { id: other, right: 0, weight: 0 };
    one.right += row.from === id ? 1 : -1;
    one.weight += row.propositions.length ? 1 + row.width : 0.1;
    found.set(other, one);
  }
  const ranked = [...found.values()].sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1)).slice(0, 2 * AROUND);
  let sides = [ranked.filter((one) => one.right <= 0), ranked.filter((one) => one.right > 0)];
  // One long side and a short one: the long one spills over.
  for (const [long, brief] of [[0, 1], [1, 0]]) while (sides[long].length > AROUND) sides[brief].push(sides[long].pop());
  const room = (one) => rows.nodes.get(one.id).h + 14;
  for (const side of sides) while (side.reduce((sum, one) => sum + room(one), 0) > TALL) side.pop();
  sides = sides.map((side) => side.sort((a, b) => (label(a.id) < label(b.id) ? -1 : 1)));
  const at = new Map([[id, { x: 0, y: 0 }]]);
  sides.forEach((side, turn) => {
    const tall = side.map(room);
    const half = tall.reduce((sum, one) => sum + one, 0) / 2;
    let y = -half;
    side.forEach((one, index) => {
      // Inner sides on an arc, so that no line to a far box runs over a near one.
      const out = 50 + 210 * Math.sqrt(1 - ((y + tall[index] / 2) / half) ** 2) + rows.nodes.get(one.id).w / 2;
      at.set(one.id, { x: Math.round((turn ? 1 : -1) * out), y: Math.round(y + tall[index] / 2) });
      y += tall[index];
    });
  });
  return { at, left: found.size - at.size + 1 };
}

// One line for each neighbour, the best supported: the list beside holds them all.
function bestAround(id, at) {
  const best = new Map();
  for (const row of linesOf(id).filter(edgePasses)) {
    const other = row.from === id ? row.to : row.from;
    if (other !== id && at.has(other) && !(best.get(other)?.width >= row.width)) best.set(other, row);
  }
  return [...best.values()];
}

const edgePasses = (row) => row.tone === "link" || row.propositions.some((id) => shown.propositions.has(id));

function nearOf() {
  if (state.near) return state.near;
  const inPlace = placesOf(sceneName());
  const ends = state.type === "e" ? [state.id] : state.type === "p" ? [propositions.get(state.id).subject, propositions.get(state.id).object] : [];
  return ends.every((id) => inPlace.has(id)) ? null : ends[0];
}
const sceneName = () => (state.scene === "whole" && data.start.wide ? "whole" : "start");

function setScene() {
  const near = nearOf();
  const key = near ? `${near}|${filtered}` : sceneName();
  if (key === scene.key) return false;
  const { at, left } = near ? placesAround(near) : { at: placesOf(sceneName()), left: 0 };
  const lines = near ? bestAround(near, at) : data.edges.filter((row) => at.has(row.from) && at.has(row.to));
  scene = { key, near, at, left, lines };
  edges.clear();
  nodes.clear();
  nodes.add(data.nodes.filter(({ id }) => at.has(id)).map(({ id, label, shape }) => ({ id, label, shape, ...at.get(id), ctxRenderer: drawBox })));
  edges.add(lines.map(({ propositions: _, tone: __, shy: ___, whole: ____, ...row }) => ({ ...row, smooth: near ? false : sceneName() === "whole" ? parallel(row) : row.smooth })));
  if (!near) held = state.at ? held : null;
  return true;
}

// Bends fit the first picture; in another one only what runs side by side is bent.
const parallel = (row) => ((pairs.get(pairOf({ subject: row.from, object: row.to }))?.length ?? 0) > 1 ? row.smooth : false);

/* ---- what stands out ---- */

let lit = null; // ids of the boxes in the light, or null when all are
let hovered = null;

function light() {
  const id = hovered ?? (state.type === "e" || state.type === "p" ? state.id : null);
  if (id === null) return (lit = null);
  const ends = propositions.has(id) ? [propositions.get(id)] : [...linesOf(id)].map((row) => ({ subject: row.from, object: row.to }));
  lit = new Set([entities.has(id) ? id : null, ...ends.flatMap((row) => [row.subject, row.object])]);
}

const isDim = (id) => lit !== null && !lit.has(id);
const focus = () => hovered ?? state.id;
const isChosen = (row) => focus() !== null && (row.propositions.includes(focus()) || focus() === row.from || focus() === row.to);

function edgeShown(row) {
  if (!shown.entities.has(row.from) || !shown.entities.has(row.to) || !edgePasses(row)) return false;
  if (isChosen(row) || scene.near) return true;
  return sceneName() === "whole" ? row.whole : !row.shy;
}

function paint() {
  light();
  nodes.update([...scene.at.keys()].map((id) => ({ id, hidden: !shown.entities.has(id) })));
  edges.update(scene.lines.map((row) => {
    const ink = inks[row.tone === "up" || row.tone === "down" || row.tone === "link" ? row.tone : "grey"];
    const faded = lit !== null && !isChosen(row);
    return { id: row.id, hidden: !edgeShown(row), color: { color: ink, highlight: ink, hover: ink, opacity: faded ? 0.1 : 1 } };
  }));
  draw();
  tellScene();
}

const outlines = new Map();
function outlineOf(row) {
  if (!outlines.has(row.id)) outlines.set(row.id, new Path2D(outline(row.kind, row.w, row.h)));
  return outlines.get(row.id);
}

function drawBox({ ctx, id, x, y, state: { selected, hover } }) {
  const row = rows.nodes.get(id);
  const drawNode = () => {
    const shape = outlineOf(row);
    const chosen = selected || id === state.id;
    ctx.translate(x, y);
    ctx.fillStyle = inks.ground; // what lies behind a faded box must not shine through
    ctx.fill(shape);
    ctx.globalAlpha = isDim(id) ? 0.28 : 1;
    ctx.fillStyle = inks[row.kind];
    ctx.strokeStyle = chosen ? inks.accent : inks[`${row.kind}-rim`];
    ctx.lineWidth = chosen ? 3.5 : hover ? 2.4 : 1.3;
    ctx.fill(shape);
    ctx.stroke(shape);
    ctx.fillStyle = inks.ink;
    ctx.font = `${FONT}px ${inks.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const lines = row.label.split("\n");
    lines.forEach((line, at) => ctx.fillText(line, 0, (at - (lines.length - 1) / 2) * 16 + 0.5, row.w - 10));
  };
  return { drawNode, nodeDimensions: { width: row.w, height: row.h } };
}

// vis leaves out what it has not measured in view: the first drawing measures, the second draws.
function draw() {
  network.redraw();
  network.redraw();
}

/* ---- what is left out, in words ---- */

function tellScene() {
  const drawn = [...scene.at.keys()].filter((id) => shown.entities.has(id)).length;
  const lines = edges.get({ filter: (edge) => !edge.hidden }).length;
  const of = `${drawn} of ${data.entities.length} topics, ${lines} of ${data.edges.length} lines`;
  const why = scene.near
    ? `Around ${short(label(scene.near), 40)}: ${scene.left ? `${scene.left} more stand in the list beside.` : "all that touches it."}`
    : drawn < shown.entities.size || lines < data.edges.length
      ? "The best supported first; select or search for the rest."
      : "All that is said.";
  const lost = data.left_out ? " Not all of the graph is on this page." : "";
  $("scene").textContent = `${of}. ${why}${lost}`;
  const name = scene.near ? "near" : sceneName();
  for (const one of ["start", "whole", "near"]) $(`scene-${one}`).setAttribute("aria-pressed", String(one === name));
  $("scene-whole").hidden = !data.start.wide;
  $("scene-near").disabled = !(scene.near || state.type === "e");
}

/* ---- position and zoom ---- */

// Boxes keep their size; the room between them stretches, so no two can come nearer.
function spread() {
  const boxes = [...scene.at].map(([id, spot]) => ({ ...rows.nodes.get(id), ...spot }));
  const extent = (axis, side) => {
    const ends = boxes.flatMap((row) => [row[axis] - row[side] / 2, row[axis] + row[side] / 2]);
    return { low: Math.min(...ends), span: Math.max(...ends) - Math.min(...ends) || 1 };
  };
  const [across, down] = [extent("x", "w"), extent("y", "h")];
  const [width, height] = [holder.clientWidth - 24, holder.clientHeight - 24];
  const zoom = Math.min(1, width / across.span, height / down.span);
  const most = sceneName() === "whole" && !scene.near ? 1 : 1.8;
  const stretch = [width / (across.span * zoom), height / (down.span * zoom)].map((by) => Math.min(Math.max(by, 1), most));
  const at = (row) => ({ x: (row.x - across.low) * stretch[0], y: (row.y - down.low) * stretch[1] });
  const span = [across.span * stretch[0], down.span * stretch[1]];
  return { at, zoom, span, top: data.start.top !== null && sceneName() === "start" && !scene.near ? (data.start.top - down.low) * stretch[1] : null };
}

const DOT = 0.45; // at a lesser zoom names are dots
let spot = { top: null };
let held = null; // what to keep when the size changes: "all", the view that the reader chose, or nothing yet

// The map in the size that its place has now; in none, it waits for one.
function lay() {
  if (!scene.at.size || !holder.clientWidth || !holder.clientHeight) return;
  spot = spread();
  nodes.update([...scene.at].map(([id, place]) => ({ id, ...spot.at(place) })));
  const small = sceneName() === "whole" && !scene.near ? LEGIBLE / FONT : DOT;
  if (held?.position) network.moveTo(held);
  // Too much for the room: start legible at what is selected or busiest, and pan.
  else if (spot.zoom < small && held !== "all") network.moveTo({ position: spot.at(scene.at.get(middle())), scale: 0.88 });
  else network.moveTo({ position: { x: spot.span[0] / 2, y: spot.span[1] / 2 }, scale: spot.zoom });
  draw();
}

function fit() {
  held = "all";
  lay();
}

const hold = () => (held = { position: network.getViewPosition(), scale: network.getScale() });

function middle() {
  if (scene.at.has(state.id)) return state.id;
  const degree = new Map([...scene.at.keys()].map((id) => [id, 0]));
  for (const row of scene.lines) if (edgeShown(row)) for (const end of [row.from, row.to]) degree.set(end, degree.get(end) + 1);
  return [...degree].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function zoomBy(factor) {
  network.moveTo({ scale: network.getScale() * factor });
  hold();
}

function panBy(x, y) {
  const at = network.getViewPosition();
  const scale = network.getScale();
  network.moveTo({ position: { x: at.x + x / scale, y: at.y + y / scale }, scale });
  hold();
}

network.on("zoom", hold);
network.on("dragEnd", hold);

/* ---- pointer and keys ---- */

const hint = $("hint");
const hintOf = (row) => {
  const said = row.propositions.map((id) => propositions.get(id)).filter((one) => shown.propositions.has(one.id));
  if (!said.length) return "a link, not evidence";
  const first = `${short(label(said[0].subject))} – ${said[0].label} – ${short(label(said[0].object))}`;
  return said.length > 1 ? `${first}, and ${said.length - 1} more` : first;
};
const hover = (id) => {
  if (hovered === id) return;
  hovered = id;
  holder.style.cursor = id === null ? "" : "pointer";
  if (state.type === null) paint();
};
network.on("hoverEdge", ({ edge }) => (hint.textContent = hintOf(rows.edges.get(edge))));
network.on("blurEdge", () => (hint.textContent = ""));
network.on("hoverNode", ({ node }) => hover(node));
network.on("blurNode", () => hover(null));
network.on("click", ({ nodes: [node], edges: [edge] }) => {
  network.unselectAll();
  if (node !== undefined) return go("e", node);
  const row = rows.edges.get(edge);
  if (!row) return state.type === null ? null : go(null);
  const [best] = row.propositions.map((id) => propositions.get(id)).sort((a, b) => b.support - a.support);
  if (best) go("p", best.id);
  else go("e", row.from);
});
network.on("doubleClick", ({ nodes: [node] }) => { if (node !== undefined) put({ type: "e", id: node, near: node }); });
network.on("beforeDrawing", (ctx) => {
  if (spot.top === null || !data.nodes.some((row) => row.start && row.y > data.start.top && shown.entities.has(row.id))) return;
  ctx.fillStyle = inks.quiet;
  ctx.font = `${FONT - 0.5}px ${inks.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText("Only listed or named in passing", 2, spot.top);
});
// In a frame the wheel scrolls what is around it, until the reader takes hold of the map.
let taken = window.parent === window;
if (!taken) {
  const release = () => { taken = false; };
  holder.addEventListener("pointerdown", () => { taken = true; }, { capture: true });
  document.documentElement.addEventListener("mouseleave", release);
  window.addEventListener("blur", release);
  holder.addEventListener("wheel", (event) => { if (!taken && !event.ctrlKey) event.stopPropagation(); }, { capture: true, passive: true });
}
holder.addEventListener("keydown", (event) => {
  const move = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
  if (move) panBy(...move);
  else if (event.key === "+" || event.key === "=") zoomBy(1.25);
  else if (event.key === "-") zoomBy(0.8);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
});

function showMap() {
  if (setScene()) lay();
  if (state.at) {
    network.moveTo({ position: { x: state.at[0], y: state.at[1] }, scale: state.at[2] });
    hold();
  }
  paint();
}

function startMap() {
  readInks();
  $("scene-start").addEventListener("click", () => put({ scene: "start", near: null, type: null, id: null }));
  $("scene-whole").addEventListener("click", () => put({ scene: "whole", near: null }));
  $("scene-near").addEventListener("click", () => { if (state.type === "e") put({ near: state.id }); });
  $("closer").addEventListener("click", () => zoomBy(1.25));
  $("farther").addEventListener("click", () => zoomBy(0.8));
  $("fit").addEventListener("click", fit);
  new ResizeObserver(lay).observe(holder); // after vis's own, which sizes the canvas
}
