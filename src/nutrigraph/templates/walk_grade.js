"use strict";
// What evidence weighs: three bins for each question. What one claim weighs stands in the claim.

const Grade = (() => {
  const { product } = Figures;

  const together = (shares) => 1 - product([...shares].sort((one, other) => one - other).map((share) => 1 - share));

  // A paper speaks by its main analysis; one of which nothing but a subgroup is known speaks by that.
  function heard(claims) {
    const speakers = new Set(
      claims.filter((claim) => claim.studyType && claim.analysis === null).map((claim) => claim.voice),
    );
    return claims.filter((claim) => claim.analysis === null || !speakers.has(claim.voice));
  }

  // Claims of one force, by classes that share a ceiling. One voice counts once, by its heaviest claim; reviews are
  // presumed to overlap with each other and with the studies that they pool.
  function pooled(claims) {
    const classes = new Map();
    for (const { weight, study, ceiling, voice } of claims) {
      if (weight === 0) continue;
      if (!classes.has(study.ceiling)) classes.set(study.ceiling, { ceiling, review: 0, voices: new Map() });
      const found = classes.get(study.ceiling);
      if (study.is_review) found.review = Math.max(found.review, weight);
      else found.voices.set(voice, Math.max(found.voices.get(voice) ?? 0, weight));
    }
    const found = [...classes.values()];
    const highest = Math.max(0, ...found.map(({ ceiling }) => ceiling));
    const shares = found.map(({ ceiling, review, voices }) => ceiling * Math.max(review, together(voices.values())));
    return Math.min(highest, together(shares));
  }

  // Each force has ceilings of its own: no number of associations lifts a cause above them.
  const strength = (claims) =>
    Math.max(pooled(claims.filter((claim) => claim.causal)), pooled(claims.filter((claim) => !claim.causal)));

  function binOf(claim, sign) {
    if (!claim.evident) return "named";
    if (claim.negated) return claim.precise ? "disputing" : "inconclusive";
    return sign !== null && claim.sign === -sign ? "disputing" : "supporting";
  }

  // The bins for the reading that the sign is `sign`, each ordered by id.
  function bins(claims, sign) {
    const found = { supporting: [], disputing: [], inconclusive: [], named: [] };
    const ordered = [...claims].sort((one, other) => one.order - other.order);
    for (const claim of ordered) found[binOf(claim, sign)].push(claim);
    const speaking = new Set(heard([...found.supporting, ...found.disputing, ...found.inconclusive]));
    const weigh = (bin) => strength(bin.filter((claim) => speaking.has(claim)));
    return { ...found, support: weigh(found.supporting), dispute: weigh(found.disputing) };
  }

  const scoreOf = ({ support, dispute }) => support * (1 - dispute);

  // Whether evidence of the opposite sign scores at least its share of the support. Nulls have no sign.
  function disagree(claims, sign, share) {
    const { support, dispute } = bins(heard(claims).filter((claim) => !claim.negated), sign);
    return dispute > 0 && dispute >= share * support;
  }

  // The sign that weighs more, or the only one there is; null where none is given.
  function leadingSign(claims) {
    const spoken = heard(claims).filter((claim) => claim.sign);
    const found = spoken.length ? spoken : claims.filter((claim) => claim.sign);
    const signs = new Set(found.map((claim) => claim.sign));
    if (signs.size < 2) return signs.size ? [...signs][0] : null;
    const [less, more] = [-1, 1].map((sign) => strength(found.filter((claim) => claim.sign === sign)));
    return more > less ? 1 : -1;
  }

  // The sign of a proposition, 0 where all that is said of it are nulls, its bins, and whether signs disagree in it.
  function weighProposition(claims, share) {
    const known = claims.filter((claim) => !claim.negated);
    const sign = known.length ? leadingSign(known) : 0;
    return { sign, bins: bins(claims, sign), disagree: disagree(claims, sign, share) };
  }

  return Object.freeze({ bins, scoreOf, disagree, leadingSign, weighProposition });
})();
