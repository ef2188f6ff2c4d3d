// The claims as a table: the same content as the map, sorted and searched.

const PAGE = 150; // rows drawn at once
const figures = (claim) => [claim.evidence.sample_size && `n ${claim.evidence.sample_size}`, effectText(claim.evidence.effect), claim.evidence.p_value && `p ${claim.evidence.p_value}`].filter(Boolean).join(", ");
const paperText = (paper) => `${paperName(paper)}${paper.year ? ` (${paper.year})` : ""}`;
const columns = [
  ["statement", "Statement", (claim) => claim.statement],
  ["sign", "Sign", (claim) => SIGNS[signOf(claim)]],
  ["study", "Study type", (claim) => words(claim.evidence.study_type ?? claim.basis)],
  ["species", "Species", (claim) => claim.evidence.species ?? "not stated"],
  ["figures", "Figures", figures],
  ["weight", "Weight", (claim) => String(claim.weight)],
  ["source", "Paper, or sentence", (claim) => (paperOf(claim) ? paperText(paperOf(claim)) : claim.quote?.exact ?? "")],
];
const NUMBERS = {
  figures: (claim) => claim.evidence.parsed?.sample_size ?? -1,
  weight: (claim) => claim.weight,
};

function listedClaims() {
  const wanted = plain(state.text.trim());
  const said = (claim) => plain([claim.statement, claim.quote?.exact, claim.subject.label, claim.object.label, claim.evidence.population, ...claim.sources.map((source) => source.title)].filter(Boolean).join(" "));
  const found = wanted ? shown.claims.filter((claim) => said(claim).includes(wanted)) : [...shown.claims];
  // What weighs most comes first, unless the reader wants another order.
  const [, down, name] = /^(-?)(\w+)$/.exec(state.sort || "-weight") ?? [];
  const column = columns.find(([id]) => id === name);
  if (!column) return found;
  const value = NUMBERS[name] ?? ((claim) => column[2](claim).toLowerCase());
  const way = down ? -1 : 1;
  return found.map((claim) => [value(claim), claim]).sort(([a], [b]) => (a < b ? -way : a > b ? way : 0)).map(([, claim]) => claim);
}

function claimRow(claim) {
  const home = homes.get(claim.id);
  const named = home ? el("button", { type: "button", onclick: () => go("p", home.id) }, claim.statement) : claim.statement;
  const differs = claim.headline_differs.length ? el("p", { class: "note" }, claim.headline_differs.map(String).join("; ")) : "";
  const paper = paperOf(claim);
  const cells = columns.map(([id, , text]) =>
    id === "statement" ? [named, differs]
      : id === "sign" ? el("span", { class: "sign" }, lineGlyph(signOf(claim)), el("span", {}, text(claim)))
        : id === "source" && paper ? [el("button", { type: "button", onclick: () => go("s", paper.id) }, text(claim)), linksTo(paper)] : text(claim));
  return el("tr", { "data-claim": claim.id, "aria-current": home && state.type === "p" && home.id === state.id ? "true" : null },
    cells.map((cell, at) => el("td", { class: at === 0 || at === columns.length - 1 ? "wide" : null }, cell)));
}

function showClaims() {
  const found = listedClaims();
  const heads = columns.map(([id, title]) => {
    const sort = state.sort || "-weight";
    const sorted = sort === id ? "ascending" : sort === `-${id}` ? "descending" : null;
    const next = sorted === "ascending" ? `-${id}` : id;
    return el("th", { scope: "col", "aria-sort": sorted }, el("button", { type: "button", onclick: () => put({ sort: next }) }, title, sorted ? (sorted === "ascending" ? " ▲" : " ▼") : ""));
  });
  const body = el("tbody", {}, found.slice(0, PAGE).map(claimRow));
  const left = () => found.length - body.children.length;
  const more = el("button", { type: "button", class: "more", onclick: () => {
    body.append(...found.slice(body.children.length, body.children.length + PAGE).map(claimRow));
    more.textContent = `Show more (${left()} left)`;
    more.hidden = left() === 0;
  } }, `Show more (${left()} left)`);
  more.hidden = left() === 0;
  $("table").replaceChildren(el("table", {},
    el("caption", {}, `${found.length} of ${data.claims.length} claims, as the filters${state.text ? " and the words" : ""} leave them.${data.left_out ? ` ${data.left_out}` : ""}`),
    el("thead", {}, el("tr", {}, heads)), body), more);
  if (document.activeElement !== $("words")) $("words").value = state.text;
}
