// The paths of an answer in words: the ranked list, and one path step by step.

const SIGN_BASES = { direction: "a direction", "if-causal": "only if every link is causal" };
const DISAGREE = "The routes with evidence point both ways, so no direction is given.";
const VERDICTS = {
  stated: "A text or a finding states it in one step.",
  hypothesis: "Some step is an association or a proxy: a hypothesis, not a finding.",
  inferred: "All steps are causal, interventional or opposites: it follows, if each holds.",
  "signs-disagree": "On some step the evidence points both ways, so no direction is given.",
  unsigned: "Some step has no direction.",
  "no-path": "Nothing here leads from the one to the other in so many steps.",
  unsupported: "Some step rests on a headline or a mention alone. Nothing follows from it.",
};
const signOfPath = (path) => (path.sign === null || path.sign === undefined ? "no sign" : `${path.sign > 0 ? "more with more" : path.sign < 0 ? "more with less" : "no change"}, ${SIGN_BASES[path.sign_basis] ?? "no direction"}`);

function hopWords(hop) {
  if (hop.basis === "definition") return "by definition, not evidence";
  const kind = hop.score === 0 ? "headline or mention only, no evidence" : hop.force === "association" ? "goes with" : rowsOfHop(hop)[0]?.label ?? words(hop.force);
  return [kind, SIGNS[toneOfHop(hop)] ?? "signs disagree", count(hop.claims.length, "claim"), hop.dispute > 0 ? "disputed" : ""].filter(Boolean).join(", ");
}

function hopNotes(hop, number) {
  return [
    hop.dispute > 0 ? `hop ${number} is disputed` : "",
    hop.inconclusive.length ? `on hop ${number}, inconclusive nulls: ${hop.inconclusive.length}` : "",
  ].filter(Boolean);
}

const pathName = (path) => stopsOf(path).map((stop) => short(stop.label)).join(" → ");

function pathNames(path) {
  return stopsOf(path).flatMap((stop, at) => [at ? " → " : "",
    el("button", { type: "button", class: "inline", onclick: () => go("e", stop.id) }, short(stop.label))]);
}

const pathChips = (path) => el("ul", { class: "chips" },
  [words(path.verdict), signOfPath(path), path.crosses_species ? "crosses species" : "", path.crosses_population ? "crosses populations" : ""].filter(Boolean).map((text) => el("li", {}, text)));

function pathCard(path) {
  const point = (rank) => () => {
    if (pointed === rank) return;
    pointed = rank;
    lightPaths();
  };
  return el("article", { class: "claim route", "data-rank": path.rank, onmouseenter: point(path.rank), onmouseleave: point(null), onfocusin: point(path.rank), onfocusout: point(null) },
    el("h4", {}, el("span", { class: "rank" }, `${path.rank}. `), pathNames(path)),
    pathChips(path),
    el("p", {}, path.sentence),
    path.hops.flatMap((hop, at) => hopNotes(hop, at + 1)).map((note) => el("p", { class: "note" }, note)),
    el("p", { class: "quiet small" }, `weakest: hop ${path.weakest_hop.hop} ${path.weakest_hop.reason}`),
    el("button", { type: "button", class: "more", "aria-label": `Step by step: ${pathName(path)}`, onclick: () => go("r", String(path.rank)) }, "Step by step"));
}

function showRoutes() {
  if (!answer) {
    return panel.replaceChildren(el("h2", {}, "Paths"), el("p", { class: "quiet" },
      "Choose where to start and where to end. The paths between them are ranked by their evidence, each step with its sentence and its figures."));
  }
  const { direct } = answer;
  panel.replaceChildren(
    el("p", { class: "kicker" }, "Paths"),
    el("h2", {}, `${label(answer.source.id)} → ${label(answer.target.id)}`),
    answer.verdict ? el("p", {}, el("strong", {}, words(answer.verdict)), `: ${answer.verdict === "signs-disagree" ? DISAGREE : VERDICTS[answer.verdict] ?? ""}`) : "",
    direct ? el("p", { class: "quiet small" }, direct.claims.length
      ? `Said directly: ${count(direct.claims.length, "claim")}, support ${grade(direct.support)}, dispute ${grade(direct.dispute)}, ${count(direct.inconclusive.length, "inconclusive null")}.`
      : "Nothing is said of the two directly.") : "",
    section(`Pathways (${answer.paths.length})`, answer.paths.map(pathCard)),
  );
}

/* ---- one path ---- */

// The claims that weigh against a hop: of the other sign, or nulls that weigh something.
const against = (hop) => hop.claims.filter((id) => {
  const claim = claims.get(id);
  return claim?.weight > 0 && (signOf(claim) === "null" || (claim.sign !== null && hop.sign !== null && claim.sign === -hop.sign));
});

function told(ids) {
  const found = ids.map((id) => claims.get(id)).filter(Boolean);
  return el("ul", { class: "told" }, found.map((claim) => el("li", {}, homes.has(claim.id)
    ? el("button", { type: "button", class: "inline", onclick: () => go("p", homes.get(claim.id).id) }, claim.statement) : claim.statement)));
}

