// The map: vis-network draws what Python laid out; nothing moves by itself.

const holder = document.getElementById("map");
const FONT = 13.5;
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
let selected = { type: null, id: null };
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

function drawBox({ ctx, id, x, y, state }) {
  const row = rows.nodes.get(id);
  const drawNode = () => {
    const shape = new Path2D(outline(row.kind, row.w, row.h));
    ctx.translate(x, y);
    ctx.fillStyle = inks.ground; // what lies behind a faded box must not shine through
    ctx.fill(shape);
    ctx.globalAlpha = isDim(id) ? 0.22 : 1;
    ctx.fillStyle = inks[row.kind];
    ctx.strokeStyle = state.selected || id === selected.id ? inks.accent : inks[`${row.kind}-rim`];
    ctx.lineWidth = state.selected || id === selected.id ? 3 : state.hover ? 2.2 : 1.3;
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

/* ---- what stands out ---- */

let lit = null; // ids of the boxes in the light, or null when all are

function light() {
  const { type, id } = selected;
  if (type === null) return (lit = null);
  const ends = type === "p" ? [propositions.get(id)] : [...data.propositions, ...data.links].filter((row) => row.subject === id || row.object === id);
  lit = new Set([type === "e" ? id : null, ...ends.flatMap((row) => [row.subject, row.object])]);
}

const isDim = (id) => lit !== null && !lit.has(id);
const isChosen = (row) => (selected.type === "p" ? row.propositions.includes(selected.id) : selected.id === row.from || selected.id === row.to);

function edgeShown(row) {
  if (!shown.entities.has(row.from) || !shown.entities.has(row.to)) return false;
  if (row.shy && !(selected.id !== null && isChosen(row))) return false;
  return row.tone === "link" || row.propositions.some((id) => shown.propositions.has(id));
}

function paint() {
  light();
  nodes.update(data.nodes.map((row) => ({ id: row.id, hidden: !shown.entities.has(row.id) })));
  edges.update(data.edges.map((row) => {
    const ink = inks[row.tone === "up" || row.tone === "down" || row.tone === "link" ? row.tone : "grey"];
    const faded = selected.type !== null && !isChosen(row);
    return { id: row.id, hidden: !edgeShown(row), color: { color: ink, highlight: ink, hover: ink, opacity: faded ? 0.13 : 1 } };
  }));
  draw();
}

// vis leaves out what it has not measured in view: the first drawing measures, the second draws.
function draw() {
  network.redraw();
  network.redraw();
}

/* ---- position and zoom ---- */

// Boxes keep their size; the room between them stretches, so no two can come nearer.
function spread() {
  const extent = (axis, side) => {
    const ends = data.nodes.flatMap((row) => [row[axis] - row[side] / 2, row[axis] + row[side] / 2]);
    return { low: Math.min(...ends), span: Math.max(...ends) - Math.min(...ends) };
  };
  const [across, down] = [extent("x", "w"), extent("y", "h")];
  const [width, height] = [holder.clientWidth - 24, holder.clientHeight - 24];
  const zoom = Math.min(1, width / across.span, height / down.span);
  const stretch = [width / (across.span * zoom), height / (down.span * zoom)].map((by) => Math.min(Math.max(by, 1), data.paths.length ? 3 : 1.8));
  const at = (row) => ({ x: (row.x - across.low) * stretch[0], y: (row.y - down.low) * stretch[1] });
  const span = [across.span * stretch[0], down.span * stretch[1]];
  return { at, zoom, span, top: data.aside && (data.aside.top - down.low) * stretch[1] };
}

const DOT = 0.45; // at a lesser zoom labels are dots
let spot = { top: null };
let held = null; // what to keep when the size changes: "all", the view that the reader chose, or nothing yet

// The map in the size that its place has now; in none, it waits for one.
function lay() {
  if (!data.nodes.length || !holder.clientWidth || !holder.clientHeight) return;
  spot = spread();
  nodes.update(data.nodes.map((row) => ({ id: row.id, ...spot.at(row) })));
  if (held?.position) network.moveTo(held);
  // A telephone: start legible at the busiest box, and pan.
  else if (spot.zoom < DOT && held !== "all") network.moveTo({ position: spot.at(rows.nodes.get(busiest())), scale: 0.85 });
  else network.moveTo({ position: { x: spot.span[0] / 2, y: spot.span[1] / 2 }, scale: spot.zoom });
  draw();
}

function fit() {
  held = "all";
  lay();
}

const hold = () => (held = { position: network.getViewPosition(), scale: network.getScale() });

function busiest() {
  const degree = new Map(data.nodes.map((row) => [row.id, 0]));
  for (const row of data.edges) for (const end of [row.from, row.to]) degree.set(end, degree.get(end) + 1);
  return [...degree].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function zoomBy(factor) {
  network.moveTo({ scale: network.getScale() * factor });
  hold();
}

network.on("zoom", hold);
network.on("dragEnd", hold);

/* ---- pointer ---- */

const hint = document.getElementById("hint");
const hintOf = (row) => {
  const said = row.propositions.map((id) => propositions.get(id)).filter((one) => shown.propositions.has(one.id));
  if (!said.length) return "a link, not evidence";
  const first = `${short(label(said[0].subject))} – ${said[0].label} – ${short(label(said[0].object))}`;
  return said.length > 1 ? `${first}, and ${said.length - 1} more` : first;
};
network.on("hoverEdge", ({ edge }) => (hint.textContent = hintOf(rows.edges.get(edge))));
network.on("blurEdge", () => (hint.textContent = ""));
network.on("hoverNode", () => (holder.style.cursor = "pointer"));
network.on("blurNode", () => (holder.style.cursor = ""));
network.on("click", ({ nodes: [node], edges: [edge] }) => {
  network.unselectAll();
  if (node !== undefined) return go("e", node);
  const row = rows.edges.get(edge);
  if (!row) return go(null);
  const [best] = row.propositions.map((id) => propositions.get(id)).sort((a, b) => b.support - a.support);
  if (best) go("p", best.id);
  else go("e", row.from);
});
network.on("beforeDrawing", (ctx) => {
  if (!data.aside || !data.nodes.some((row) => row.y > data.aside.top && shown.entities.has(row.id))) return;
  ctx.fillStyle = inks.quiet;
  ctx.font = `${FONT - 0.5}px ${inks.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText("Only listed or named in passing", 2, spot.top);
});

function startMap() {
  readInks();
  nodes.add(data.nodes.map(({ id, x, y, label, shape }) => ({ id, x, y, label, shape, ctxRenderer: drawBox })));
  edges.add(data.edges.map(({ propositions: _, tone: __, shy: ___, ...row }) => row));
  lay();
  new ResizeObserver(lay).observe(holder); // after vis's own, which sizes the canvas
}

/* ---- the picture ---- */

function savePicture() {
  const map = holder.querySelector("canvas");
  const ratio = map.width / map.clientWidth;
  const [width, foot] = [map.clientWidth, 118];
  const canvas = el("canvas", { width: map.width, height: map.height + foot * ratio });
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = inks.ground;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(map, 0, 0);
  ctx.scale(ratio, ratio);
  ctx.translate(12, map.clientHeight + 16);
  drawLegend(ctx, width - 24);
  canvas.toBlob((blob) => {
    const url = URL.createObjectURL(blob);
    el("a", { href: url, download: "nutrigraph.png" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
}

function drawLegend(ctx, width) {
  ctx.textBaseline = "middle";
  ctx.font = `13px ${inks.font}`;
  let [x, y] = [0, 0];
  const entry = (text, draw) => {
    const wide = 34 + ctx.measureText(text).width + 20;
    if (x + wide > width) [x, y] = [0, y + 20];
    ctx.save();
    ctx.translate(x + 14, y);
    draw();
    ctx.restore();
    ctx.fillStyle = inks.ink;
    ctx.fillText(text, x + 34, y);
    x += wide;
  };
  for (const kind of kinds.values) entry(kind, () => {
    const shape = new Path2D(outline(kind, 24, 13));
    ctx.fillStyle = inks[kind];
    ctx.strokeStyle = inks[`${kind}-rim`];
    ctx.fill(shape);
    ctx.stroke(shape);
  });
  for (const [tone, text, dash] of LINES) entry(text, () => {
    ctx.fillStyle = ctx.strokeStyle = inks[{ up: "up", down: "down", link: "link" }[tone] ?? "grey"];
    ctx.lineWidth = 2;
    ctx.setLineDash((dash ?? "").split(" ").filter(Boolean).map(Number));
    ctx.stroke(new Path2D("M-14 0H8"));
    if (ENDS[tone]) ctx.fill(new Path2D(ENDS[tone]));
  });
  ctx.fillStyle = inks.quiet;
  [x, y] = [0, y + 24];
  for (const word of data.caution.split(" ")) {
    const wide = ctx.measureText(`${word} `).width;
    if (x + wide > width) [x, y] = [0, y + 17];
    ctx.fillText(word, x, y);
    x += wide;
  }
}
