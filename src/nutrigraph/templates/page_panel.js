// The evidence panel: what is shown of an entity, a proposition, a paper, a document.

const panel = $("panel");
const section = (title, ...children) => el("section", {}, el("h3", {}, title), ...children);
const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
// A grade: little is not nothing.
const grade = (value) => (value > 0 && value < 0.005 ? "<0.01" : value.toFixed(2));
const bar = (name, value) => [el("span", {}, name), el("meter", { min: 0, max: 1, value, "aria-label": name }), el("span", {}, grade(value))];
const shownOf = (row) => claimsOf(row).filter((claim) => shown.ids.has(claim.id));

function way(row, { seen = null, whole = false } = {}) {
  const other = seen === row.subject ? row.object : row.subject;
  const name = whole ? `${short(label(row.subject))} – ${short(label(row.object))}` : short(label(other));
  const said = whole || seen === row.subject ? row.label : relation(row);
  const told = [said, count(shownOf(row).length, "claim"), row.support > 0 ? `support ${grade(row.support)}` : "", row.dispute > 0 ? `dispute ${grade(row.dispute)}` : ""];
  return el("li", {},
    el("button", { type: "button", onclick: () => go("p", row.id), "aria-label": `${name}: ${relation(row)}, ${count(row.claims.length, "claim")}` },
      glyphOf(row),
      el("span", { class: "label" }, name, el("small", {}, told.filter(Boolean).join(" · ")))));
}

const ways = (list, options) => el("ul", { class: "ways" }, list.map((row) => way(row, options)));

// A long list, its beginning open and the rest a press away.
function longList(list, make, most = 12) {
  if (list.length <= most + 2) return make(list);
  const rest = el("div", { hidden: true });
  const button = el("button", { type: "button", class: "more", onclick: () => {
    rest.hidden = false;
    button.remove();
    rest.querySelector("button, a")?.focus();
  } }, `Show ${list.length - most} more`);
  rest.append(make(list.slice(most)));
  return [make(list.slice(0, most)), button, rest];
}

/* ---- nothing selected ---- */

const overstated = data.claims.filter((claim) => claim.basis === "headline" && claim.headline_differs.length);

function showStart() {
  const rows = data.propositions.filter((row) => shown.propositions.has(row.id));
  const ranked = rows.filter((row) => row.support > 0).sort((a, b) => b.support - a.support);
  const contested = rows.filter((row) => row.signs_disagree || row.dispute > 0).sort((a, b) => Math.min(b.support, b.dispute) - Math.min(a.support, a.dispute));
  const list = [...data.entities].sort((a, b) => (a.label.toLowerCase() < b.label.toLowerCase() ? -1 : 1));
  const index = (all) => el("ul", { class: "index" }, all.map((entity) =>
    el("li", {}, el("button", { type: "button", onclick: () => go("e", entity.id) }, kindGlyph(entity.kind), short(entity.label)))));
  panel.replaceChildren(
    el("h2", {}, "Evidence"),
    el("p", { class: "quiet" }, "Select a box or a line, or search, to read what was found, in whom, and the sentence or figures that say so."),
    data.left_out ? el("p", { class: "note" }, data.left_out) : "",
    ranked.length ? section("Most evidence", ways(ranked.slice(0, 5), { whole: true })) : "",
    contested.length ? section("Contested", ways(contested.slice(0, 5), { whole: true })) : "",
    overstated.length ? section("Headlines", el("div", { class: "ways" }, el("button", { type: "button", onclick: () => go("h", "all") },
      el("span", { class: "label" }, "Headlines that say more than their text", el("small", {}, count(overstated.length, "headline")))))) : "",
    section(`All topics (${list.length})`, longList(list, index, 200)),
  );
}

function showHeadlines() {
  const groups = groupBy(overstated, (claim) => claim.quote?.exact ?? claim.statement);
  panel.replaceChildren(
    el("h2", {}, "Headlines that say more than their text"),
    el("p", { class: "quiet" }, "Each with what it adds or leaves out. A headline is no evidence here."),
    ...[...groups].map(([title, found]) => el("section", { class: "said" }, el("h3", {}, `“${title}”`), found.map((claim) => claimCard(claim)))),
  );
}

/* ---- an entity ---- */

const NAMED = "Headlines and mentions, no evidence";
const AMOUNT = new Set(["Nutrient", "Biomarker", "Exposure"]);

