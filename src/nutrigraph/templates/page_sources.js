// The papers and documents that the claims come from.

function paperRow(paper) {
  const mine = paper.claims.filter((claim) => shown.ids.has(claim.id));
  const kindsOf = [...new Set(mine.map((claim) => claim.evidence.study_type).filter(Boolean))].map(words).join(", ");
  const inWhom = [...new Set(mine.map((claim) => claim.evidence.species ?? "not stated"))].join(", ");
  const tally = groupBy(mine, signOf);
  const found = ["up", "down", "null", "none"].filter((tone) => tally.has(tone)).map((tone) =>
    el("span", { class: "sign" }, lineGlyph(tone), el("span", {}, `${tally.get(tone).length} ${SIGNS[tone]}`)));
  const cells = [
    [el("button", { type: "button", onclick: () => go("s", paper.id) }, paperName(paper)), marksOf(paper), el("div", { class: "small" }, linksTo(paper))],
    String(paper.year ?? ""), kindsOf, inWhom, mine.length ? found : `reading only, on ${count(paper.reading.length, "claim")}`,
  ];
  return el("tr", { "data-paper": paper.id }, cells.map((cell, at) => el("td", { class: at === 0 ? "wide" : null }, cell)));
}

function showSources() {
  const list = [...papers.values()].filter((paper) => [...paper.claims, ...paper.reading].some((claim) => shown.ids.has(claim.id)))
    .sort((a, b) => b.claims.length - a.claims.length || (b.year ?? 0) - (a.year ?? 0) || (a.id < b.id ? -1 : 1));
  const docs = data.documents.map((doc) => el("li", {}, el("button", { type: "button", onclick: () => go("d", doc.id) },
    el("span", { class: "label" }, doc.title, el("small", {}, count(shown.claims.filter((claim) => claim.document === doc.id).length, "claim"))))));
  const headlines = overstated.length ? el("li", {}, el("button", { type: "button", onclick: () => go("h", "all") },
    el("span", { class: "label" }, "Headlines that say more than their text", el("small", {}, count(overstated.length, "headline"))))) : "";
  const heads = ["Paper", "Year", "Study type", "Species", "What it found"];
  $("papers").replaceChildren(
    el("h2", {}, "Documents"), el("ul", { class: "ways row" }, docs, headlines),
    el("h2", {}, "Papers"),
    el("table", {}, el("caption", {}, `${list.length} of ${papers.size} papers, as the filters leave them. One paper is one voice.`),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, list.map(paperRow))));
}
