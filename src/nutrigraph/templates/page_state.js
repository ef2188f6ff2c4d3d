// What the page shows, kept in its address: a link brings back exactly this, and Back undoes a step.

const $ = (id) => document.getElementById(id);
const VIEWS = ["map", "paths", "claims", "sources"];
const SCENES = ["start", "whole"];
const MOST_HOPS = 6;
const TYPES = { e: "entity", p: "proposition", s: "source", r: "route", d: "document", h: "headlines" };
const fresh = () => ({ view: "map", type: null, id: null, scene: "start", near: null, from: null, to: null, hops: 4, off: {}, text: "", sort: "", at: null });
const state = fresh();
const HOME = data.answer || data.paths.length ? "paths" : "map"; // a page of a question opens on its answer

const known = {
  e: (id) => entities.has(id),
  p: (id) => propositions.has(id),
  s: (id) => papers.has(id),
  r: (id) => /^[1-9]\d{0,2}$/.test(id),
  d: (id) => documents.has(id),
  h: (id) => id === "all",
};

// Only what names something on this page is taken from an address; the rest is as if it were not there.
function readHash(hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const next = fresh();
  const among = (name, allowed, otherwise) => (allowed.includes(asked.get(name)) ? asked.get(name) : otherwise);
  next.view = among("v", VIEWS, HOME);
  next.scene = among("m", SCENES, "start");
  for (const type of Object.keys(TYPES)) {
    const id = asked.get(type);
    if (id !== null && known[type](id)) [next.type, next.id] = [type, id];
  }
  for (const name of ["near", "from", "to"]) if (entities.has(asked.get(name))) next[name] = asked.get(name);
  next.hops = Math.min(Math.max(Math.trunc(Number(asked.get("hops"))) || 4, 1), MOST_HOPS);
  for (const pair of asked.getAll("off")) {
    const [, facet, value] = /^(\w+):(.*)$/s.exec(pair) ?? [];
    if (Object.hasOwn(FACETS, facet) && FACETS[facet].values.includes(value)) (next.off[facet] ??= []).push(value);
  }
  next.text = (asked.get("q") ?? "").slice(0, 200);
  next.sort = asked.get("sort") ?? "";
  const spot = (asked.get("at") ?? "").split(",").map(Number);
  if (spot.length === 3 && spot.every(Number.isFinite) && spot[2] > 0.05 && spot[2] < 10) next.at = spot;
  return next;
}

function hashOf(one) {
  const plain = fresh();
  const asked = new URLSearchParams();
  if (one.view !== HOME) asked.set("v", one.view);
  if (one.scene !== plain.scene) asked.set("m", one.scene);
  for (const name of ["near", "from", "to"]) if (one[name]) asked.set(name, one[name]);
  if (one.hops !== plain.hops) asked.set("hops", one.hops);
  for (const [facet, values] of Object.entries(one.off)) for (const value of [...values].sort()) asked.append("off", `${facet}:${value}`);
  if (one.text) asked.set("q", one.text);
  if (one.sort) asked.set("sort", one.sort);
  if (one.type) asked.set(one.type, one.id);
  if (one.at) asked.set("at", one.at.join(","));
  const text = asked.toString();
  return text ? `#${text}` : "";
}

// The one way to change what is shown.
function put(changes) {
  Object.assign(state, { at: null }, changes);
  const hash = hashOf(state);
  if (hash !== location.hash) location.hash = hash;
  else show();
}

function go(type, id) {
  put({ type: type ?? null, id: type ? id : null });
}