// What a reader asks of a thing; the first that fits. Nutrients and measures are had, conditions happen.
const WAYS = [
  [(name, has) => (has ? `High ${name} goes with more` : `${name} goes with more`), (row) => row.force === "association" && row.sign === 1],
  [(name, has) => (has ? `Low ${name} goes with more` : `${name} goes with less`), (row) => row.force === "association" && row.sign === -1],
  [() => "May act on it", (row, id) => row.hedged && row.object === id],
  [() => "It may act on", (row) => row.hedged],
  [() => "Worded as raising it", (row, id) => row.force !== "unsigned" && row.sign === 1 && row.object === id],
  [() => "Worded as lowering it", (row, id) => row.force !== "unsigned" && row.sign === -1 && row.object === id],
  [() => "Worded as raising", (row) => row.force !== "unsigned" && row.sign === 1],
  [() => "Worded as lowering", (row) => row.force !== "unsigned" && row.sign === -1],
  [() => "Tested, no difference found", (row) => row.sign === 0],
  [() => "Without a direction", () => true],
];

function waysOf(entity) {
  const { id } = entity;
  const groups = [...WAYS.map(([title]) => [title(short(entity.label, 40), AMOUNT.has(entity.kind)), []]), ["Signs disagree", []], [NAMED, []]];
  const rows = data.propositions.filter((row) => shown.propositions.has(row.id) && (row.subject === id || row.object === id));
  for (const row of rows) {
    const special = row.unsupported ? WAYS.length + 1 : row.signs_disagree ? WAYS.length : null;
    groups[special ?? WAYS.findIndex(([, fits]) => fits(row, id))][1].push(row);
  }
  return groups.filter(([, found]) => found.length).map(([title, found]) =>
    section(`${title} (${found.length})`, longList(found.sort((a, b) => b.support - a.support), (list) => ways(list, { seen: id }))));
}

function linksOfEntity(id) {
  const rows = data.links.filter((link) => link.subject === id || link.object === id);
  if (!rows.length) return "";
  const one = (link) => {
    const other = link.subject === id ? link.object : link.subject;
    const said = link.subject === id ? `${link.label} ${label(other)}` : `${label(other)}: ${link.label} this`;
    return el("li", {}, el("button", { type: "button", onclick: () => go("e", other) }, lineGlyph("link", { dash: "5 2 1 2" }), el("span", { class: "label" }, said)));
  };
  return section("Links, not evidence", longList(rows, (list) => el("ul", { class: "ways" }, list.map(one))));
}

function showEntity(entity) {
  const elsewhere = entity.mappings.map((mapping) =>
    el("li", {}, webLink(mapping.url, mapping.curie), ` ${mapping.label} `, el("span", { class: "quiet" }, `(${words(mapping.relation.replace(/([A-Z])/g, " $1").toLowerCase())})`)));
  const act = (text, changes) => el("button", { type: "button", onclick: () => put(changes) }, text);
  panel.replaceChildren(
    el("p", { class: "kicker" }, kindGlyph(entity.kind), entity.kind),
    el("h2", { class: "long" }, entity.label),
    entity.definition ? el("p", { class: "long" }, entity.definition) : "",
    entity.synonyms.length ? el("p", { class: "quiet small long" }, `Also: ${entity.synonyms.join(" · ")}`) : "",
    el("div", { class: "deeds" }, act("Map around it", { view: "map", near: entity.id }),
      act("Paths from it", { view: "paths", from: entity.id, type: null, id: null }), act("Paths to it", { view: "paths", to: entity.id, type: null, id: null })),
    hiddenNote(data.propositions.filter((row) => row.subject === entity.id || row.object === entity.id).flatMap((row) => row.claims)),
    ...waysOf(entity),
    linksOfEntity(entity.id),
    elsewhere.length ? section("Elsewhere", el("ul", { class: "sources" }, elsewhere)) : "",
  );
}

function hiddenNote(ids) {
  const hidden = ids.filter((id) => !shown.ids.has(id)).length;
  return hidden ? el("p", { class: "note" }, `The filters hide ${count(hidden, "claim")} here.`) : "";
}

/* ---- a proposition ---- */

// Claims in the bins that a reader weighs; a headline or a mention is in none of them.
function bins(row) {
  const sign = row.sign || 1;
  const signed = !row.sign && row.signs_disagree;
  const names = signed ? ["Report more with more", "Report more with less"] : ["For", "Against"];
  const groups = [[names[0], []], [names[1], []], ["Inconclusive", []], [NAMED, []]];
  for (const claim of shownOf(row)) {
    const isNull = signOf(claim) === "null";
    const bin = isNamedOnly(claim) ? 3 : isNull ? (claim.weight > 0 ? 1 : 2) : claim.sign === -sign ? 1 : 0;
    groups[bin][1].push(claim);
  }
  return groups.filter(([, found]) => found.length);
}

