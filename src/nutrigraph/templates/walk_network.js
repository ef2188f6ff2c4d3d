"use strict";
// What can be walked: hops between nodes, made from claims and links.
//
// A node is an entity and whether its state or what is given of it is meant. Nodes and entities are numbers in the order
// of their names, so that to compare numbers is to compare names: node 2n is what is given of entity n, 2n + 1 its state.

const Walking = (() => {
  const { byCodePoint, byParts } = Figures;
  const FORCES = { interventional: 3, causal: 2, determination: 2, association: 1, unsigned: 0 };
  const BASES = { finding: 3, text: 3, source: 2, headline: 1, "cross-reference": 0 };
  const CARRYING = new Set(["oppositeOf", "measureOf", "broader"]);
  const entityOf = (node) => node >> 1;
  const sides = (entity) => [2 * entity, 2 * entity + 1];
  const sideOf = (node) => (node % 2 ? "state" : "given");

  /* ---- reading the page's data, once ---- */

  function read(data) {
    const { walk } = data;
    const entities = [...data.entities].sort((one, other) => byCodePoint(one.id, other.id));
    const numbers = new Map(entities.map((entity, number) => [entity.id, number]));
    const claims = data.claims.map(claimReader(walk, numbers));
    rank(claims, "order", (claim) => claim.id, byCodePoint);
    // The claim that speaks for a hop comes first: stated, with evidence, weightiest, most telling.
    rank(claims, "lead", leadKey, byParts);
    rank(claims, "place", (claim) => [claim.negated, -(BASES[claim.basis] ?? 0), claim.order], byParts);
    const kinds = new Map(walk.link_types.map((kind, at) => [kind.id, { ...kind, at }]));
    const links = data.links.map((link, at) => ({
      kind: kinds.get(link.predicate),
      subject: numbers.get(link.subject),
      object: numbers.get(link.object),
      weight: walk.weights[at],
    }));
    links.sort((one, other) => one.kind.at - other.kind.at || one.subject - other.subject || one.object - other.object);
    const propositions = data.propositions;
    return { walk, entities, numbers, claims, links, uptake: kinds.get("uptake"), propositions, networks: new Map() };
  }

  function rank(claims, name, keyOf, compare) {
    const keyed = claims.map((claim) => [keyOf(claim), claim]);
    keyed.sort(([one], [other]) => compare(one, other)).forEach(([, claim], at) => { claim[name] = at; });
  }

  const leadKey = (claim) => [
    claim.negated,
    -(BASES[claim.basis] ?? 0),
    claim.analysis !== null,
    !claim.stated,
    -claim.weight,
    claim.doubtful,
    -(FORCES[claim.force] ?? 0),
    claim.order,
  ];

  function claimReader(walk, numbers) {
    const has = (name) => { const found = new Set(walk[name]); return (value) => found.has(value); };
    const [evident, causes, walkedBack, gives] =
      ["evidence_bases", "causes", "walked_back", "evidence_relations"].map(has);
    const flags = Object.fromEntries(Object.entries(walk.predicates).map(([flag, names]) => [flag, new Set(names)]));
    const precise = new Set(walk.precise);
    const studies = new Map(Object.entries(walk.study_types));
    const node = (entity, aspect, direction) => {
      const group = aspect === null ? (direction === "given" ? "given" : "state") : walk.aspect_groups[aspect];
      return 2 * numbers.get(entity) + (group === "given" ? 0 : 1);
    };
    return (row, at) => {
      const { evidence, predicate } = row;
      const study = studies.get(evidence.study_type) ?? null;
      const causal = causes(row.force);
      const papers = row.sources.filter((source) => gives(source.relation));
      const known = walk.names[at].map((name) => walk.known_names[name]);
      return {
        ...row,
        subject: node(row.subject.id, row.subject_aspect, row.subject_direction),
        object: node(row.object.id, row.object_aspect, row.object_direction),
        evident: evident(row.basis),
        stated: row.modality === "stated",
        precise: precise.has(at),
        voice: walk.voices[at],
        names: [...known, ...papers.flatMap((paper) => [paper.doi, paper.pmid])],
        causal,
        study,
        studyType: evidence.study_type,
        ceiling: study && walk.ceilings[study.ceiling][causal ? 0 : 1],
        species: evidence.species,
        analysis: evidence.parsed.analysis ?? null,
        doubtful: Boolean(evidence.parsed.doubt),
        walksBack: walkedBack(row.force) && !flags.forward_only.has(predicate),
        ofThoseAffected: flags.of_those_affected.has(predicate),
        speaksOfLack: flags.speaks_of_lack.has(predicate),
        // A cause that is stated, tested and not confounded can bear a direction.
        bearsDirection: causal && row.modality === "stated" && !flags.states_use.has(predicate) &&
          !row.co_exposures.length && study?.has_controls !== false,
      };
    };
  }

  /* ---- filters: they act before the search ---- */

  const FILTERS = ["documents", "species", "study_types", "bases", "predicates", "without", "through", "avoid"];

  // What was chosen, as sets; an empty filter lets all through.
  function choose(filters = {}) {
    for (const name of Object.keys(filters)) {
      if (!FILTERS.includes(name)) throw new RangeError(`no filter ${name}: use ${FILTERS.join(", ")}`);
    }
    return Object.fromEntries(FILTERS.map((name) => [name, new Set(filters[name] ?? [])]));
  }

  function passes(claim, chosen) {
    const lets = (filter, value) => !filter.size || filter.has(value);
    return lets(chosen.documents, claim.document) && lets(chosen.species, claim.species || "unknown") &&
      lets(chosen.study_types, claim.studyType || "unknown") && lets(chosen.bases, claim.basis) &&
      lets(chosen.predicates, claim.predicate) && !claim.names.some((name) => chosen.without.has(name));
  }

  const shuts = (entity, { through, avoid }) =>
    (through.size > 0 && !through.has(entity.kind)) || avoid.has(entity.kind) || avoid.has(entity.id);

  /* ---- hops ---- */

  // The hops from `start` to `end`. What is evidence and what is merely named walk apart, and so do treating those who
  // have it already and preventing it. The hop of the evidence lists all claims.
  function claimHops(start, end, forward, backward) {
    const hops = [];
    for (const affected of [false, true]) {
      const ahead = forward.filter((claim) => claim.ofThoseAffected === affected);
      const back = backward.filter((claim) => claim.walksBack && claim.ofThoseAffected === affected);
      const all = [...ahead, ...back];
      for (const evident of [true, false]) {
        const walkable = (side) => side.filter((claim) => !claim.negated && claim.evident === evident);
        const sides = [walkable(ahead), walkable(back)];
        if (!sides[0].length && !sides[1].length) continue;
        const shown = evident ? all : [...sides.flat(), ...all.filter((claim) => claim.negated)];
        hops.push(claimHop(start, end, sides, shown));
      }
    }
    return hops;
  }

  function claimHop(start, end, sides, shown) {
    const walkable = sides.flat();
    const sign = Grade.leadingSign(walkable);
    const bins = Grade.bins(shown, sign);
    const forSign = walkable.filter((claim) => sign === null || claim.sign !== -sign);
    const best = forSign.reduce((first, claim) => (claim.lead < first.lead ? claim : first));
    const rest = shown.filter((claim) => claim !== best).sort((one, other) => one.place - other.place);
    const claims = [best, ...rest];
    const against = new Set([...bins.disputing, ...bins.inconclusive, ...bins.named]);
    const evidence = claims.filter((claim) => !against.has(claim));
    const either = sides[0].length > 0 && sides[1].length > 0;
    return {
      subject: start,
      object: end,
      predicate: best.predicate,
      sign,
      force: best.force,
      walked: sides[0].includes(best) ? "forward" : "backward",
      basis: best.basis,
      score: Grade.scoreOf(bins),
      support: bins.support,
      dispute: bins.dispute,
      inconclusive: bins.inconclusive,
      claims,
      forIt: evidence.length ? evidence : [best],
      link: null,
      unsupported: bins.support === 0,
      carries: either, // it was walked backward if it may have been
      rollsUp: false,
    };
  }

  const linkHop = (start, end, link, walked) => ({
    subject: start,
    object: end,
    predicate: link.kind.id,
    sign: link.kind.sign,
    force: link.kind.basis,
    walked,
    basis: link.kind.basis,
    score: link.weight,
    support: link.weight,
    dispute: 0,
    inconclusive: [],
    claims: [],
    forIt: [],
    link,
    unsupported: false,
    // Opposites, measures and wider terms are the same quantity under another name.
    carries: CARRYING.has(link.kind.id),
    rollsUp: link.kind.id === "broader",
  });

  function linkHops(graph, nodes) {
    const hops = [];
    for (const link of graph.links.filter(({ kind }) => kind.walked)) {
      const [start, end] = [2 * link.subject + 1, 2 * link.object + 1];
      hops.push(linkHop(start, end, link, "forward"));
      if (link.kind.id !== "broader") hops.push(linkHop(end, start, link, "backward"));
    }
    const given = [...nodes].filter((node) => node % 2 === 0 && nodes.has(node + 1)).sort((one, other) => one - other);
    for (const node of graph.uptake ? given : []) {
      const entity = entityOf(node);
      if (graph.entities[entity].kind !== "Nutrient") continue;
      const link = { kind: graph.uptake, subject: entity, object: entity, weight: graph.uptake.weight };
      hops.push(linkHop(node, node + 1, link, "forward"));
    }
    return hops;
  }

  /* ---- the network ---- */

  // What can be walked over the claims that pass the filters, and the links; kept for the next question.
  function networkOf(graph, filters) {
    const chosen = choose(filters);
    const key = JSON.stringify(FILTERS.map((name) => [...chosen[name]].sort()));
    if (!graph.networks.has(key)) {
      graph.networks.clear(); // the last alone: a reader moves filters, and goes back seldom
      graph.networks.set(key, build(graph, chosen));
    }
    return graph.networks.get(key);
  }

  function build(graph, chosen) {
    const size = 2 * graph.entities.length;
    const between = new Map();
    for (const claim of graph.claims.filter((each) => passes(each, chosen))) {
      const key = claim.subject * size + claim.object;
      if (between.has(key)) between.get(key).push(claim);
      else between.set(key, [claim]);
    }
    const turned = (key) => (key % size) * size + Math.floor(key / size);
    const nodes = new Set([...between.keys()].flatMap((key) => [Math.floor(key / size), key % size]));
    for (const { kind, subject, object } of graph.links) {
      if (kind.walked) nodes.add(2 * subject + 1).add(2 * object + 1);
    }
    const hops = Array.from({ length: size }, () => []);
    for (const key of [...new Set([...between.keys()].flatMap((each) => [each, turned(each)]))].sort((a, b) => a - b)) {
      const [start, end] = [Math.floor(key / size), key % size];
      if (start !== end) hops[start].push(...claimHops(start, end, between.get(key) ?? [], between.get(turned(key)) ?? []));
    }
    for (const hop of linkHops(graph, nodes)) hops[hop.subject].push(hop);
    const degrees = hops.map((out) => (out.length ? new Set(out.map((hop) => hop.object)).size : 1));
    const closed = new Set(graph.walk.closed.map((id) => graph.numbers.get(id)));
    graph.entities.forEach((entity, number) => { if (shuts(entity, chosen)) closed.add(number); });
    const continuity = Continuity.of(graph, hops, [...between.values()].flat());
    return { graph, hops, between, size, degrees, closed, continuity };
  }

  return Object.freeze({ read, networkOf, choose, passes, entityOf, sides, sideOf });
})();
