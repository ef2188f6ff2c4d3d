// Pictures as SVG: the pathways on the screen, and whatever leaves the page.

const NS_TEXT = { "text-anchor": "middle", "dominant-baseline": "central" };

function svgText(x, y, content, more = {}) {
  const node = svg("text", { x, y, fill: "var(--ink)", "font-size": FONT, ...NS_TEXT, ...more });
  node.append(content);
  return node;
}

function boxMark(row, x, y, { chosen = false, dim = false, end = null } = {}) {
  const lines = row.label.split("\n");
  const rim = { stroke: chosen ? "var(--accent)" : `var(--${row.kind}-rim)`, "stroke-width": chosen || end ? 3 : 1.3 };
  const group = svg("g", { transform: `translate(${x} ${y})` }, svg("path", { d: outline(row.kind, row.w, row.h), fill: "var(--ground)" }),
    svg("g", { opacity: dim ? 0.3 : 1 }, svg("path", { d: outline(row.kind, row.w, row.h), fill: `var(--${row.kind})`, ...rim }),
      ...lines.map((line, at) => svgText(0, (at - (lines.length - 1) / 2) * 16, line, end ? { "font-weight": 650 } : {}))));
  if (end) group.append(svgText(0, -row.h / 2 - 11, end, { fill: "var(--quiet)", "font-size": 11.5 }));
  return group;
}

const DASHES = { headline: "1.5 3.5", animals: "7 5", link: "9 3 2 3" };

function headMark(tone, { x, y, angle }, dim, width = 2) {
  if (!ENDS[tone]) return [];
  const grow = Math.max(1, width / 3);
  return [svg("path", { d: ENDS[tone], fill: inkOf(tone), opacity: dim ? 0.13 : 1, transform: `translate(${x} ${y}) rotate(${angle}) scale(${grow}) translate(-14 0)` })];
}

function lineMark({ path, head, tone, width, dash = "", dim = false }) {
  return [svg("path", { d: path, fill: "none", stroke: inkOf(tone), "stroke-width": width, "stroke-dasharray": dash, opacity: dim ? 0.13 : 1 }), ...headMark(tone, head, dim, width)];
}

/* ---- the map, as it stands ---- */

// Where a line from the middle of a box leaves it.
function rim(row, from, to) {
  const [across, down] = [to.x - from.x, to.y - from.y];
  const part = Math.min(row.w / 2 / Math.max(Math.abs(across), 1e-6), row.h / 2 / Math.max(Math.abs(down), 1e-6), 1);
  return { x: from.x + across * part, y: from.y + down * part };
}

// The curve that vis-network draws for "curvedCW" and "curvedCCW".
function via(start, stop, smooth) {
  if (!smooth) return { x: (start.x + stop.x) / 2, y: (start.y + stop.y) / 2 };
  const turn = smooth.type === "curvedCW" ? smooth.roundness : -smooth.roundness;
  const angle = Math.atan2(start.y - stop.y, stop.x - start.x) + (turn / 2 + 0.5) * Math.PI;
  const reach = (smooth.roundness / 2 + 0.5) * Math.hypot(stop.x - start.x, stop.y - start.y);
  return { x: start.x + reach * Math.sin(angle), y: start.y + reach * Math.cos(angle) };
}