const ASKED = ["population", "life_stage", "baseline_status", "dose", "duration", "timing", "comparator", "comparison", "study_type"];
// What a claim found of what its proposition says, in words that a small null cannot abuse.
function sideOf(claim, side) {
  if (side === "Inconclusive") return "found no difference, and cannot rule one out";
  if (side === "Against") return signOf(claim) === "null" ? "found next to no difference" : "found the opposite";
  return side === "For" ? "found it" : side.toLowerCase();
}

function voiceLine(voice) {
  const [{ side, claim }, ...rest] = voice;
  // Main results that do not all stand on one side: the paper is on neither.
  const mains = new Set(voice.filter((one) => analysisRank(one.claim) === 0).map((one) => one.side));
  const { evidence } = claim;
  const paper = paperOf(claim);
  const facts = [evidence.study_type && words(evidence.study_type), evidence.population && `in ${evidence.population}`, evidence.dose, evidence.comparator && `against ${evidence.comparator}`,
    evidence.timing, evidence.sample_size && `n ${evidence.sample_size}`, effectText(evidence.effect)];
  const besides = rest.map((one) => [one.claim.evidence.parsed?.analysis, sideOf(one.claim, one.side), one.claim.evidence.timing, effectText(one.claim.evidence.effect)].filter(Boolean).join(", "));
  return el("li", {}, el("strong", {}, `${mains.size > 1 ? "mixed, " : ""}${sideOf(claim, side)}: `),
    paper ? el("button", { type: "button", class: "inline", onclick: () => go("s", paper.id) }, `${short(paperName(paper), 70)}${paper.year ? ` (${paper.year})` : ""}`) : "a passage of the document",
    el("small", {}, facts.filter(Boolean).join(" · ")), besides.length ? el("small", {}, `the same paper also ${besides.join("; ")}`) : "");
}

// One paper is one voice: its main result speaks, the others stand beneath it.
function voicesOn(row) {
  const told = bins(row).filter(([title]) => title !== NAMED).flatMap(([side, found]) => found.map((claim) => ({ side, claim })));
  const sides = new Map(told.map((one) => [one.claim.id, one]));
  return voicesOf(told.map((one) => one.claim)).map((voice) => voice.map((claim) => sides.get(claim.id)));
}

// All that was asked of these two, each voice in a line, so that one sees at once whether all were asked the same.
function sideBySide(row) {
  const asked = pairs.get(pairOf(row)).map((other) => ({ other, voices: voicesOn(other) })).filter(({ voices }) => voices.length);
  const mains = asked.flatMap((one) => one.voices.map(([main]) => main));
  const sides = new Set(asked.flatMap((one) => one.voices.flat().map(({ side }) => side)));
  if (mains.length < 2 || (asked.length === 1 && sides.size === 1)) return "";
  const differ = ASKED.filter((field) => new Set(mains.map(({ claim }) => claim.evidence[field] ?? "")).size > 1).map(words);
  const unlike = asked.length > 1 ? [`${asked.length} different questions`, ...differ] : differ;
  asked.sort((a, b) => (b.other === row) - (a.other === row));
  const name = (other) => `${label(other.subject)} – ${other.label} – ${label(other.object)}`;
  return section("Side by side", asked.map(({ other, voices }) => el("div", { class: "asked" },
    el("p", { class: "small" }, other === row ? el("strong", {}, name(other)) : el("button", { type: "button", class: "inline", onclick: () => go("p", other.id) }, name(other))),
    el("ul", { class: "sides" }, voices.map(voiceLine)))),
  el("p", { class: "note" }, unlike.length
    ? `They did not ask the same: ${unlike.join(", ")}. What is not told may differ too. Nothing is pooled.`
    : "As far as is told, they asked the same of the same. Nothing is pooled."));
}

