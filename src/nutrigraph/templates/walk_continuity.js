"use strict";
// How likely one hop goes on to the next, from how many voices assert both in a row.
//
// Three levels are interpolated, from the hop itself, through the node it leads to and the kind of thing it comes from, to
// an equal share for each way on (method C of Witten and Bell, 1991, doi:10.1109/18.87000).

const Continuity = (() => {
  class Seen {
    constructor() {
      this.ways = new Map();
      this.total = 0;
    }

    add(way) {
      this.ways.set(way, (this.ways.get(way) ?? 0) + 1);
      this.total += 1;
    }

    probability(way, below) {
      const kinds = this.ways.size;
      return kinds ? ((this.ways.get(way) ?? 0) + kinds * below) / (this.total + kinds) : below;
    }
  }

  const NOTHING = new Seen();
  const seenIn = (seen, key) => {
    if (!seen.has(key)) seen.set(key, new Seen());
    return seen.get(key);
  };

  // Only evidence counts: a headline or a bare link asserts nothing, and a null joins nothing.
  function voicesOf(claims) {
    const voices = new Map();
    for (const { negated, evident, voice, subject, object, walksBack } of claims) {
      if (negated || !evident) continue;
      if (!voices.has(voice)) voices.set(voice, new Map());
      const out = voices.get(voice);
      for (const [tail, head] of walksBack ? [[subject, object], [object, subject]] : [[subject, object]]) {
        if (!out.has(tail)) out.set(tail, new Set());
        out.get(tail).add(head);
      }
    }
    return [...voices.values()];
  }

  function of(graph, hops, claims) {
    const size = hops.length;
    const out = hops.map((row) => new Set(row.map((hop) => hop.object)));
    // Of a node that no hop leaves, no kind is known.
    const kinds = hops.map((row, node) => (row.length ? graph.entities[node >> 1].kind : ""));
    const [afterArc, afterKind] = [new Map(), new Map()];
    for (const asserted of voicesOf(claims)) {
      for (const [tail, heads] of asserted) {
        for (const head of heads) {
          out[tail].add(head);
          for (const way of asserted.get(head) ?? []) {
            if (way === tail) continue; // no path goes straight back
            seenIn(afterArc, tail * size + head).add(way);
            seenIn(afterKind, `${kinds[tail]} ${head}`).add(way);
          }
        }
      }
    }
    // -log P(way | tail → head)
    function cost(tail, head, way) {
      const arc = afterArc.get(tail * size + head) ?? NOTHING;
      const kind = afterKind.get(`${kinds[tail]} ${head}`) ?? NOTHING;
      return Math.max(0, -Math.log(arc.probability(way, kind.probability(way, 1 / out[head].size))));
    }
    return { cost };
  }

  return Object.freeze({ of });
})();
