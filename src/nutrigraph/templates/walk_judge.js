"use strict";
// What must be said of a path: sign, verdict, weakest hop, whom it crosses, and in words.

const Judge = (() => {
  const { byParts, general, product, sorted } = Figures;
  const { entityOf } = Walking;
  const NO_EVIDENCE = { "cross-reference": 0, headline: 1 };
  const SIGN_WORDS = { 1: "more", "-1": "less" };
  // By code points: a letter beyond U+FFFF is one letter.
  const capital = ([first, ...rest]) => first.toUpperCase() + rest.join("");
  // A name such as mRNA or BMI keeps its letters.
  const small = ([first, ...rest]) => (rest[0] !== rest[0]?.toLowerCase() ? first : first.toLowerCase()) + rest.join("");

  // Whether the evidence on a hop points both ways; asked of a hop over and over.
  function disagree(hop, { walk }) {
    hop.disagree ??= hop.link === null && Grade.disagree(hop.claims, hop.sign, walk.signs_disagree_share);
    return hop.disagree;
  }

  // Whether a sign over the hop is a direction: an opposite, or a claim that can bear one.
  const directed = (hop) =>
    hop.link ? hop.link.kind.id === "oppositeOf" : !hop.unsupported && hop.claims[0].bearsDirection;

  // Whether one species is behind all hops; not stated is none but itself.
  function oneSpecies(hops) {
    const [first, ...others] = hops.filter((hop) => !hop.link).map((hop) => new Set(hop.forIt.map((claim) => claim.species)));
    return first === undefined || [...first].some((species) => others.every((known) => known.has(species)));
  }

  function sign(hops, graph) {
    for (const [at, hop] of hops.entries()) {
      const none = (reason) => ({ sign: null, basis: null, reason });
      if (disagree(hop, graph)) return none(`signs disagree on hop ${at + 1}, so no direction is given`);
      if (hop.sign === null) return none(`hop ${at + 1} carries no sign`);
    }
    const found = product(hops.map((hop) => hop.sign));
    const loose = hops.flatMap((hop, at) => (directed(hop) ? [] : [at + 1]));
    if (!loose.length && oneSpecies(hops)) {
      return { sign: found, basis: "direction", reason: "every hop is a stated cause, an intervention or an opposite" };
    }
    const which = loose.length === 1 ? `hop ${loose[0]} is` : `hops ${loose.join(", ")} are`;
    const why = loose.length ? `${which} no stated, controlled cause` : "no one species is behind all hops";
    return { sign: found, basis: "if-causal", reason: `${why}: the sign holds only if every link is causal` };
  }

  // The first verdict that applies.
  function verdict(hops, graph) {
    if (hops.some((hop) => hop.unsupported)) return "unsupported";
    if (hops.some((hop) => disagree(hop, graph))) return "signs-disagree";
    // The edge of a source is stated by no sentence that could be read.
    if (hops.length === 1 && !hops[0].link && hops[0].basis !== "source") return "stated";
    if (hops.some((hop) => hop.sign === null)) return "unsigned";
    return hops.every(directed) && oneSpecies(hops) ? "inferred" : "hypothesis";
  }

  const studyTypes = (hop) => sorted(hop.claims.map((claim) => claim.studyType).filter(Boolean));
  const speciesOf = (hop) => sorted(hop.forIt.map((claim) => claim.species).filter(Boolean));

  // Between hops without evidence, a bare mention is weaker than a headline.
  function weakest(hops) {
    const keys = hops.map((hop, at) => [hop.score, NO_EVIDENCE[hop.basis] ?? 2, at]);
    const [, , at] = keys.sort(byParts)[0];
    return { hop: at + 1, reason: weakness(hops[at]) };
  }

  function weakness(hop) {
    const [claim] = hop.claims;
    if (hop.basis === "cross-reference") return "rests on a bare link line, title or list item: no evidence at all";
    if (hop.basis === "headline") return "rests on a headline alone: no evidence";
    if (hop.link) return `is no claim but a link (${hop.basis}) of weight ${general(hop.score)}`;
    if (hop.unsupported && claim.analysis && claim.weight) {
      return `rests on a ${claim.analysis} analysis, whose paper's main one says otherwise`;
    }
    if (hop.unsupported) return `weighs nothing: ${claim.weight_reason}`;
    const why = `scores least (${general(hop.score, 3)}; ${studyTypes(hop).join(", ") || "no kind of study"})`;
    return hop.dispute ? `${why}, and is disputed` : why;
  }

  /* ---- words ---- */

  // What the leading claim says and of whom, or what the link is.
  function hopSentence(hop, graph) {
    if (!hop.link) return small(hop.claims[0].statement);
    const { kind, subject, object } = hop.link;
    const [start, end] = [subject, object].map((entity) => graph.entities[entity].label);
    if (kind.id === "uptake") return `what is given of ${start} is assumed to be taken up`;
    const by = kind.basis === "definition" ? "by definition" : `validity ${general(hop.score)}`;
    return `${start} ${kind.phrase} ${end} (${by})`;
  }

  // A path as one plain sentence, with what its sign is worth. Over a hop without evidence nothing follows.
  function sentence(hops, { sign: found, basis }, graph) {
    const words = capital(hops.map((hop) => hopSentence(hop, graph)).join("; "));
    const bare = hops.flatMap((hop, at) => (hop.unsupported ? [at + 1] : []));
    if (bare.length) {
      const which = bare.length === 1 ? `hop ${bare[0]} rests` : `hops ${bare.join(" and ")} rest`;
      return `${words}. Nothing follows: ${which} on no evidence here.`;
    }
    if (hops.length === 1 && !hops[0].link) return `${words}.`;
    if (found === null) return `${words}. No direction is given.`;
    const way = spokenWay(hops, graph);
    const [start, end] = [hops[0].subject, hops.at(-1).object].map((node) => graph.entities[entityOf(node)].label);
    const [first, last] = [SIGN_WORDS[way], SIGN_WORDS[way * found]];
    if (basis === "direction") return `${words}. So ${first} ${start} makes ${last} ${end}, as this graph has it.`;
    return `${words}. If every link is causal, ${first} ${start} goes with ${last} ${end}.`;
  }

  // The way in which the claims speak of the start: -1 where they speak of its lack. A lack that harms says nothing of
  // what more would do, so that the conclusion is put their way.
  function spokenWay(hops, { walk }) {
    let turned = 1;
    for (const hop of hops) {
      if (hop.link) {
        turned *= hop.sign || 1;
        continue;
      }
      const [claim] = hop.claims;
      const ahead = hop.walked === "forward";
      if (ahead && claim.speaksOfLack) return -turned;
      return turned * (walk.direction_values[ahead ? claim.subject_direction : claim.object_direction] ?? 1);
    }
    return 1;
  }

  // Whether the evidence along the hops crosses species, and populations of different sources. What is not stated
  // crosses nothing.
  function crosses(hops) {
    const species = new Set(hops.flatMap(speciesOf));
    const told = hops.flatMap((hop) => hop.forIt.slice(0, 1)).filter((claim) => claim.evidence.population);
    const voices = new Set(told.map((claim) => claim.voice));
    const populations = new Set(told.map((claim) => claim.evidence.population));
    return { species: species.size > 1, population: voices.size > 1 && populations.size > 1 };
  }

  // For each hop over an association, whether reverse causation is possible, and why.
  function timing(hops) {
    return hops.flatMap((hop, at) => {
      if (hop.link || hop.force !== "association" || hop.unsupported) return [];
      const told = hop.claims[0].evidence.exposure_timing;
      // When the end of a claim was measured, seen from its other end.
      const known = hop.walked === "backward" ? ({ before: "after", after: "before" }[told] ?? told) : told;
      if (known === "before") return [];
      const why = known ? `measured ${known}` : "which came first is not stated";
      return [`reverse causation possible on hop ${at + 1}: ${why}`];
    });
  }

  // From how many sources a path is stitched: 1 where one source says it whole.
  function stitched(hops) {
    const voices = hops.filter((hop) => hop.claims.length).map((hop) => new Set(hop.forIt.map((claim) => claim.voice)));
    if (!voices.length) return 0;
    const [first, ...others] = voices;
    if ([...first].some((voice) => others.every((told) => told.has(voice)))) return 1;
    return new Set(voices.map((told) => Math.min(...told))).size;
  }

  return Object.freeze({ disagree, sign, verdict, weakest, sentence, crosses, timing, stitched, studyTypes, speciesOf });
})();