function showProposition(row) {
  const end = (id) => el("button", { type: "button", onclick: () => go("e", id) }, kindGlyph(entities.get(id).kind), el("span", { class: "label" }, short(label(id), 200)));
  const beside = pairs.get(pairOf(row)).filter((other) => other !== row);
  const groups = bins(row);
  panel.replaceChildren(
    el("p", { class: "kicker" }, glyphOf(row), relation(row)),
    el("h2", { class: "long" }, `${label(row.subject)} – ${row.label} – ${label(row.object)}`),
    el("p", { class: "quiet small" }, row.definition ?? FORCES[row.force]),
    row.signs_disagree ? el("p", { class: "note" }, "Signs disagree: the evidence points both ways, so no direction is given.") : "",
    row.unsupported ? el("p", { class: "note" }, "Rests on a headline or a mention alone: that is no evidence.") : "",
    row.animal_only ? el("p", { class: "note" }, "In animals only.") : "",
    row.hedged ? el("p", { class: "note" }, "Suggested or hypothesised, not stated.") : "",
    hiddenNote(row.claims),
    el("section", {}, el("div", { class: "bars" }, bar("support", row.support), bar("dispute", row.dispute),
      row.inconclusive ? [el("span", {}, "inconclusive"), el("span", {}), el("span", {}, String(row.inconclusive))] : "")),
    sideBySide(row),
    ...groups.map(([title, found]) => section(`${title} (${found.length})`, voiceCards(found))),
    beside.length ? section("Also said of these two", ways(beside, { whole: true })) : "",
    section("Read on", el("div", { class: "ways" }, end(row.subject), end(row.object))),
  );
}

/* ---- a paper, a document ---- */

function showPaper(paper) {
  const dated = paper.citation?.includes(String(paper.year)) ? null : paper.year;
  const about = [paper.authors, paper.citation, dated].filter(Boolean).join(" · ");
  panel.replaceChildren(
    el("p", { class: "kicker" }, "Paper"),
    el("h2", { class: "long" }, paperName(paper)),
    about ? el("p", { class: "quiet small" }, about) : "",
    el("p", { class: "sources" }, linksTo(paper), marksOf(paper)),
    paper.registration ? el("p", { class: "quiet small" }, `Trial ${paper.registration}: papers of one trial are one voice.`) : "",
    paper.claims.length ? section(`What it says (${paper.claims.length})`,
      paper.claims.length > 1 ? el("p", { class: "quiet small" }, "One paper is one voice, however many results it reports.") : "",
      longList([...paper.claims].sort((a, b) => analysisRank(a) - analysisRank(b)), (list) => list.map(paperClaim), 8)) : "",
    paper.reading.length ? section(`Further reading on (${paper.reading.length})`, paper.reading.map(paperClaim)) : "",
  );
}

function paperClaim(claim) {
  const home = homes.get(claim.id);
  return el("div", {}, claimCard(claim, { sources: null }),
    home ? el("button", { type: "button", class: "more", onclick: () => go("p", home.id) }, "All evidence on this") : "");
}

// The whole text; each stretch that a claim quotes leads to what is said there.
function quotedText(doc, mine) {
  const spans = mine.filter((claim) => claim.quote && homes.has(claim.id)).map((claim) => ({ ...claim.quote, claim })).sort((a, b) => a.start - b.start || b.end - a.end);
  const parts = [];
  let at = 0;
  const cut = (from, to) => doc.points.slice(from, to).join("");
  for (const { start, end, claim } of spans) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    const open = () => go("p", homes.get(claim.id).id);
    // No button: that could not break over lines as text does.
    parts.push(cut(at, from), el("mark", { role: "link", tabindex: 0, title: claim.statement, onclick: open,
      onkeydown: (event) => { if (event.key === "Enter") open(); } }, cut(from, end)));
    at = end;
  }
  return [...parts, cut(at)];
}

function showDocument(doc) {
  const mine = data.claims.filter((claim) => claim.document === doc.id);
  const lines = [...groupBy(mine, (claim) => claim.basis)].map(([basis, found]) => el("li", {}, count(found.length, words(basis), `of basis ${words(basis)}`)));
  const headlines = overstated.filter((claim) => claim.document === doc.id);
  panel.replaceChildren(
    el("p", { class: "kicker" }, "Document"),
    el("h2", { class: "long" }, doc.title),
    el("ul", { class: "small" }, lines),
    headlines.length ? section(`Headlines that say more than their text (${headlines.length})`, headlines.map((claim) => claimCard(claim))) : "",
    doc.text ? section("The document, with what is quoted of it", el("blockquote", { class: "whole", tabindex: 0 }, quotedText(doc, mine))) : el("p", { class: "quiet" }, "A sheet of findings: it has no text of its own."),
  );
}
