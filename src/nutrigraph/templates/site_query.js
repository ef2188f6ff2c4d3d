// The editor: a field with a coloured layer beneath it, questions to begin with, and the answer.

const field = document.getElementById("text");
const colours = document.getElementById("colours");
const answerPlace = document.getElementById("answer");
const rowsPlace = document.getElementById("rows");
const picture = document.getElementById("picture");
const downloads = document.getElementById("downloads");
const problem = document.getElementById("problem");
const told = document.getElementById("status");
const examples = [...document.querySelectorAll("[data-text]")];
let asking = null;

function colour() {
  colours.replaceChildren(coloured(field.value));
  field.style.height = "auto";
  field.style.height = `${Math.min(Math.max(field.scrollHeight, 200), 560)}px`;
  follow();
}

function follow() {
  colours.parentElement.scrollTop = field.scrollTop;
}

function put(text) {
  field.value = text;
  colour();
}

function choose(button) {
  for (const one of examples) one.setAttribute("aria-pressed", String(one === button));
  const question = document.getElementById("question");
  question.textContent = button.title;
  question.hidden = false;
  const example = document.getElementById("example");
  example.textContent = `To ask something else: ${button.dataset.example}.`;
  example.hidden = false;
  put(button.dataset.text);
  run();
}

function addressOf(text) {
  return `${location.origin}/query#query=${encodeURIComponent(text)}`;
}

function fail(message) {
  problem.textContent = message;
  problem.hidden = false;
  told.textContent = "";
}

const isGraph = (text) =>
  /^(?:\s|#[^\n]*\n|PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>)*(?:CONSTRUCT|DESCRIBE)\b/iu.test(text);

async function ask(text, accept, signal) {
  const response = await fetch("/sparql", { method: "POST", body: new URLSearchParams({ query: text }), headers: { Accept: accept }, signal });
  if (!response.ok) throw new Error((await response.text()).trim() || `The endpoint answers ${response.status}.`);
  const cut = response.headers.get("Nutrigraph-Truncated");
  try {
    const body = await response.text();
    // What passes an answer on may end it well: the header tells all the same.
    if (!cut) return body;
  } catch (error) {
    if (signal.aborted) throw error;
  }
  const limits = cut || response.headers.get("Nutrigraph-Limits") || "";
  throw new Error(`The answer was cut at a limit of the endpoint (${limits}), and nothing of it is shown. Ask for less, or add LIMIT.`);
}

async function run() {
  if (asking) asking.abort();
  const mine = new AbortController();
  asking = mine;
  const text = field.value;
  problem.hidden = true;
  document.getElementById("stop").hidden = false;
  told.textContent = "Asking …";
  const begun = performance.now();
  try {
    const graph = isGraph(text);
    const body = await ask(text, graph ? "application/n-triples" : "application/sparql-results+json", mine.signal);
    if (asking !== mine) return;
    const seconds = ((performance.now() - begun) / 1000).toFixed(2);
    await (graph ? showGraph(text, body, seconds, mine.signal) : showRows(JSON.parse(body), seconds));
    answerPlace.hidden = false;
    history.replaceState(null, "", `#query=${encodeURIComponent(text)}`);
  } catch (error) {
    if (mine.signal.aborted) {
      if (asking === mine) told.textContent = "Stopped.";
      return;
    }
    answerPlace.hidden = true;
    fail(error instanceof TypeError ? "The endpoint cannot be reached, or broke off its answer." : error.message);
  } finally {
    if (asking === mine) {
      asking = null;
      document.getElementById("stop").hidden = true;
    }
  }
}

async function keep(name, kind, text) {
  problem.hidden = true;
  try {
    save(name, kind, await text());
  } catch (error) {
    fail(error instanceof TypeError ? "The endpoint cannot be reached: nothing is saved." : error.message);
  }
}

function offer(files) {
  const buttons = files.map(([label, name, kind, text]) =>
    make("button", { type: "button", textContent: label, onclick: () => keep(name, kind, text) }),
  );
  downloads.replaceChildren(make("span", { className: "quiet", textContent: "Save as" }), ...buttons);
}

function showRows(answer, seconds) {
  picture.hidden = true;
  const text = field.value;
  const again = (accept) => () => ask(text, accept, new AbortController().signal);
  const exact = [
    ["JSON", "answer.json", "application/json", () => JSON.stringify(answer, null, 1)],
    ["XML", "answer.xml", "application/xml", again("application/sparql-results+xml")],
  ];
  if (typeof answer.boolean === "boolean") {
    told.textContent = `${seconds} s`;
    rowsPlace.replaceChildren(make("p", { className: "truth", textContent: answer.boolean ? "Yes" : "No" }));
    offer(exact);
    return;
  }
  const number = answer.results.bindings.length;
  told.textContent = `${number.toLocaleString("en")} ${number === 1 ? "row" : "rows"} in ${seconds} s`;
  rowsPlace.replaceChildren(...rowsTable(answer));
  offer([
    ["CSV", "answer.csv", "text/csv", () => separated(answer, ",")],
    ["TSV", "answer.tsv", "text/tab-separated-values", () => separated(answer, "\t")],
    ...exact,
  ]);
}

async function showGraph(text, lines, seconds, signal) {
  const triples = triplesOf(lines);
  told.textContent = `${triples.length.toLocaleString("en")} ${triples.length === 1 ? "triple" : "triples"} in ${seconds} s`;
  const turtle = await ask(text, "text/turtle", signal);
  rowsPlace.replaceChildren(make("pre", { textContent: turtle }));
  picture.replaceChildren();
  picture.hidden = triples.length === 0;
  if (triples.length) {
    const drawn = drawGraph(picture, triples);
    if (drawn === SOME_NODES) told.textContent += `; the picture shows the first ${drawn} things`;
  }
  const jsonld = () => ask(text, "application/ld+json", new AbortController().signal);
  offer([
    ["Turtle", "answer.ttl", "text/turtle", () => turtle],
    ["N-Triples", "answer.nt", "application/n-triples", () => lines],
    ["JSON-LD", "answer.jsonld", "application/ld+json", jsonld],
  ]);
}

function read() {
  const found = /^#query=(.*)$/su.exec(location.hash);
  if (!found) return false;
  try {
    put(decodeURIComponent(found[1]));
  } catch {
    fail("The link holds no query that can be read.");
    return false;
  }
  return true;
}

field.addEventListener("input", colour);
field.addEventListener("scroll", follow);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
document.getElementById("run").addEventListener("click", run);
document.getElementById("stop").addEventListener("click", () => asking?.abort());
document.getElementById("link").addEventListener("click", async () => {
  const address = addressOf(field.value);
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    told.textContent = "The link is copied.";
  } catch {
    told.textContent = "The link stands in the address bar.";
  }
});
for (const button of examples) button.addEventListener("click", () => choose(button));
addEventListener("hashchange", () => read() && run());
if (read()) run();
else put(examples.find((one) => one.dataset.name === "low-magnesium")?.dataset.text ?? "SELECT ?p ?x { :magnesium ?p ?x }");
