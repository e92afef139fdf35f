// The grading of Virage, in the browser of a learning system: pure, exact, the same rules.
// The tests hold it against lms/assessment/grading.py and the examples of docs/GRADING.md.
// Answers are in published positions; scores are fractions of two BigInts, never floats.
"use strict";
const VirageGrading = (() => {
  const BLANK = -1;
  const SIGNS = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae",
  };
  // What Python calls a space; a script's own \s is another list.
  const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
  const NUMBER = /^[+-]?\d{1,12}(?:[.,]\d{1,12})?$/;

  const divisor = (a, b) => (b ? divisor(b, a % b) : a < 0n ? -a : a);
  const fraction = (n, d = 1n) => {
    const by = divisor(n, d) || 1n;
    return { n: n / by, d: d / by };
  };
  const of = (n, d = 1) => fraction(BigInt(n), BigInt(d));
  const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
  const minus = (a, b) => plus(a, { n: -b.n, d: b.d });
  const isLess = (a, b) => a.n * b.d < b.n * a.d;
  const NOTHING = of(0);
  const ALL = of(1);

  const words = (text) => text.split(SPACE).filter(Boolean);

  // Fold what does not count in a typed answer: case, accents, ligatures, spaces, quotes.
  const plain = (text) => {
    const signs = [...text].map((sign) => SIGNS[sign] ?? sign).join("");
    const folded = signs.normalize("NFKD").replace(/ß|ẞ/gu, "ss").toLowerCase().replace(/ς/gu, "σ");
    const letters = folded.replace(/\p{Mn}/gu, "").replace(/[\u2010\u2011]/gu, "-");
    return words(letters).join(" ");
  };

  // Read "7", "-1/2", "7.5" or "7,5" exactly; null when it is no number.
  const parseFraction = (text) => {
    const [above, below = "1"] = text.split("/");
    const [whole, part = ""] = above.replace(",", ".").split(".");
    return fraction(BigInt(whole + part), BigInt(below) * 10n ** BigInt(part.length));
  };
  const parseNumber = (text) => {
    const bare = words(text).join("").replace(/%$/u, "").replaceAll("\u2212", "-");
    return NUMBER.test(bare) ? parseFraction(bare.replace(/^\+/u, "")) : null;
  };

  const typed = (answer) => (answer.length ? String(answer[0]) : "");
  const isAmong = (list, one) => list.includes(one);

  const severalShare = (item, answer) => {
    const ticked = [...new Set(answer)];
    if (!item.correct.length) return of(ticked.length ? 0 : 1);
    const right = ticked.filter((one) => isAmong(item.correct, one)).length;
    return of(2 * right - ticked.length, item.correct.length);
  };

  const matchShare = (item, answer) => {
    const right = answer.slice(0, item.size).filter((given, left) => given === left).length;
    return of(right, item.size);
  };

  // The longest run of steps in the right order relative to each other: (run - 1) / (steps - 1).
  const orderShare = (item, answer) => {
    const steps = answer.filter((step) => Number.isInteger(step));
    const isWhole = steps.length === item.size
      && [...steps].sort((a, b) => a - b).every((step, place) => step === place);
    if (!isWhole) return NOTHING;
    const runs = [];
    steps.forEach((step, place) => {
      const before = runs.filter((_, earlier) => earlier < place && steps[earlier] < step);
      runs.push(1 + Math.max(0, ...before));
    });
    return item.size > 1 ? of(Math.max(...runs) - 1, item.size - 1) : ALL;
  };

  const isAccepted = (item, answer) => {
    const given = plain(typed(answer));
    return given !== "" && item.accepted.some((text) => plain(text) === given);
  };

  const isNear = (item, answer) => {
    const given = parseNumber(typed(answer));
    if (given === null) return false;
    return item.numbers.some(([value, tolerance]) => {
      const gap = minus(given, parseFraction(value));
      const size = gap.n < 0n ? { n: -gap.n, d: gap.d } : gap;
      return !isLess(parseFraction(tolerance), size);
    });
  };

  const shareOf = (item, answer) => {
    switch (item.kind) {
      case "true-false":
      case "single":
        return of(answer.length === item.correct.length
          && answer.every((one, place) => one === item.correct[place]) ? 1 : 0);
      case "multiple": return severalShare(item, answer);
      case "text": return of(isAccepted(item, answer) ? 1 : 0);
      case "number": return of(isNear(item, answer) ? 1 : 0);
      case "match": return matchShare(item, answer);
      case "order": return orderShare(item, answer);
      default: return of(words(typed(answer)).length >= item.min_words ? 1 : 0);
    }
  };

  // One answer's score: a share from 0 to 1 of the item's points.
  const gradeItem = (item, answer) => {
    let share = shareOf(item, answer);
    if (isLess(share, NOTHING)) share = NOTHING;
    if (isLess(ALL, share)) share = ALL;
    if (item.partial === "none" && isLess(share, ALL)) share = NOTHING;
    return { raw: fraction(share.n * BigInt(item.points), share.d), max: item.points };
  };

  const isRight = (score) => score.raw.n === BigInt(score.max) * score.raw.d;

  // Passing compares exactly: raw * 10000 >= passing * max, and every `must` item right.
  // `passing` is in ten-thousandths, as fine as a learning system may say it.
  const gradeAttempt = (items, answers, passing) => {
    const scores = items.map((item, place) => gradeItem(item, answers[place] ?? []));
    const counted = scores.filter((_, place) => items[place].graded);
    const raw = counted.reduce((sum, score) => plus(sum, score.raw), NOTHING);
    const max = counted.reduce((sum, score) => sum + score.max, 0);
    const isEnough = raw.n * 10000n >= BigInt(passing) * BigInt(max) * raw.d;
    const missed = items.flatMap((item, place) => (
      item.must && !isRight(scores[place]) ? [place] : []));
    return { scores, raw, max, isEnough, missed, passed: isEnough && !missed.length };
  };

  // Whole parts of the maximum, rounded down, so that what is shown never passes what did not.
  const floorOf = (raw, max, parts) => (
    max ? Number((raw.n * BigInt(parts)) / (raw.d * BigInt(max))) : parts);

  const isFinished = (item, answer) => {
    switch (item.kind) {
      case "open": return words(typed(answer)).length >= item.min_words;
      case "text":
      case "number": return words(typed(answer)).length > 0;
      case "match":
      case "order": return answer.length === item.size && !answer.includes(BLANK);
      default: return answer.length > 0;
    }
  };

  return { BLANK, floorOf, gradeAttempt, gradeItem, isFinished, isRight, plain, parseNumber };
})();