function mapPicture() {
  const at = network.getPositions();
  const low = network.DOMtoCanvas({ x: 0, y: 0 });
  const high = network.DOMtoCanvas({ x: holder.clientWidth, y: holder.clientHeight });
  const marks = [];
  for (const row of scene.lines.filter(edgeShown)) {
    const bow = edges.get(row.id).smooth;
    const middle = via(at[row.from], at[row.to], bow);
    const start = rim(rows.nodes.get(row.from), at[row.from], middle);
    const stop = rim(rows.nodes.get(row.to), at[row.to], middle);
    const angle = (Math.atan2(stop.y - middle.y, stop.x - middle.x) * 180) / Math.PI;
    marks.push(...lineMark({ path: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${stop.x} ${stop.y}`, head: { ...stop, angle },
      tone: row.tone, width: row.width, dash: row.dashes ? row.dashes.join(" ") : "", dim: lit !== null && !isChosen(row) }));
  }
  for (const id of scene.at.keys()) if (shown.entities.has(id)) marks.push(boxMark(rows.nodes.get(id), at[id].x, at[id].y, { chosen: id === state.id, dim: isDim(id) }));
  return { marks, box: [low.x, low.y, high.x - low.x, high.y - low.y], width: holder.clientWidth, height: holder.clientHeight };
}

/* ---- a picture that leaves the page: with its title, legend and caution ---- */

const measure = (() => {
  const ctx = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    ctx.font = font;
    return ctx.measureText(text).width;
  };
})();

function wrapText(text, width, font) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (measure(longer, font) > width && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function legendMarks(width) {
  const entries = [...kinds.values.map((kind) => [kind, svg("path", { d: outline(kind, 24, 13), fill: `var(--${kind})`, stroke: `var(--${kind}-rim)`, "stroke-width": 1.3 })]),
    ...LINES.map(([tone, text, dash]) => [text, svg("g", {}, svg("path", { d: `M-14 0H${ENDS[tone] ? 9 : 14}`, stroke: inkOf(tone), "stroke-width": 2, "stroke-dasharray": dash ?? "" }),
      ...(ENDS[tone] ? [svg("path", { d: ENDS[tone], fill: inkOf(tone) })] : []))]),
    ["wider: more support", svg("path", { d: "M-14 0H14", stroke: "var(--grey)", "stroke-width": 5 })]];
  let [x, y] = [0, 0];
  const marks = entries.map(([text, glyph]) => {
    const wide = 38 + measure(text, `13px ${inks.font}`) + 22;
    if (x && x + wide > width) [x, y] = [0, y + 21];
    glyph.setAttribute("transform", `translate(${x + 16} ${y})`);
    const mark = svg("g", {}, glyph, svgText(x + 38, y, text, { "text-anchor": "start", "font-size": 13 }));
    x += wide;
    return mark;
  });
  return { marks, height: y + 21 };
}

// The whole as SVG text, with the colours of the moment.
function pictureText({ marks, box, width, height }, [title, ...below]) {
  const pad = 16;
  const wide = Math.max(width, 560);
  const legend = legendMarks(wide - 2 * pad);
  const font = `12.5px ${inks.font}`;
  const caution = wrapText(data.caution, wide - 2 * pad, font);
  const heads = [...wrapText(title, wide - 2 * pad, `600 15px ${inks.font}`).slice(0, 4).map((line) => [line, { "font-size": 15, "font-weight": 600 }]),
    ...below.flatMap((text) => wrapText(text, wide - 2 * pad, `13px ${inks.font}`)).map((line) => [line, { "font-size": 13 }])];
  const top = pad + heads.length * 20 + 8;
  const foot = top + height + 24;
  const total = foot + legend.height + caution.length * 17 + pad;
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height: total, viewBox: `0 0 ${wide} ${total}`, "font-family": inks.font },
    svg("rect", { width: wide, height: total, fill: "var(--ground)" }),
    ...heads.map(([line, look], at) => svgText(pad, pad + 10 + at * 20, line, { "text-anchor": "start", ...look })),
    svg("svg", { x: (wide - width) / 2, y: top, width, height, viewBox: box.join(" "), overflow: "hidden" }, ...marks),
    svg("g", { transform: `translate(${pad} ${foot})` }, ...legend.marks),
    svg("g", { transform: `translate(${pad} ${foot + legend.height})` }, ...caution.map((line, at) =>
      svgText(0, at * 17, line, { "text-anchor": "start", "font-size": 12.5, fill: "var(--quiet)" }))));
  const text = new XMLSerializer().serializeToString(root).replace(/var\(--([\w-]+)\)/g, (whole, name) => inks[name] ?? whole);
  return { text, width: wide, height: total };
}