function stepCard(path, hop, at) {
  const weakest = path.weakest_hop.hop === at + 1;
  const found = rowsOfHop(hop);
  const meter = hop.basis === "definition" ? "" : el("div", { class: "bars" },
    ["support", "dispute", "score"].map((name) => bar(name, hop[name])));
  const papersOf = new Set(hop.claims.map((id) => claims.get(id)).filter(Boolean).map((claim) => paperOf(claim)?.id ?? claim.id));
  return el("li", { class: "claim step" },
    el("h4", {}, lineGlyph(toneOfHop(hop), { dash: dashOfHop(hop) }), ` ${at + 1}. ${short(hop.subject.label)} → ${short(hop.object.label)}`),
    el("p", { class: "small" }, hopWords(hop), hop.walked === "backward" ? " (read against its wording)" : ""),
    meter,
    hop.claims.length ? el("ul", { class: "chips" }, [...hop.study_types.map(words), ...(hop.species.length ? hop.species : ["species not stated"]), count(papersOf.size, "voice")].map((text) => el("li", {}, text))) : "",
    weakest ? el("p", { class: "note" }, `The weakest step: it ${path.weakest_hop.reason}.`) : "",
    hop.dispute > 0 ? el("div", { class: "note" }, "Some evidence disputes this step:", told(against(hop))) : "",
    hop.inconclusive.length ? el("div", { class: "note" }, `${count(hop.inconclusive.length, "null")} on this step ${hop.inconclusive.length === 1 ? "is" : "are"} inconclusive, neither for nor against:`, told(hop.inconclusive)) : "",
    el("ul", { class: "ways" }, found.map((row) => way(row, { whole: true }))));
}

function showRoute(path) {
  const fact = (name, text) => (text === null || text === undefined || text === "" ? [] : [el("dt", {}, name), el("dd", {}, text)]);
  const box = el("div", {});
  const sources = citationsOf(path);
  panel.replaceChildren(
    el("p", { class: "kicker" }, el("button", { type: "button", class: "inline", onclick: () => go(null) }, "All paths"), ` · path ${path.rank}`),
    el("h2", { class: "long" }, pathNames(path)),
    pathChips(path),
    el("p", {}, path.sentence),
    el("p", { class: "quiet small" }, VERDICTS[path.verdict] ?? ""),
    section("How strong is each step", el("ol", { class: "steps" }, path.hops.map((hop, at) => stepCard(path, hop, at)))),
    section("What to keep in mind", el("dl", { class: "facts" },
      fact("sign", signOfPath(path)), fact("why", path.sign_reason), fact("score", grade(path.score)),
      fact("populations", path.crosses_population ? "not the same along the way" : ""), fact("species", path.crosses_species ? "not the same along the way" : ""),
      fact("joined from", count(path.stitched, "source")), fact("rank by degree alone", path.degree_rank), fact("stays in the list", typeof path.robustness === "number" ? `${Math.round(path.robustness * 100)} % of other weights` : null))),
    section("Take it away", el("div", { class: "deeds" },
      el("button", { type: "button", onclick: () => handOut(box, sparqlOf(path), "SPARQL") }, "Copy as SPARQL"),
      el("button", { type: "button", onclick: () => handOut(box, [pathName(path), path.sentence, ...sources, data.caution].join("\n"), "citations"), disabled: !sources.length }, "Copy citations")), box),
  );
}

const isIri = (text) => /^[a-z][a-z0-9+.-]*:[^<>"{}|\\^`\s]*$/i.test(text);

function sparqlOf(path) {
  const lines = path.hops.flatMap((hop, at) => hop.claims.filter(isIri).map((id) => `    (${at + 1} <${id}>)`));
  return ["PREFIX : <https://w3id.org/nutrigraph/>", "PREFIX oa: <http://www.w3.org/ns/oa#>", "SELECT ?hop ?statement ?quote WHERE {", "  VALUES (?hop ?claim) {", ...lines, "  }",
    "  GRAPH ?document {", "    ?claim :statement ?statement .", "    OPTIONAL { ?claim :quote/oa:exact ?quote }", "  }", "}", "ORDER BY ?hop ?statement"].join("\n");
}

function citationsOf(path) {
  const used = path.hops.flatMap((hop) => hop.claims.map((id) => claims.get(id)).filter(Boolean).map(paperOf)).filter(Boolean);
  return [...new Set(used)].map((paper) => [paper.authors, paper.title, paper.citation, paper.year, paper.doi && `doi:${paper.doi}`, paper.pmid && `PMID:${paper.pmid}`, paper.retracted && "RETRACTED"].filter(Boolean).join(". ")).sort();
}

// The text stands on the page, selected, and is copied where the browser lets a page copy.
function handOut(place, text, what) {
  const field = el("textarea", { readonly: true, rows: 8, "aria-label": what });
  const status = el("p", { class: "quiet small", role: "status" }, "");
  field.value = text;
  place.replaceChildren(field, status);
  field.focus();
  field.select();
  const told = (done) => (status.textContent = done ? `The ${what} were copied.`.replace("SPARQL were", "SPARQL was") : "Press Ctrl+C to copy.");
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => told(true), () => told(false));
  else told(false);
}
