// One claim, as it is shown: its sentence or its figures, what it rests on, and whose voice it is.

function quoteIn(claim) {
  const { quote } = claim;
  const doc = documents.get(claim.document);
  if (!quote) return "";
  const { points = [], segments = [], title = claim.document } = doc ?? {};
  const caption = el("p", { class: "quiet small" }, `from “${short(title, 90)}”`);
  const home = segments.find((part) => part.start <= quote.start && quote.end <= part.end);
  const cut = (from, to) => points.slice(from, to).join("");
  if (!home || cut(quote.start, quote.end) !== quote.exact)
    return el("figure", {}, el("blockquote", {}, el("mark", {}, quote.exact)), el("p", { class: "note" }, "This quote was not found at its place in the document."), caption);
  const parts = segments.filter((part) => part.paragraph === home.paragraph);
  const from = Math.min(...parts.map((part) => part.start));
  const to = Math.max(...parts.map((part) => part.end));
  return el("figure", {},
    el("blockquote", {}, cut(from, quote.start), el("mark", {}, quote.exact), cut(quote.end, to)), caption);
}

/* ---- figures ---- */

const FIELDS = [
  ["sample_size", "n"], ["n_cases", "cases"], ["n_controls", "controls"], ["effect"], ["p_value", "p"],
  ["population"], ["life_stage"], ["baseline_status"], ["comparison"], ["comparator"], ["exposure_timing", "exposure measured"],
  ["adjusted_for"], ["dose"], ["route"], ["duration"], ["timing"], ["assay"],
];

function effectText(effect) {
  if (!effect || typeof effect !== "object") return effect ?? null;
  const interval = effect.ci_low && effect.ci_high ? `(${effect.ci_low} to ${effect.ci_high})` : "";
  const base = effect.baseline ? `from ${effect.baseline}${effect.value ? " to" : ""}` : "";
  return [effect.measure, base, effect.value, interval].filter(Boolean).join(" ") || null;
}

const RATIO = /^(?:a?(?:OR|RR|HR)|odds ratio|risk ratio|relative risk|hazard ratio)\b/i;

// A ratio and its interval on a logarithmic line from a quarter to four times; 1 is no difference.
function forest(claim) {
  const { effect_value: value, effect_ci_low: low, effect_ci_high: high } = claim.evidence.parsed ?? {};
  if (!RATIO.test(claim.evidence.effect?.measure ?? "") || !(value > 0) || !(low > 0) || !(high > 0)) return "";
  const at = (number) => Math.min(Math.max((Math.log2(number) + 2) / 4, 0), 1) * 180 + 10;
  const line = (x1, x2, y1, y2, more = {}) => svg("line", { x1, x2, y1, y2, stroke: "var(--quiet)", "stroke-width": 1, ...more });
  const text = (number, name) => {
    const node = svg("text", { x: at(number), y: 34, "text-anchor": "middle", fill: "var(--quiet)", "font-size": 11 });
    node.append(name);
    return node;
  };
  const [left, right] = [at(low), at(high)];
  return svg("svg", { class: "forest", width: 200, height: 38, viewBox: "0 0 200 38", role: "img",
    "aria-label": `${value}, interval from ${low} to ${high}, on a scale where 1 is no difference` },
  line(10, 190, 22, 22), line(at(1), at(1), 3, 24, { "stroke-dasharray": "3 2" }),
  line(left, right, 12, 12, { stroke: "var(--ink)", "stroke-width": 2 }),
  low < 0.25 ? svg("path", { d: "M6 12l6 -4v8z", fill: "var(--ink)" }) : "", high > 4 ? svg("path", { d: "M194 12l-6 -4v8z", fill: "var(--ink)" }) : "",
  svg("rect", { x: at(value) - 4, y: 8, width: 8, height: 8, fill: "var(--ink)" }),
  text(0.25, "¼"), text(0.5, "½"), text(1, "1"), text(2, "2"), text(4, "4"));
}

function factsOf(claim) {
  const { evidence } = claim;
  const parsed = evidence.parsed ?? {};
  const beyond = new Set(parsed.not_in_page ?? []);
  const value = (field) => (field === "effect" ? effectText(evidence.effect) : evidence[field]);
  const rows = FIELDS.map(([field, name]) => [field, name ?? words(field), value(field)]);
  rows.push(["co_exposures", "given together with", claim.co_exposures.map((one) => one.label ?? one).join(", ")]);
  rows.push(["outcome_detail", "outcome in detail", parsed.outcome_detail]);
  rows.push(["significance", "significant, as printed", parsed.significance]);
  return rows.filter(([, , text]) => text !== null && text !== undefined && text !== "").flatMap(([field, name, text]) => [
    el("dt", {}, name),
    el("dd", {}, Array.isArray(text) ? text.join(", ") : String(text), beyond.has(field) ? [" ", el("em", {}, "from the source paper, not on the page")] : ""),
  ]);
}

