// The questions of a page: drawn, put in an order, read, and shown with what came of them.
"use strict";
const VirageQuestions = (() => {
  const { BLANK, gradeItem, isFinished, isRight } = VirageGrading;
  const LISTS = new Set(["match", "order"]);
  const TYPED = new Set(["text", "number", "open"]);

  // Chance that can be repeated: the seed stands in what the learning system keeps.
  const chanceOf = (seed) => {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  };
  const shuffled = (list, chance) => {
    const mixed = [...list];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const other = Math.floor(chance() * (last + 1));
      [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
    }
    return mixed;
  };
  const places = (size) => [...Array(size).keys()];
  const isInOrder = (list) => list.every((one, place) => one === place);

  // Where each option is shown; a match or an order never stands as it was published.
  const shownOrder = (item, chance) => {
    let order = places(item.size);
    if (LISTS.has(item.kind) && item.size > 1) {
      while (isInOrder(order)) order = shuffled(order, chance);
    } else if (item.shuffle) order = shuffled(order, chance);
    return order;
  };

  // All items outside pools, and from each pool as many as its draw says: unseen ones first.
  const drawn = (quiz, seed, seen) => {
    const chance = chanceOf(seed);
    const chosen = new Set(places(quiz.items.length).filter((one) => !quiz.items[one].pool));
    Object.keys(quiz.draw).sort().forEach((pool) => {
      const members = places(quiz.items.length).filter((one) => quiz.items[one].pool === pool);
      shuffled(members, chance)
        .sort((a, b) => (seen[a] ?? 0) - (seen[b] ?? 0))
        .slice(0, quiz.draw[pool])
        .forEach((one) => chosen.add(one));
    });
    const asked = places(quiz.items.length).filter((one) => chosen.has(one));
    return (quiz.shuffle ? shuffled(asked, chance) : asked)
      .map((one) => ({ place: one, order: shownOrder(quiz.items[one], chance) }));
  };

  const fill = (text, values) => text.replace(/\{(\w+)\}/gu, (_, name) => values[name] ?? "");

  class Question {
    constructor(box, item, words, language) {
      Object.assign(this, { box, item, words, language });
    }

    // Put lines or options in their order; what the page sends stays a published position.
    arrange(order) {
      const holder = this.box.querySelector(".lines");
      if (this.item.kind === "match") {
        this.box.querySelectorAll("select").forEach((list) => {
          const options = [...list.options].filter((one) => one.value !== "");
          order.forEach((place) => list.append(options.find((one) => Number(one.value) === place)));
        });
      } else if (holder) {
        const lines = [...holder.children];
        order.forEach((place) => holder.append(
          lines.find((one) => Number(one.dataset.position) === place)));
      }
    }

    fields() {
      return [...this.box.querySelectorAll("input, select, textarea")];
    }

    lines() {
      return [...this.box.querySelectorAll("[data-position]")]
        .sort((a, b) => Number(a.dataset.position) - Number(b.dataset.position))
        .map((line) => line.querySelector("select"));
    }

    read() {
      if (TYPED.has(this.item.kind)) {
        const text = this.fields()[0].value.trim();
        return text ? [text] : [];
      }
      if (!LISTS.has(this.item.kind)) {
        return this.fields().filter((one) => one.checked).map((one) => Number(one.value))
          .sort((a, b) => a - b);
      }
      const chosen = this.lines().map((list) => (list.value === "" ? BLANK : Number(list.value)));
      if (chosen.every((one) => one === BLANK)) return [];
      if (this.item.kind === "match") return chosen;
      const ranks = Array(this.item.size).fill(BLANK);
      chosen.forEach((rank, step) => {
        if (rank !== BLANK && ranks[rank] === BLANK) ranks[rank] = step;
      });
      return ranks;
    }

    write(answer) {
      if (TYPED.has(this.item.kind)) this.fields()[0].value = answer.length ? answer[0] : "";
      else if (this.item.kind === "match") {
        this.lines().forEach((list, left) => {
          list.value = (answer[left] ?? BLANK) === BLANK ? "" : String(answer[left]);
        });
      } else if (this.item.kind === "order") {
        this.lines().forEach((list, step) => {
          list.value = answer.includes(step) ? String(answer.indexOf(step)) : "";
        });
      } else this.fields().forEach((one) => { one.checked = answer.includes(Number(one.value)); });
    }

    isFinished() {
      return isFinished(this.item, this.read());
    }

    close(isClosed) {
      this.fields().forEach((one) => { one.disabled = isClosed; });
    }

    number(place, total) {
      const heading = this.box.querySelector("h2");
      heading.textContent = fill(this.words.question, { number: place, total });
    }

    points(score) {
      const raw = Number(score.raw.n) / Number(score.raw.d);
      return fill(this.words.points, {
        raw: raw.toLocaleString(`${this.language}-CA`, { maximumFractionDigits: 2 }),
        maximum: score.max,
      });
    }

    status(score) {
      if (!this.item.graded) return ["right", this.words.unscored];
      const values = { points: this.points(score) };
      if (isRight(score)) return ["right", fill(this.words.right, values)];
      if (score.raw.n > 0n) return ["partly", fill(this.words.partly, values)];
      return ["wrong", fill(this.words.wrong, values)];
    }

    // Show what came of an answer; the key only where it may be revealed.
    show(answer, reveal) {
      const outcome = this.box.querySelector("[data-outcome]");
      const [kind, text] = this.status(gradeItem(this.item, answer));
      this.box.dataset.result = kind;
      outcome.querySelector("[data-status]").textContent = text;
      // Whoever ticks everything would read here which options are wrong, before he has passed.
      const tooMany = this.item.kind === "multiple" && answer.length > this.item.correct.length;
      const told = LISTS.has(this.item.kind) || TYPED.has(this.item.kind) ? [] : answer;
      outcome.querySelectorAll("[data-feedback]").forEach((one) => {
        one.hidden = !told.includes(Number(one.dataset.feedback)) || (tooMany && !reveal);
      });
      outcome.querySelector("[data-key]").hidden = !reveal;
      outcome.hidden = false;
    }

    hide() {
      delete this.box.dataset.result;
      this.box.querySelector("[data-outcome]").hidden = true;
    }
  }

  return { Question, drawn, fill, shownOrder, chanceOf };
})();
