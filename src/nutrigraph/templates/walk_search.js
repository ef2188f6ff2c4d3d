"use strict";
// The k best loopless paths of at most so many hops, exactly, by best-first search; and the rules of walking.

const Search = (() => {
  const { byParts, round } = Figures;
  const { entityOf, sides } = Walking;
  // Added to the cost of a hop without evidence, so that it sorts after all that are supported.
  const UNSUPPORTED = 1e6;

  const evidenceCost = (score) => (score ? Math.abs(Math.log(score)) : Infinity);
  const hubCost = (degree, damping) => damping * Math.log(Math.max(1, degree));

  // Whether a node was reached as an effect: over a hop walked forward.
  const arrived = (hop, before) => (hop.carries ? before : hop.walked === "forward");

  // Not backward out of a common effect, and up only once.
  const mayFollow = (hop, before, rolledUp) =>
    hop.carries ? !(rolledUp && hop.rollsUp) : !(before && hop.walked === "backward");

  // What a hop adds to the cost: its evidence, and the damping of the node it leads to unless that is the target.
  function pricer({ graph, degrees }, target) {
    const damping = degrees.map((degree) => hubCost(degree, graph.walk.hub_damping));
    return (hop) =>
      (hop.score > 0 ? evidenceCost(hop.score) : UNSUPPORTED) + (entityOf(hop.object) === target ? 0 : damping[hop.object]);
  }

  // For each number of hops, the least cost from each node to a target. The rules of walking and continuity are left
  // out, which can only make it smaller.
  function boundsOf(network, target, maxHops, price) {
    const into = network.hops.map(() => []);
    for (const hop of network.hops.flat()) into[hop.object].push([hop.subject, price(hop)]);
    const start = new Float64Array(network.size).fill(Infinity);
    for (const node of sides(target)) start[node] = 0;
    const bounds = [start];
    for (let number = 1; number <= maxHops; number += 1) {
      const [last, best] = [bounds.at(-1), bounds.at(-1).slice()];
      last.forEach((rest, reached) => {
        if (rest === Infinity) return;
        for (const [subject, cost] of into[reached]) best[subject] = Math.min(best[subject], rest + cost);
      });
      bounds.push(best);
    }
    return bounds;
  }

  // A queue that gives the least first; what is equal comes out as it went in.
  class Queue {
    #items = [];
    #pushed = 0;

    get size() {
      return this.#items.length;
    }

    push(estimate, partial) {
      const item = { estimate, partial, number: this.#pushed };
      this.#pushed += 1;
      let at = this.#items.length;
      this.#items.push(item);
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (!this.#before(item, this.#items[above])) break;
        this.#items[at] = this.#items[above];
        at = above;
      }
      this.#items[at] = item;
    }

    pop() {
      const [first, last] = [this.#items[0], this.#items.pop()];
      if (this.#items.length) this.#sink(last);
      return first.partial;
    }

    #sink(item) {
      const items = this.#items;
      let at = 0;
      for (let below = 1; below < items.length; below = 2 * at + 1) {
        if (below + 1 < items.length && this.#before(items[below + 1], items[below])) below += 1;
        if (!this.#before(items[below], item)) break;
        items[at] = items[below];
        at = below;
      }
      items[at] = item;
    }

    #before(one, other) {
      const ahead = one.estimate - other.estimate || byParts(one.partial.nodes, other.partial.nodes);
      return (ahead || one.number - other.number) < 0;
    }
  }

  function* waysOn(partial, network, source, target, price) {
    const last = partial.hops.at(-1);
    for (const hop of network.hops[partial.nodes.at(-1)]) {
      const entity = entityOf(hop.object);
      const shut = network.closed.has(entity) && entity !== target;
      if (shut || entity === source || partial.nodes.includes(hop.object)) continue;
      if (!mayFollow(hop, partial.effect, partial.rolledUp)) continue;
      let cost = partial.cost + price(hop);
      if (last) cost += network.continuity.cost(last.subject, last.object, hop.object);
      yield {
        nodes: [...partial.nodes, hop.object],
        hops: [...partial.hops, hop],
        cost,
        effect: arrived(hop, partial.effect),
        rolledUp: partial.rolledUp || hop.rollsUp,
      };
    }
  }

  // The `top` cheapest paths, each a list of hops. One starts from either side of the source, ends at either of the
  // target's, and passes through neither, nor twice through a node, nor through an entity that lets no route pass. Equal
  // costs are ordered by the names of the nodes; of several hops between two nodes the cheapest stands for all.
  function best(network, source, target, maxHops, top) {
    const price = pricer(network, target);
    const bounds = boundsOf(network, target, maxHops, price);
    const queue = new Queue();
    for (const start of sides(source).reverse()) {
      const estimate = bounds[maxHops][start];
      const partial = { nodes: [start], hops: [], cost: 0, effect: false, rolledUp: false };
      if (estimate < Infinity) queue.push(estimate, partial);
    }
    const found = new Map();
    while (queue.size && found.size < top) {
      const partial = queue.pop();
      if (entityOf(partial.nodes.at(-1)) === target) {
        const key = partial.nodes.join(" ");
        if (!found.has(key)) found.set(key, partial.hops);
      } else if (partial.hops.length < maxHops) {
        const after = bounds[maxHops - partial.hops.length - 1];
        for (const longer of waysOn(partial, network, source, target, price)) {
          const rest = after[longer.nodes.at(-1)];
          if (rest < Infinity) queue.push(round(longer.cost + rest, 9), longer);
        }
      }
    }
    return [...found.values()];
  }

  return Object.freeze({ best, arrived, mayFollow, evidenceCost, hubCost });
})();
