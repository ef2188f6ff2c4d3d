// What leaves the page: pictures with their legend and caution, the filtered claims, a link to this view.

function offer(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function pictureNow() {
  if (state.view === "map") return pictureText(mapPicture(), [data.title]);
  if (state.view !== "paths" || !drawnPaths) return null;
  // A path does not leave without what must be said of it.
  const route = selectedRoute();
  return pictureText(routesPicture(), [`${label(answer.source.id)} → ${label(answer.target.id)}`, ...(route ? [route.sentence] : [])]);
}

function saveSvg() {
  const picture = pictureNow();
  if (picture) offer("nutrigraph.svg", new Blob([picture.text], { type: "image/svg+xml" }));
}

function savePng() {
  const picture = pictureNow();
  if (!picture) return;
  const image = new Image();
  image.onload = () => {
    const scale = Math.min(2, 8000 / Math.max(picture.width, picture.height));
    const canvas = el("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => offer("nutrigraph.png", blob));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.text)}`;
}

/* ---- the claims, as CSV that no spreadsheet calculates ---- */

const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NUMBER = /^'*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function cell(value) {
  let text = value === null || value === undefined ? "" : Array.isArray(value) ? value.join("; ") : String(value);
  if (FORMULA.test(text) && !PLAIN_NUMBER.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const CSV = [
  ["id", (claim) => claim.id], ["statement", (claim) => claim.statement], ["document", (claim) => claim.document], ["basis", (claim) => claim.basis],
  ["subject", (claim) => claim.subject.label], ["predicate", (claim) => claim.predicate], ["object", (claim) => claim.object.label],
  ["sign", (claim) => claim.sign], ["force", (claim) => claim.force], ["modality", (claim) => claim.modality], ["negated", (claim) => claim.negated],
  ...["study_type", "species", "population", "life_stage", "baseline_status", "comparison", "comparator", "dose", "duration", "timing", "sample_size", "n_cases", "n_controls"]
    .map((field) => [field, (claim) => claim.evidence[field]]),
  ["effect", (claim) => effectText(claim.evidence.effect)], ["p_value", (claim) => claim.evidence.p_value],
  ...["analysis", "outcome_role", "doubt", "second_reader"].map((field) => [field, (claim) => claim.evidence.parsed?.[field]]),
  ["quote", (claim) => claim.quote?.exact], ["headline_differs", (claim) => claim.headline_differs],
  ["paper", (claim) => paperOf(claim)?.title], ["year", (claim) => paperOf(claim)?.year], ["doi", (claim) => paperOf(claim)?.doi], ["pmid", (claim) => paperOf(claim)?.pmid],
  ["retracted", (claim) => paperOf(claim)?.retracted], ["weight", (claim) => claim.weight], ["weight_reason", (claim) => claim.weight_reason],
  ["caution", () => data.caution],
];

function csvText() {
  const lines = [CSV.map(([name]) => name), ...(state.view === "claims" ? listedClaims() : shown.claims).map((claim) => CSV.map(([, value]) => cell(value(claim))))];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

/* ---- a link that reopens this view, with the place on the map ---- */

function linkText() {
  const at = state.view === "map" && held?.position ? [held.position.x, held.position.y, held.scale].map((one) => Math.round(one * 1000) / 1000) : null;
  return location.href.split("#")[0] + hashOf({ ...state, at });
}

function startExports() {
  $("png").addEventListener("click", savePng);
  $("svg").addEventListener("click", saveSvg);
  $("csv").addEventListener("click", () => offer("nutrigraph-claims.csv", new Blob(["\ufeff", csvText()], { type: "text/csv" })));
  $("link").addEventListener("click", () => handOut($("handed"), linkText(), "link"));
  // The menu folds when one turns elsewhere.
  document.addEventListener("click", (event) => { if (!$("save").contains(event.target)) $("save").open = false; });
}

function showExports() {
  const pictures = state.view === "map" ? scene.at.size > 0 : state.view === "paths" && drawnPaths !== null;
  for (const id of ["png", "svg"]) $(id).disabled = !pictures;
  $("handed").replaceChildren();
}
