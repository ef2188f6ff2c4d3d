// The evidence panel: what is shown of an entity, a proposition, a claim.

const panel = document.getElementById("panel");
const section = (title, ...children) => el("section", {}, el("h3", {}, title), ...children);
const label = (id) => entities.get(id)?.label ?? id;
const short = (text, most = 60) => (Array.from(text).length > most ? `${Array.from(text).slice(0, most).join("")}…` : text);

function way(row, { seen = null, whole = false } = {}) {
  const other = seen === row.subject ? row.object : row.subject;
  const name = whole ? `${short(label(row.subject))} – ${short(label(row.object))}` : short(label(other));
  const count = row.claims.length === 1 ? "1 claim" : `${row.claims.length} claims`;
  const said = whole || seen === row.subject ? row.label : relation(row);
  return el("li", {},
    el("button", { type: "button", onclick: () => go("p", row.id), "aria-label": `${name}: ${relation(row)}, ${count}` },
      glyphOf(row),
      el("span", { class: "label" }, name, el("small", {}, `${said} · ${count}`))));
}

/* ---- the paths of a question ---- */

const SIGN_BASES = { direction: "a direction", "if-causal": "only if every link is causal" };

function hopNotes(hop, number) {
  return [
    hop.dispute > 0 ? `hop ${number} is disputed` : "",
    hop.inconclusive.length ? `on hop ${number}, inconclusive nulls: ${hop.inconclusive.length}` : "",
  ].filter(Boolean);
}

function pathCard(path) {
  const ends = [path.hops[0].subject, ...path.hops.map((hop) => hop.object)];
  const names = ends.flatMap((end, at) => [at ? " → " : "",
    el("button", { type: "button", class: "inline", onclick: () => go("e", end.id) }, short(end.label))]);
  const sign = path.sign === null ? "no sign" : `${path.sign > 0 ? "more with more" : "more with less"}, ${SIGN_BASES[path.sign_basis]}`;
  return el("article", { class: "claim" },
    el("h4", {}, names),
    el("ul", { class: "chips" }, [words(path.verdict), sign, path.crosses_species ? "crosses species" : ""].filter(Boolean).map((text) => el("li", {}, text))),
    el("p", {}, path.sentence),
    path.hops.flatMap((hop, at) => hopNotes(hop, at + 1)).map((note) => el("p", { class: "note" }, note)),
    el("p", { class: "quiet small" }, `weakest: hop ${path.weakest_hop.hop} ${path.weakest_hop.reason}`));
}

/* ---- nothing selected ---- */

function showStart() {
  const ranked = [...data.propositions].filter((row) => row.support > 0).sort((a, b) => b.support - a.support);
  const contested = data.propositions.filter((row) => row.signs_disagree || row.dispute > 0);
  const names = [...data.entities].sort((a, b) => (a.label.toLowerCase() < b.label.toLowerCase() ? -1 : 1));
  const list = (rows) => el("ul", { class: "ways" }, rows.slice(0, 5).map((row) => way(row, { whole: true })));
  panel.replaceChildren(
    el("h2", {}, "Evidence"),
    el("p", { class: "quiet" }, "Select a box or a line, or search, to read what was found, in whom, and the sentence that says so."),
    data.paths.length ? section(`Pathways (${data.paths.length})`, data.paths.map(pathCard)) : "",
    ranked.length ? section("Most evidence", list(ranked)) : "",
    contested.length ? section("Contested", list(contested)) : "",
    section(`All topics (${names.length})`,
      el("ul", { class: "index" }, names.map((entity) =>
        el("li", {}, el("button", { type: "button", onclick: () => go("e", entity.id) }, kindGlyph(entity.kind), short(entity.label)))))),
  );
}

/* ---- an entity ---- */

const NAMED = "Headlines and mentions, no evidence";

const WAYS = [
  ["Goes with more of it", (row) => row.force === "association" && row.sign === 1],
  ["Goes with less of it", (row) => row.force === "association" && row.sign === -1],
  ["May act on it", (row, id) => row.hedged && row.object === id],
  ["It may act on", (row) => row.hedged],
  ["Worded as acting on it", (row, id) => row.force !== "unsigned" && row.sign !== 0 && row.object === id],
  ["Worded as acting on", (row) => row.force !== "unsigned" && row.sign !== 0],
  ["Tested, no difference found", (row) => row.sign === 0],
  ["Without a direction", () => true],
];

function waysOf(id) {
  const rows = data.propositions.filter((row) => row.subject === id || row.object === id);
  const groups = [...WAYS.map(([title]) => [title, []]), ["Signs disagree", []], [NAMED, []]];
  for (const row of rows) {
    const special = row.unsupported ? WAYS.length + 1 : row.signs_disagree ? WAYS.length : null;
    groups[special ?? WAYS.findIndex(([, fits]) => fits(row, id))][1].push(row);
  }
  return groups.filter(([, found]) => found.length).map(([title, found]) =>
    section(title, el("ul", { class: "ways" }, found.sort((a, b) => b.support - a.support).map((row) => way(row, { seen: id })))));
}

