// Finding an entity by any of its names: the search of the head, and the two ends of a question.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const names = data.entities.flatMap((entity) => [entity.label, ...entity.synonyms].map((name) => ({ entity, name, key: plain(name) })));

function find(text) {
  const wanted = plain(text.trim());
  if (!wanted) return [];
  const rank = ({ key }) => (key === wanted ? 0 : key.startsWith(wanted) ? 1 : key.split(/[\s/-]+/).some((word) => word.startsWith(wanted)) ? 2 : 3);
  const hits = names.filter(({ key }) => key.includes(wanted)).sort((a, b) => rank(a) - rank(b) || a.key.length - b.key.length);
  const seen = new Set();
  return hits.filter((hit) => !seen.has(hit.entity) && seen.add(hit.entity)).slice(0, 12);
}

// An input, its list of names, and what happens when one is chosen. `kept` is what it shows when left.
function combobox(input, list, { choose, kept = () => "" }) {
  let found = [];
  let active = -1;
  const close = () => {
    found = [];
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = () => {
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const take = (at) => {
    const hit = found[at];
    if (!hit) return;
    close();
    input.value = "";
    choose(hit.entity);
    input.value = kept();
  };
  const offer = () => {
    found = find(input.value);
    active = found.length ? 0 : -1;
    const typed = input.value.trim() !== "";
    list.replaceChildren(...found.map(({ entity, name }, at) =>
      el("li", { id: `${list.id}-${at}`, role: "option", onmousedown: (event) => { event.preventDefault(); take(at); } },
        kindGlyph(entity.kind), el("span", {}, short(entity.label), name === entity.label ? "" : el("small", {}, ` ${short(name)}`)))));
    if (typed && !found.length) list.append(el("li", { role: "option", "aria-disabled": "true" }, "Nothing by that name on this page"));
    list.hidden = !typed;
    input.setAttribute("aria-expanded", String(typed));
    mark();
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    input.value = kept();
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      active = (active + step + found.length) % found.length;
      mark();
    } else if (event.key === "Enter") take(active);
    else if (event.key === "Escape" && !list.hidden) {
      close();
      input.value = kept();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  });
  return { refresh: () => { if (document.activeElement !== input) input.value = kept(); }, close };
}
