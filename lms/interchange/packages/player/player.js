// A module of a package: its pages one after the other, its questions, and what is reported.
// `VirageReporter` speaks to the learning system. All of it is one state and what shows it,
// which is why it is longer than 300 lines.
"use strict";
(() => {
  const { drawn, fill, Question, shownOrder, chanceOf } = VirageQuestions;
  const quiz = JSON.parse(document.getElementById("module").textContent);
  const { words } = quiz;
  const byId = (id) => document.getElementById(id);
  const pages = [...document.querySelectorAll("[data-page]")];
  const last = pages.length - 1;
  const message = byId("message");
  const reporter = new VirageReporter((name) => tell(words[name]));
  const asking = quiz.items.map((item, place) => new Question(
    document.querySelector(`[data-question="q${place}"]`), item, words, quiz.language));
  let passing = quiz.passing * 100;
  let current = 0;
  let saving = 0;
  // What is kept: edition, pages seen, attempts, the seed of the last one, its answers by place,
  // the last attempt that asked each question, whether it was handed in, whether it is passed.
  let state = { e: quiz.edition, s: [], n: 0, r: 0, a: {}, l: {}, h: 0, p: 0 };

  const tell = (text) => {
    message.textContent = text;
    message.hidden = !text;
  };

  const isAllSeen = () => pages.slice(1, last).every((_, place) => state.s.includes(place + 1));
  const attempt = () => (state.n ? drawn(quiz, state.r, earlier()) : []);
  // What was seen before the attempt under way: its own draw has noted itself since.
  const earlier = () => Object.fromEntries(
    Object.entries(state.l).map(([place, number]) => [place, number === state.n ? 0 : number]));

  const packed = (without) => JSON.stringify({
    ...state,
    a: Object.fromEntries(Object.entries(state.a).filter(([place]) => !without.has(place))),
  });
  // A learning system keeps so many characters and no more: the longest texts stay behind first.
  const kept = () => {
    const without = new Set();
    const longest = Object.entries(state.a)
      .sort((one, other) => JSON.stringify(other[1]).length - JSON.stringify(one[1]).length);
    while (packed(without).length > reporter.room && longest.length) {
      without.add(longest.shift()[0]);
    }
    if (without.size && !state.h) tell(words.not_kept);
    return packed(without);
  };
  const save = () => {
    clearTimeout(saving);
    reporter.save(kept(), current);
  };
  const saveSoon = () => {
    clearTimeout(saving);
    saving = setTimeout(save, 800);
  };

  const show = (place, isFocused = true) => {
    current = Math.min(Math.max(place, 0), last);
    pages.forEach((page, at) => { page.hidden = at !== current; });
    document.querySelector('[data-do="previous"]').hidden = current === 0;
    document.querySelector('[data-do="following"]').hidden = current === last;
    if (current > 0 && current < last && !state.s.includes(current)) state.s.push(current);
    if (isAllSeen()) reporter.complete();
    if (current === last) openQuiz();
    save();
    if (!isFocused) return;
    window.scrollTo(0, 0);
    pages[current].querySelector("h1").focus({ preventScroll: true });
  };

  const link = (text, place) => {
    const made = document.createElement("a");
    made.href = `#page-${place}`;
    made.textContent = text;
    return made;
  };

  const lock = () => {
    const unread = pages.slice(1, last).findIndex((_, place) => !state.s.includes(place + 1)) + 1;
    const locked = byId("locked");
    locked.querySelector("a")?.remove();
    locked.append(" ", link(fill(words.go_to_page, { page: unread }), unread));
    locked.hidden = false;
    byId("quiz").hidden = true;
  };

  const openQuiz = () => {
    if (!isAllSeen()) {
      lock();
      return;
    }
    byId("locked").hidden = true;
    byId("quiz").hidden = false;
    if (!quiz.items.length) finishEmpty();
    else if (!state.n) begin();
    else draw();
  };

  const begin = () => {
    state.n += 1;
    state.r = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    state.a = {};
    state.h = 0;
    attempt().forEach(({ place }) => { state.l[place] = state.n; });
    draw();
  };

  // Show the questions of the attempt as they stand: open, or handed in with their result.
  const draw = () => {
    const asked = attempt();
    const holder = byId("questions");
    asking.forEach((one) => {
      one.box.hidden = true;
      one.hide();
    });
    asked.forEach(({ place, order }, at) => {
      const one = asking[place];
      one.arrange(order);
      one.number(at + 1, asked.length);
      one.write(state.a[place] ?? []);
      one.close(Boolean(state.h));
      one.box.hidden = false;
      holder.append(one.box);
    });
    document.querySelector('[data-do="hand-in"]').hidden = Boolean(state.h);
    document.querySelector('[data-do="try-again"]').hidden = !state.h || Boolean(state.p);
    byId("verdict").hidden = true;
    byId("missing").hidden = true;
    if (state.h) showResult(asked);
  };

  const graded = (asked) => VirageGrading.gradeAttempt(
    asked.map(({ place }) => quiz.items[place]),
    asked.map(({ place }) => state.a[place] ?? []),
    passing);

  const paragraph = (text, name = "p") => {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  };

  const showResult = (asked) => {
    const result = graded(asked);
    const passed = Boolean(state.p);
    asked.forEach(({ place }) => asking[place].show(state.a[place] ?? [], passed));
    const title = passed ? fill(words.passed, { number: quiz.number }) : words.not_passed;
    const score = asking[0].points({ raw: result.raw, max: result.max });
    const values = {
      score,
      reached: VirageGrading.floorOf(result.raw, result.max, 100),
      percent: passing / 100,
    };
    const lines = [paragraph(title, "h2"), paragraph(fill(words.score, values))];
    if (!passed && result.missed.length) {
      const places = result.missed.map((place) => place + 1).join(", ");
      lines.push(paragraph(fill(words.musts, { places })));
    }
    if (!passed) lines.push(...readAgain(asked, result));
    byId("verdict").replaceChildren(...lines);
    byId("verdict").hidden = false;
  };

  const readAgain = (asked, result) => {
    const ids = quiz.sections.map((section) => section.id);
    const missed = new Set(asked
      .filter((_, at) => !VirageGrading.isRight(result.scores[at]))
      .map(({ place }) => ids.indexOf(quiz.items[place].section) + 1)
      .filter((page) => page > 0));
    return [...missed].sort((a, b) => a - b).map((page) => {
      const line = document.createElement("p");
      line.append(link(fill(words.read_again, { title: quiz.sections[page - 1].title }), page));
      return line;
    });
  };

  const finish = () => {
    const asked = attempt();
    const result = graded(asked);
    // An LMS compares the score with the pass mark itself: one that has enough points and misses a
    // required answer is told to it as just below.
    const isShort = result.isEnough && !result.passed;
    state.h = 1;
    state.p = state.p || Number(result.passed);
    reporter.result({
      passed: result.passed,
      parts: Math.min(
        VirageGrading.floorOf(result.raw, result.max, 10000),
        isShort ? Math.max(passing - 100, 0) : 10000),
    });
    if (asked.length) {
      draw();
      byId("verdict").focus();
    }
    save();
  };

  const finishEmpty = () => {
    if (!state.p) finish();
    byId("quiz").hidden = true;
    byId("verdict").replaceChildren(paragraph(fill(words.passed, { number: quiz.number }), "h2"));
    byId("verdict").hidden = false;
  };

  const handIn = () => {
    readAll();
    const missing = attempt().flatMap(({ place }, at) => (
      asking[place].isFinished() ? [] : [[place, at + 1]]));
    byId("missing").hidden = !missing.length;
    if (!missing.length) {
      finish();
      return;
    }
    const links = missing.map(([place, number]) => {
      const line = document.createElement("p");
      const made = document.createElement("a");
      made.href = `#${asking[place].fields()[0].id}`;
      made.textContent = fill(words.answer_question, { place: number });
      line.append(made);
      return line;
    });
    byId("missing").replaceChildren(paragraph(words.unanswered, "h2"), ...links);
    byId("missing").focus();
  };

  const readAll = () => attempt().forEach(({ place }) => {
    state.a[place] = asking[place].read();
  });

  const practise = (box) => {
    const item = quiz.practice[box.dataset.practice];
    const one = new Question(box, item, words, quiz.language);
    one.show(one.read(), true);
  };

  const leave = async () => {
    save();
    const next = await reporter.leave();
    document.querySelector("main").hidden = true;
    document.querySelector("header").append(paragraph(words.saved));
    if (next) window.location.assign(next);
  };

  const acts = {
    previous: () => show(current - 1),
    following: () => show(current + 1),
    "hand-in": handIn,
    "try-again": () => {
      begin();
      save();
      asking[attempt()[0].place].fields()[0].focus();
    },
    leave,
    see: (button) => practise(button.closest(".question")),
  };

  // A link to an anchor within a page opens that page first.
  const follow = (hash, isFocused = true) => {
    const target = hash.length > 1 ? byId(decodeURIComponent(hash.slice(1))) : null;
    const page = target?.closest("[data-page]");
    if (!page) return;
    const place = Number(page.dataset.page);
    if (place !== current || target === page) show(place, isFocused);
    if (target !== page) target.scrollIntoView();
    if (target.matches("input, select, textarea")) target.focus();
  };

  const resume = ({ kept: text, place, passed }) => {
    try {
      const found = JSON.parse(text || "{}");
      if (found.e === quiz.edition) state = { ...state, ...found };
    } catch {
      // Not ours, or cut short: the module begins anew.
    }
    state.p = state.p || Number(passed);
    return place || 0;
  };

  const start = async () => {
    const seed = [...quiz.edition].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7);
    document.querySelectorAll("[data-practice]").forEach((box) => {
      const item = quiz.practice[box.dataset.practice];
      new Question(box, item, words, quiz.language).arrange(shownOrder(item, chanceOf(seed)));
    });
    const begun = await reporter.start();
    if (begun.passing) passing = begun.passing;
    const place = resume(begun);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) acts[button.dataset.do](button);
    });
    byId("quiz").addEventListener("input", () => {
      readAll();
      saveSoon();
    });
    byId("quiz").addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("hashchange", () => follow(window.location.hash));
    window.addEventListener("pagehide", () => {
      save();
      reporter.leave();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) tell(words.session_over);
    });
    byId("bar").hidden = false;
    show(place, false);
    if (window.location.hash) follow(window.location.hash, false);
  };

  start();
})();