function linksOf(id) {
  const rows = data.links.filter((link) => link.subject === id || link.object === id);
  if (!rows.length) return "";
  const one = (link) => {
    const other = link.subject === id ? link.object : link.subject;
    const said = link.subject === id ? `${link.label} ${label(other)}` : `${label(other)}: ${link.label} this`;
    return el("li", {}, el("button", { type: "button", onclick: () => go("e", other) }, lineGlyph("link", { dash: "5 2 1 2" }), el("span", { class: "label" }, said)));
  };
  return section("Links, not evidence", el("ul", { class: "ways" }, rows.map(one)));
}

function showEntity(entity) {
  const elsewhere = entity.mappings.map((mapping) =>
    el("li", {}, webLink(mapping.url, mapping.curie), ` ${mapping.label} `, el("span", { class: "quiet" }, `(${words(mapping.relation.replace(/([A-Z])/g, " $1").toLowerCase())})`)));
  panel.replaceChildren(
    el("p", { class: "kicker" }, kindGlyph(entity.kind), entity.kind),
    el("h2", { class: "long" }, entity.label),
    entity.definition ? el("p", { class: "long" }, entity.definition) : "",
    entity.synonyms.length ? el("p", { class: "quiet small" }, `Also: ${entity.synonyms.join(" · ")}`) : "",
    ...waysOf(entity.id),
    linksOf(entity.id),
    elsewhere.length ? section("Elsewhere", el("ul", { class: "sources" }, elsewhere)) : "",
  );
}

/* ---- a proposition ---- */

// Claims in the bins that a reader weighs; a headline or a mention is in none of them.
function bins(row) {
  const sign = row.sign || 1;
  const signed = !row.sign && row.signs_disagree;
  const names = signed ? ["Report more with more", "Report more with less"] : ["For", "Against"];
  const groups = [[names[0], []], [names[1], []], ["Inconclusive", []], [NAMED, []]];
  for (const claim of claimsOf(row)) {
    const isNull = signOf(claim) === "null";
    const bin = isNamedOnly(claim) ? 3 : isNull ? (claim.weight > 0 ? 1 : 2) : claim.sign === -sign ? 1 : 0;
    groups[bin][1].push(claim);
  }
  return groups.filter(([, found]) => found.length);
}

function showProposition(row) {
  const end = (id) => el("button", { type: "button", onclick: () => go("e", id) }, kindGlyph(entities.get(id).kind), el("span", { class: "label" }, short(label(id), 200)));
  const beside = pairs.get(pairOf(row)).filter((other) => other !== row);
  const bar = (name, value) => [el("span", {}, name), el("meter", { min: 0, max: 1, value, "aria-label": name }), el("span", {}, value.toFixed(2))];
  panel.replaceChildren(
    el("p", { class: "kicker" }, glyphOf(row), relation(row)),
    el("h2", { class: "long" }, `${label(row.subject)} – ${row.label} – ${label(row.object)}`),
    el("p", { class: "quiet small" }, row.definition ?? FORCES[row.force]),
    row.signs_disagree ? el("p", { class: "note" }, "Signs disagree: the evidence points both ways, so no direction is given.") : "",
    row.unsupported ? el("p", { class: "note" }, "Rests on a headline or a mention alone: that is no evidence.") : "",
    row.animal_only ? el("p", { class: "note" }, "In animals only.") : "",
    row.hedged ? el("p", { class: "note" }, "Suggested or hypothesised, not stated.") : "",
    el("section", {}, el("div", { class: "bars" }, bar("support", row.support), bar("dispute", row.dispute),
      row.inconclusive ? [el("span", {}, "inconclusive"), el("span", {}), el("span", {}, String(row.inconclusive))] : "")),
    ...bins(row).map(([title, found]) => section(`${title} (${found.length})`, found.map(claimCard))),
    beside.length ? section("Also said of these two", el("ul", { class: "ways" }, beside.map((other) => way(other, { whole: true })))) : "",
    section("Read on", el("div", { class: "ways" }, end(row.subject), end(row.object))),
  );
}

/* ---- a claim ---- */

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

const FIELDS = [
  ["population"], ["life_stage"], ["baseline_status"], ["sample_size", "n"], ["n_cases", "cases"], ["n_controls", "controls"],
  ["comparison"], ["comparator"], ["exposure_timing", "exposure measured"], ["adjusted_for"], ["dose"], ["route"],
  ["duration"], ["timing"], ["assay"], ["effect"], ["p_value", "p"],
];

