"use strict";
// "How could one thing lead to another?", answered in the page: the JSON of `nutrigraph paths --json`, but for robustness.
//
//     const graph = Paths.read(data);
//     Paths.ask(graph, { source, target, maxHops: 4, top: 10, filters: { species: ["human"] } });
//
// Entities are named by their IRIs, filters as `KnowledgeGraph.paths` names them. No part of this knows the document.

const Paths = (() => {
  const { byParts, product, round, sum } = Figures;
  const { read, networkOf, choose, passes, entityOf, sides, sideOf } = Walking;
  const { arrived, mayFollow } = Search;
  const idsOf = (claims) => claims.map((claim) => claim.id);
  const thing = ({ id, label, kind }) => ({ id, label, kind });
  const told = (number) => (Number.isFinite(number) ? round(number, 6) : null);

  /* ---- one path ---- */

  function costOf(hops, { graph, degrees, continuity }) {
    const inside = hops.slice(0, -1).map((hop) => degrees[hop.object]);
    const evidence = sum(hops.map((hop) => Search.evidenceCost(hop.score)));
    const going = sum(hops.slice(1).map((hop, at) => continuity.cost(hops[at].subject, hops[at].object, hop.object)));
    const hubs = sum(inside.map((degree) => Search.hubCost(degree, graph.walk.hub_damping)));
    return {
      cost: told(evidence + going + hubs),
      cost_parts: { evidence: told(evidence), continuity: told(going), hubs: told(hubs) },
    };
  }

  function hopRecord(hop, { entities, walk }) {
    const end = (node) => ({ ...thing(entities[entityOf(node)]), side: sideOf(node) });
    return {
      subject: end(hop.subject),
      predicate: walk.predicate_names[hop.predicate] ?? hop.predicate,
      object: end(hop.object),
      sign: hop.sign,
      force: hop.force,
      walked: hop.walked,
      basis: hop.basis,
      score: round(hop.score, 6),
      support: round(hop.support, 6),
      dispute: round(hop.dispute, 6),
      inconclusive: idsOf(hop.inconclusive),
      species: Judge.speciesOf(hop),
      study_types: Judge.studyTypes(hop),
      claims: idsOf(hop.claims),
    };
  }

  function pathRecord(hops, at, network) {
    const { graph } = network;
    const found = Judge.sign(hops, graph);
    const verdict = Judge.verdict(hops, graph);
    const stitched = Judge.stitched(hops);
    const crosses = Judge.crosses(hops);
    const sentence = Judge.sentence(hops, found, graph);
    const joined = verdict === "hypothesis" && (hops.length > 1 || hops[0].link);
    const caution = stitched === 1 ? graph.walk.one_source_line : graph.walk.hypothesis_line;
    return {
      rank: at + 1,
      ...costOf(hops, network),
      score: round(product(hops.map((hop) => hop.score)), 6),
      sign: found.sign,
      sign_basis: found.basis,
      sign_reason: [found.reason, ...Judge.timing(hops)].join("; "),
      verdict,
      hops: hops.map((hop) => hopRecord(hop, graph)),
      weakest_hop: Judge.weakest(hops),
      crosses_species: crosses.species,
      crosses_population: crosses.population,
      stitched,
      degree_rank: 0,
      robustness: null,
      sentence: joined ? `${sentence} ${caution}` : sentence,
    };
  }

  // The rank of each path by degrees alone: few hops through well-connected things first. A product of whole numbers is
  // the same in any order, where a sum of logarithms is not.
  function rankByDegree(records, routes, { degrees }) {
    const keys = routes.map((hops, at) => {
      const inside = product(hops.slice(0, -1).map((hop) => degrees[hop.object]));
      return [-Math.log(inside) + hops.length, hops.length, at];
    });
    keys.sort(byParts).forEach(([, , at], place) => { records[at].degree_rank = place + 1; });
  }

  /* ---- the question ---- */

  // The signs with which the target is met over supported walks; null stands for one whose sign is unknown.
  function reachableSigns(network, source, target, maxHops) {
    const { graph, hops, closed } = network;
    const met = new Set();
    const seen = new Set();
    let front = [];
    const visit = (into, state) => {
      const key = state.join(" ");
      if (seen.has(key)) return;
      seen.add(key);
      into.push(state);
    };
    for (const start of sides(source)) visit(front, [start, 1, false, false]);
    for (let number = 0; number < maxHops; number += 1) {
      const following = [];
      for (const [here, sign, effect, rolledUp] of front) {
        for (const hop of hops[here]) {
          if (hop.unsupported || !mayFollow(hop, effect, rolledUp)) continue;
          const entity = entityOf(hop.object);
          if (entity === source || (closed.has(entity) && entity !== target)) continue;
          const known = sign !== null && hop.sign !== null && !Judge.disagree(hop, graph);
          const after = known ? sign * hop.sign : null;
          if (entity === target) met.add(after);
          else visit(following, [hop.object, after, arrived(hop, effect), rolledUp || hop.rollsUp]);
        }
      }
      front = following;
    }
    return met;
  }

  // Verdict, sign and sign basis of a question: those of its best path. No sign is given where supported walks differ
  // in it, or where nothing is supported.
  function question([best], signs) {
    if (!best) return { verdict: "no-path", sign: null, sign_basis: null };
    if (signs.size === 1) return { verdict: best.verdict, sign: best.sign, sign_basis: best.sign_basis };
    const both = signs.has(1) && signs.has(-1);
    return { verdict: both ? "signs-disagree" : best.verdict, sign: null, sign_basis: null };
  }

  // The bins of what is said directly, of what is supported most: preventing a thing and treating those who have it are
  // two questions, and what answers the other one is listed as no more than named.
  function direct({ between, size }, source, target) {
    const claims = [...between].flatMap(([key, found]) => {
      const [start, end] = [Math.floor(key / size), key % size].map(entityOf);
      if (start === source && end === target) return found;
      return start === target && end === source ? found.filter((claim) => claim.walksBack) : [];
    });
    const answers = [false, true].map((affected) => {
      const found = claims.filter((claim) => claim.ofThoseAffected === affected);
      return Grade.bins(found, Grade.leadingSign(found));
    });
    const [first, other] = answers.sort((one, two) => two.support - one.support);
    const listed = [first, other].flatMap((bins) => [bins.supporting, bins.disputing, bins.inconclusive, bins.named]);
    return {
      support: round(first.support, 6),
      dispute: round(first.dispute, 6),
      inconclusive: idsOf(first.inconclusive),
      claims: idsOf(listed.flat()),
    };
  }

  function numberOf(graph, id) {
    if (!graph.numbers.has(id)) throw new RangeError(`no entity ${id} on this page`);
    return graph.numbers.get(id);
  }

  function ask(graph, { source, target, maxHops = 4, top = 10, filters = {} }) {
    const [start, end] = [source, target].map((id) => numberOf(graph, id));
    if (start === end) throw new RangeError("source and target are the same: name two things");
    const network = networkOf(graph, filters);
    const routes = Search.best(network, start, end, maxHops, top);
    const paths = routes.map((hops, at) => pathRecord(hops, at, network));
    rankByDegree(paths, routes, network);
    return {
      source: thing(graph.entities[start]),
      target: thing(graph.entities[end]),
      max_hops: maxHops,
      direct: direct(network, start, end),
      ...question(paths, reachableSigns(network, start, end, maxHops)),
      paths,
    };
  }

  /* ---- what else a page asks ---- */

  // What to ask instead where there is no path: the entities that evidence reaches from the source, those over the fewest
  // hops first, and the composites that were studied with source or target in them.
  function instead(graph, { source, target, maxHops = 4, filters = {}, most = 5 }) {
    const [start, end] = [source, target].map((id) => numberOf(graph, id));
    const network = networkOf(graph, filters);
    const things = (numbers) => numbers.map((number) => thing(graph.entities[number]));
    return { nearest: things(nearest(network, start, maxHops).slice(0, most)), together: things(together(network, [start, end])) };
  }

  function nearest({ hops, closed }, source, maxHops) {
    const met = new Map();
    const seen = new Set();
    let front = sides(source).map((start) => [start, false, false]);
    for (let number = 0; number < maxHops; number += 1) {
      const following = [];
      for (const [here, effect, rolledUp] of front) {
        if (closed.has(entityOf(here)) && entityOf(here) !== source) continue;
        for (const hop of hops[here].filter((each) => each.score > 0 && mayFollow(each, effect, rolledUp))) {
          const state = [hop.object, arrived(hop, effect), rolledUp || hop.rollsUp];
          if (seen.has(state.join(" "))) continue;
          seen.add(state.join(" "));
          following.push(state);
          if (!met.has(entityOf(hop.object))) met.set(entityOf(hop.object), number);
        }
      }
      front = following;
    }
    met.delete(source);
    return [...met].map(([entity, number]) => [number, entity]).sort(byParts).map(([, entity]) => entity);
  }

  function together({ graph, between, size }, parts) {
    const spoken = new Set([...between.keys()].flatMap((key) => [Math.floor(key / size), key % size]).map(entityOf));
    const whole = graph.links
      .filter(({ kind, subject, object }) => kind.id === "hasComponent" && parts.includes(object) && spoken.has(subject))
      .map((link) => link.subject);
    return [...new Set(whole)].sort((one, other) => one - other);
  }

  // The propositions of the page of which the filters leave something, as the page's own list has them, weighed anew.
  function propositions(graph, filters = {}) {
    const chosen = choose(filters);
    const kept = new Map(graph.claims.filter((claim) => passes(claim, chosen)).map((claim) => [claim.id, claim]));
    return graph.propositions.flatMap((row) => {
      const claims = row.claims.map((id) => kept.get(id)).filter(Boolean);
      if (!claims.length) return [];
      const { sign, bins, disagree } = Grade.weighProposition(claims, graph.walk.signs_disagree_share);
      const known = claims.filter((claim) => !claim.negated);
      const species = claims.filter((claim) => claim.evident).map((claim) => claim.species);
      return [{
        ...row,
        sign,
        support: round(bins.support, 6),
        dispute: round(bins.dispute, 6),
        signs_disagree: disagree,
        inconclusive: bins.inconclusive.length,
        animal_only: species.length > 0 && !species.some((name) => name === null || name === "human"),
        unsupported: claims.every((claim) => !claim.evident),
        hedged: known.length > 0 && !known.some((claim) => claim.stated),
        claims: idsOf(claims),
      }];
    });
  }

  return Object.freeze({ read, ask, instead, propositions });
})();