function chipsOf(claim) {
  const { study_type: study, species, parsed = {} } = claim.evidence;
  const beyond = new Set(parsed.not_in_page ?? []);
  const chip = (text, field) => el("li", {}, beyond.has(field) ? `${text} (from the source paper, not on the page)` : text);
  return el("ul", { class: "chips" }, chip(words(claim.basis)), chip(claim.modality),
    chip(study && study !== "unspecified" ? words(study) : "study type not stated", "study_type"),
    study === "case-series" ? chip("no comparison group") : "",
    chip(species ?? "species not stated", "species"),
    parsed.analysis ? chip(`${parsed.analysis} analysis`) : "",
    parsed.outcome_role ? chip(`${parsed.outcome_role} marker`) : "",
    claim.negated ? chip("no difference found") : "");
}

// What a second pair of eyes said of the figures.
function remarksOf(claim) {
  const { doubt, second_reader: second } = claim.evidence.parsed ?? {};
  return [
    doubt ? el("p", { class: "note" }, `Doubt: ${doubt}`) : "",
    second ? el("p", { class: "quiet small" }, second === "agreed" ? "A second reader agreed with these figures." : second === "corrected" ? "A second reader corrected these figures." : `Second reader: ${second}`) : "",
  ];
}

/* ---- papers ---- */

function linksTo({ doi, pmid }) {
  const web = isDoi(doi) ? webLink(`https://doi.org/${encodeURI(doi)}`, `doi:${doi}`) : doi;
  const pubmed = /^\d{1,9}$/.test(pmid ?? "") ? webLink(`https://pubmed.ncbi.nlm.nih.gov/${pmid}/`, `PubMed ${pmid}`) : pmid;
  return [web, pubmed].filter(Boolean).flatMap((link) => [" ", link]);
}

function marksOf(paper) {
  return [
    paper.retracted ? el("strong", { class: "bad" }, " retracted") : "",
    paper.superseded_by ? el("strong", { class: "bad" }, ` superseded by ${paper.superseded_by}`) : "",
    paper.pools_retracted?.length ? el("strong", { class: "bad" }, " may pool a retracted trial") : "",
  ];
}

function sourceLine(source) {
  const named = [source.title, source.year && `(${source.year})`].filter(Boolean).join(" ");
  const relation = words(source.relation ?? "source");
  const role = source.relation === "is_source_of" ? "source: " : `further reading, ${relation}: `;
  const paper = papers.get(paperKey(source));
  return el("li", {}, el("span", { class: "quiet" }, role),
    el("button", { type: "button", class: "inline", onclick: () => go("s", paper.id) }, named || paperName(paper)), linksTo(source), marksOf({ ...paper, ...source }));
}

/* ---- one paper is one voice ---- */

const analysisRank = (claim) => ({ subgroup: 2, secondary: 1 })[claim.evidence.parsed?.analysis] ?? 0;

// Claims by the paper that they speak for; where none is known, each for itself. The main analysis comes first.
function voicesOf(list) {
  const groups = groupBy(list, (claim) => paperOf(claim)?.id ?? claim.id);
  return [...groups.values()]
    .map((group) => group.sort((a, b) => analysisRank(a) - analysisRank(b) || b.weight - a.weight || (a.id < b.id ? -1 : 1)))
    .sort((a, b) => b[0].weight - a[0].weight || (a[0].id < b[0].id ? -1 : 1));
}

function claimCard(claim, { sources = true } = {}) {
  const facts = factsOf(claim);
  const listed = claim.sources.length ? el("ul", { class: "sources" }, claim.sources.map(sourceLine)) : el("p", { class: "quiet small" }, "No paper is named for this.");
  return el("article", { class: "claim", "data-claim": claim.id },
    el("h4", {}, claim.statement),
    claim.headline_differs.map((note) => el("p", { class: "note" }, `Headline against text: ${typeof note === "string" ? note : JSON.stringify(note)}`)),
    quoteIn(claim),
    chipsOf(claim),
    forest(claim),
    facts.length ? el("dl", { class: "facts" }, facts) : "",
    remarksOf(claim),
    sources ? listed : sources === null ? "" : el("p", { class: "quiet small" }, "The same paper: no voice of its own."),
    el("p", { class: "quiet small" }, `weight ${claim.weight}: ${claim.weight_reason}`));
}

function voiceCards(list) {
  return voicesOf(list).map((voice) =>
    voice.length === 1 ? claimCard(voice[0]) : el("div", { class: "voice" },
      el("p", { class: "quiet small" }, `One paper, one voice: ${voice.length} results, the main one first.`),
      voice.map((claim, at) => claimCard(claim, { sources: at === 0 }))));
}