function effectText(effect) {
  if (!effect || typeof effect !== "object") return effect ?? null;
  const interval = effect.ci_low && effect.ci_high ? `(${effect.ci_low} to ${effect.ci_high})` : "";
  const base = effect.baseline ? `from ${effect.baseline}` : "";
  return [effect.measure, base, effect.value, interval].filter(Boolean).join(" ") || null;
}

function factsOf(claim) {
  const { evidence } = claim;
  const beyond = new Set(evidence.parsed?.not_in_page ?? []);
  const value = (field) => (field === "effect" ? effectText(evidence.effect) : evidence[field]);
  const rows = FIELDS.map(([field, name]) => [field, name ?? words(field), value(field)]);
  rows.push(["co_exposures", "given together with", claim.co_exposures.map((one) => one.label ?? one).join(", ")]);
  return rows.filter(([, , text]) => text !== null && text !== undefined && text !== "").flatMap(([field, name, text]) => [
    el("dt", {}, name),
    el("dd", {}, Array.isArray(text) ? text.join(", ") : String(text), beyond.has(field) ? [" ", el("em", {}, "from the source paper, not on the page")] : ""),
  ]);
}

function chipsOf(claim) {
  const { study_type: study, species, parsed } = claim.evidence;
  const beyond = new Set(parsed?.not_in_page ?? []);
  const chip = (text, field) => el("li", {}, beyond.has(field) ? `${text} (from the source paper, not on the page)` : text);
  return el("ul", { class: "chips" }, chip(words(claim.basis)), chip(claim.modality),
    chip(study && study !== "unspecified" ? words(study) : "study type not stated", "study_type"),
    study === "case-series" ? chip("no comparison group") : "",
    chip(species ?? "species not stated", "species"),
    claim.negated ? chip("no difference found") : "");
}

function sourceLine(source) {
  const named = [source.title, source.year && `(${source.year})`].filter(Boolean).join(" ");
  const doi = /^10\.\d{4,9}\/\S+$/.test(source.doi ?? "") ? webLink(`https://doi.org/${encodeURI(source.doi)}`, `doi:${source.doi}`) : source.doi;
  const pmid = /^\d{1,9}$/.test(source.pmid ?? "") ? webLink(`https://pubmed.ncbi.nlm.nih.gov/${source.pmid}/`, `PubMed ${source.pmid}`) : source.pmid;
  const links = [doi, pmid].filter(Boolean).flatMap((link) => [" ", link]);
  const relation = words(source.relation ?? "source");
  const role = source.relation === "is_source_of" ? "source: " : `further reading, ${relation}: `;
  return el("li", {}, el("span", { class: "quiet" }, role), named, links,
    source.retracted ? el("strong", {}, " retracted") : "");
}

function claimCard(claim) {
  const facts = factsOf(claim);
  return el("article", { class: "claim", "data-claim": claim.id },
    el("h4", {}, claim.statement),
    claim.headline_differs.map((note) => el("p", { class: "note" }, `Headline against text: ${typeof note === "string" ? note : JSON.stringify(note)}`)),
    quoteIn(claim),
    chipsOf(claim),
    facts.length ? el("dl", { class: "facts" }, facts) : "",
    claim.sources.length ? el("ul", { class: "sources" }, claim.sources.map(sourceLine)) : el("p", { class: "quiet small" }, "No paper is named for this."),
    el("p", { class: "quiet small" }, `weight ${claim.weight}: ${claim.weight_reason}`));
}

/* ---- the same claims as a table ---- */

function showTable() {
  const home = new Map(data.propositions.flatMap((row) => row.claims.map((id) => [id, row.id])));
  const heads = ["Statement", "Sign", "Stands in", "Study type", "Species", "n", "Effect", "Weight", "Sentence"];
  const line = (claim) => {
    const { evidence } = claim;
    const statement = home.has(claim.id)
      ? el("button", { type: "button", onclick: () => go("p", home.get(claim.id)) }, claim.statement)
      : claim.statement;
    const differs = claim.headline_differs.length ? el("p", { class: "note" }, claim.headline_differs.map(String).join("; ")) : "";
    const cells = [[statement, differs], SIGNS[signOf(claim)], words(claim.basis), words(evidence.study_type ?? "not stated"),
      evidence.species ?? "not stated", evidence.sample_size ?? "", effectText(evidence.effect) ?? "", String(claim.weight),
      claim.quote?.exact ?? ""];
    return el("tr", { "data-claim": claim.id }, cells.map((cell, at) => el("td", { class: at === 0 || at === 8 ? "wide" : null }, cell)));
  };
  document.getElementById("table").replaceChildren(el("table", {},
    el("caption", {}, `${shown.claims.length} of ${data.claims.length} claims, as the filters leave them`),
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, shown.claims.map(line))));
}
