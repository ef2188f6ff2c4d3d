"use strict";
// Orders and numbers as Python has them: the page and the command line give the same answer, to the last digit.

const Figures = (() => {
  // Python orders text by code points, JavaScript by UTF-16 units: these put surrogates last.
  const weightOf = (unit) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

  function byCodePoint(one, other) {
    const length = Math.min(one.length, other.length);
    for (let at = 0; at < length; at += 1) {
      const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)];
      if (left !== right) return weightOf(left) - weightOf(right);
    }
    return one.length - other.length;
  }

  // Two lists of numbers or truth values, compared as Python compares tuples.
  function byParts(one, other) {
    const length = Math.min(one.length, other.length);
    for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
    return one.length - other.length;
  }

  // Rounds the exact binary value of a number that is not negative. `toFixed` does so as well, but of two equally near
  // decimals it takes the larger, where Python takes the even one. Scaling by a power of two is exact.
  function round(number, digits) {
    const text = number.toFixed(digits);
    const halfWay = (number * 2 ** (digits + 1)) % 2 === 1;
    const last = Number(text.at(-1));
    return Number(halfWay && last % 2 ? text.slice(0, -1) + (last - 1) : text);
  }

  // A number from 0 to 1 as Python's format "g" writes it.
  function general(number, digits = 6) {
    if (number === 0) return "0";
    const exponentOf = (value) => Number(value.toExponential().split("e")[1]);
    const rounded = round(number, digits - 1 - exponentOf(number));
    const exponent = exponentOf(rounded);
    const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
    if (exponent >= -4) return trimmed(rounded.toFixed(digits - 1 - exponent));
    return `${trimmed(rounded.toExponential(digits - 1).split("e")[0])}e-${String(-exponent).padStart(2, "0")}`;
  }

  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const product = (numbers) => numbers.reduce((total, number) => total * number, 1);
  const sorted = (texts) => [...new Set(texts)].sort(byCodePoint);

  return Object.freeze({ byCodePoint, byParts, round, general, sum, product, sorted });
})();
