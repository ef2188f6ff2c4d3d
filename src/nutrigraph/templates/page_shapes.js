// Shapes and strokes: one description for the map, the pictures and the legend.

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
  const one = (glyph, text) => el("li", {}, glyph, el("span", {}, text));
  $("legend").append(el("ul", {},
    kinds.values.map((kind) => one(kindGlyph(kind), kind)),
    LINES.map(([tone, text, dash]) => one(lineGlyph(tone, { dash, width: tone === "null" ? 1.2 : 2 }), text)),
    one(lineGlyph("none", { width: 5 }), "wider: more support")));
}
