// The editor: what is typed is shown, checked and saved a moment later. Without this the buttons do.
// Longer than 300 lines: one box, and all of its acts share what is typed, saved and shown.
const form = document.getElementById("editor");
const box = document.getElementById("text");
const line = document.getElementById("saved");
const look = document.getElementById("preview");
const list = document.getElementById("problem-list");
const counted = document.getElementById("counted");
const LOOK_MS = 300; // after the last key
const SAVE_MS = 2000; // after the last change
const AGAIN_MS = 5000; // after a save that failed
const POLL_MS = 120;
const PATIENCE_MS = 15000;
const LONGEST = 200000; // bytes of a file
const KEEPALIVE = 60000; // bytes that a browser sends after the page is gone

const KEY = form && `draft:${form.dataset.draft}`;
let saved = form?.dataset.differs ? null : box?.value; // the text that the site has
let hold = form?.dataset.hold === "yes";
let stopped = false; // somebody else's text, or no right any more: only the person goes on
let saving = null;
let told = line?.textContent ?? ""; // when it was saved last, in words
let saveTimer = 0;
let lookTimer = 0;
let looking = null; // aborts the preview under way
let looked = ""; // what the preview shows: text and part
let pinned = 0; // a part chosen by name; 0 follows the caret
let leaving = false;
let renewed = false; // the token, since the last save that was taken
let keepTimer = 0;

const size = (text) => new TextEncoder().encode(text).length;
const dirty = () => box.value !== saved;
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

// What is kept on this device

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ text: box.value, known: form.elements.known.value, at: Date.now() }));
  } catch { /* full, or forbidden: the text is still in the box */ }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

function forget(key = KEY) {
  try { localStorage.removeItem(key); } catch { /* nothing is kept then */ }
}

function offer() {
  const found = kept();
  if (!found || found.text === saved) return forget();
  const notice = document.getElementById("kept");
  const words = notice.querySelector("[data-words]");
  words.textContent = words.dataset.words.replace("{}", new Date(found.at).toLocaleString(document.documentElement.lang));
  notice.hidden = false;
  notice.querySelector("[data-use]").onclick = () => {
    box.value = found.text;
    form.elements.known.value = found.known; // another text saved since is told as such
    notice.hidden = true;
    box.focus();
    changed();
  };
  notice.querySelector("[data-drop]").onclick = () => {
    forget();
    notice.hidden = true;
    box.focus();
  };
}

// Saving

function say(text, late = false, link = null) {
  line.textContent = text;
  line.classList.toggle("is-late", late);
  if (link) line.append(" ", link);
}

function linked(text, href, target) {
  const link = document.createElement("a");
  Object.assign(link, { href, textContent: text });
  if (target) Object.assign(link, { target, rel: "noopener" });
  return link;
}

function fields(extra = {}) {
  const { csrf_token: token, known } = form.elements;
  const body = new FormData(); // as it is: in an address every accent would take six signs
  for (const [name, value] of Object.entries({ csrf_token: token.value, known: known.value, text: box.value, ...extra })) {
    body.append(name, value);
  }
  return body;
}

const post = (url, body, options = {}) =>
  fetch(url, { method: "POST", headers: { Accept: "application/json" }, body, ...options });

function later(ms = SAVE_MS) {
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, ms);
}

async function save(asked = false) {
  clearTimeout(saveTimer);
  if (saving) return saving.then(() => save(asked));
  if (stopped || leaving || (!dirty() && !asked) || (hold && !asked)) return;
  if (tooLong()) return;
  saving = attempt(box.value).catch(() => fail(navigator.onLine ? form.dataset.busy : form.dataset.offline));
  await saving;
  saving = null;
}

async function attempt(text) {
  say(form.dataset.saving);
  const answer = await post(form.action, fields({ do: "save" }), { signal: AbortSignal.timeout(PATIENCE_MS) });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const told = isJson ? await answer.json() : {};
  if (answer.ok && told.known) return done(text, told);
  keep();
  if (answer.status === 401) return signedOut();
  if (answer.status === 400) return renew();
  if (answer.status === 403) return stop(form.dataset.refused);
  if (answer.status === 409) return told.changed_by === undefined ? stop(told.closed ?? form.dataset.busy, seeBoth()) : stop(form.dataset.changed.replace("{}", `${told.changed_by} (${told.at})`), seeBoth());
  if (answer.status === 422) return say(told.fault ?? form.dataset.busy, true);
  throw new Error(answer.status);
}

function done(text, answer) {
  saved = text;
  hold = renewed = false;
  form.elements.known.value = answer.known;
  const tag = document.querySelector("#draft-state .tag");
  tag.textContent = answer.state;
  tag.className = `tag tag-${answer.kind}`;
  if (dirty()) return later();
  forget();
  told = form.dataset.saved.replace("{}", clock(answer.at));
  say(told);
}

function fail(words) {
  keep();
  say(words, true);
  later(AGAIN_MS);
}

function stop(words, link = null) {
  stopped = true;
  say(words, true, link);
}

function seeBoth() {
  const button = document.createElement("button");
  Object.assign(button, { type: "submit", className: "plain", textContent: form.dataset.seeBoth });
  button.name = "do";
  button.value = "save";
  return button;
}

function signedOut() {
  say(form.dataset.signedOut, true, linked(form.dataset.logIn, form.dataset.login, "_blank"));
  later(AGAIN_MS * 2);
}

// The token of this page belongs to a session that is over: take that of the new one, if it is his.
async function renew() {
  const answer = await fetch(form.dataset.self);
  if (answer.status === 401) return signedOut();
  if (answer.status === 403) return stop(form.dataset.refused);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#editor [name=csrf_token]")?.value ?? "";
  const mine = form.elements.csrf_token;
  if (fresh.split("~")[0] !== mine.value.split("~")[0]) {
    say(form.dataset.stranger, true);
    return later(AGAIN_MS * 2);
  }
  if (!fresh || renewed) return fail(form.dataset.busy);
  renewed = true;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = fresh;
  later(0);
}

function tooLong() {
  const bytes = size(box.value);
  if (bytes <= LONGEST) return false;
  keep();
  say(form.dataset.tooLong.replace("{}", Math.floor(bytes / 1000)), true);
  return true;
}

function changed() {
  pinned = 0;
  lookSoon();
  if (!dirty()) {
    forget();
    return line.classList.contains("is-late") || say(told);
  }
  if (stopped) return keep();
  if (hold) { keep(); return say(form.dataset.held); }
  if (!line.classList.contains("is-late")) say(form.dataset.unsaved);
  clearTimeout(keepTimer);
  keepTimer = setTimeout(() => { if (dirty()) keep(); }, LOOK_MS);
  later();
}

// Preview and problems

function lookSoon() {
  clearTimeout(lookTimer);
  lookTimer = setTimeout(ask, LOOK_MS);
}

const caretLine = () => box.value.slice(0, box.selectionStart).split("\n").length;
const caretPart = () => (box.value.slice(0, box.selectionStart).match(/^## /gm) ?? []).length;

async function ask() {
  const wanted = `${pinned || `at ${caretPart()}`}\n${box.value}`;
  if (wanted === looked || size(box.value) > LONGEST) return;
  looked = wanted;
  looking?.abort();
  looking = new AbortController();
  const { signal } = looking;
  try {
    const answer = await fetch(`${form.dataset.preview}?line=${caretLine()}&part=${pinned}`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "text/plain", "X-CSRFToken": form.elements.csrf_token.value },
      body: box.value,
      signal,
    });
    if (answer.status === 202) return await follow((await answer.json()).ticket, signal);
    looked = "";
    if (answer.status === 429) lookSoon();
  } catch { // a newer text, or no connection: saving says so
    if (!signal.aborted) looked = "";
  }
}

async function follow(ticket, signal) {
  let seen = "";
  look.setAttribute("aria-busy", "true");
  for (let wait = POLL_MS; ; wait = Math.min(wait * 1.15, 1000)) {
    const answer = await fetch(ticket + seen, { headers: { Accept: "application/json" }, signal });
    if (!answer.ok) return;
    const told = await answer.json();
    if (told.page !== null && !seen) {
      show(told.page);
      seen = "?seen=1";
    }
    if (told.done) {
      list.innerHTML = told.problems;
      if (counted.textContent !== told.counted) counted.textContent = told.counted;
      return;
    }
    await new Promise((go) => setTimeout(go, wait));
  }
}

function show(html) {
  const top = look.scrollTop;
  look.innerHTML = html; // made safe by the site, and no script of a page runs here
  look.scrollTop = top;
  look.removeAttribute("aria-busy");
}

// Its forms answer in the pane: another part, a question tried.
look?.addEventListener("submit", async (event) => {
  if (!form) return;
  event.preventDefault();
  const sent = event.target;
  const part = event.submitter?.name === "part" && Number(event.submitter.value);
  if (part) {
    pinned = part;
    return ask();
  }
  try {
    const answer = await post(sent.action, new URLSearchParams(new FormData(sent)));
    if (!answer.ok) return lookAgain();
    show((await answer.json()).page);
    const place = document.getElementById(new URL(sent.action).hash.slice(1)) ?? look;
    place.tabIndex = -1;
    place.focus();
  } catch { /* no connection: nothing was lost */ }
});

function lookAgain() {
  looked = "";
  ask();
}

document.getElementById("problems")?.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link || !form) return;
  event.preventDefault();
  goTo(Number(link.dataset.line), Number(link.dataset.column));
});

function goTo(number, column) {
  const lines = box.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const at = start + Math.min(column - 1, lines[number - 1]?.length ?? 0);
  box.focus();
  box.setSelectionRange(at, at);
  box.scrollTop = lineTop(start) - box.clientHeight / 3;
  box.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// How far down a place in the text stands: a copy of the box, as tall as the text before it.
function lineTop(end) {
  const copy = box.cloneNode();
  copy.removeAttribute("id");
  copy.removeAttribute("name");
  copy.rows = 1;
  copy.value = box.value.slice(0, end);
  copy.className = "visually-hidden measure";
  copy.setAttribute("aria-hidden", "true");
  copy.tabIndex = -1;
  box.after(copy);
  copy.style.width = `${box.clientWidth}px`;
  copy.style.minHeight = "0";
  copy.style.height = "0";
  const top = copy.scrollHeight;
  copy.remove();
  return top;
}

// Helpers that insert Markdown at the caret

// `insertText` is the one way that the browser's own undo knows; without it the text is set.
function type(text, from, to) {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

function unique(markdown) {
  return markdown.replace(/(question|section)-\d+/g, (_, stem) => {
    let number = 1;
    while (box.value.includes(`${stem}-${number}`)) number += 1;
    return `${stem}-${number}`;
  });
}

function insert(markdown, where) {
  let text = unique(markdown);
  let from = box.selectionStart;
  let to = box.selectionEnd;
  let words = form.dataset.inserted;
  if (where !== "inline") {
    const heading = document.getElementById("helpers").dataset.quiz;
    const quiz = box.value.search(/^## +(Quiz|Questionnaire)\b/im);
    if (where === "quiz" && (quiz < 0 || from < quiz)) {
      if (quiz < 0) text = `${heading}\n${text}`;
      from = to = box.value.length;
      words = form.dataset.atEnd;
    } else {
      const end = box.value.indexOf("\n", to);
      from = to = end < 0 ? box.value.length : end;
    }
    const before = box.value.slice(0, from);
    const after = box.value.slice(to);
    const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const close = after === "" || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
    text = gap + text.replace(/\n+$/, after === "" ? "\n" : "") + close;
  }
  type(text, from, to);
  select(from, text);
  say(words);
}

// Selects the first words that are to be written, so that the next key replaces them.
function select(from, text) {
  const found = /(?:À ÉCRIRE :|TO WRITE:) [^\n|\]{<]*[^\s\n|\]{<]/.exec(text);
  const at = from + (found ? found.index : text.length);
  box.setSelectionRange(at, at + (found ? found[0].length : 0));
  const start = box.value.lastIndexOf("\n", at - 1) + 1;
  const top = lineTop(start);
  if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 60) box.scrollTop = top - box.clientHeight / 3;
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.onclick = act;
  return made;
}

// One stop of the Tab key; the arrows go from button to button (WAI-ARIA, toolbar).
function toolbar() {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", form.dataset.toolbar);
  bar.setAttribute("aria-controls", "text");
  for (const one of document.querySelectorAll("[data-snippet]")) {
    const markdown = one.querySelector("code").textContent;
    bar.append(button(one.querySelector("dt").textContent, () => insert(markdown, one.dataset.where)));
  }
  const buttons = [...bar.children];
  buttons.forEach((one, at) => { one.tabIndex = at ? -1 : 0; });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const last = buttons.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  });
  return bar;
}

function picker(source) {
  const paragraph = document.createElement("p");
  const label = document.createElement("label");
  const choice = document.createElement("select");
  choice.id = label.htmlFor = `pick-${source.dataset.list}`;
  label.textContent = source.dataset.label;
  choice.append(new Option(form.dataset.choose, ""));
  for (const one of source.children) {
    choice.append(new Option(one.querySelector("span").textContent, one.querySelector("code").textContent));
  }
  const go = button(form.dataset.insert, () => { if (choice.value) insert(choice.value, source.dataset.where); else choice.focus(); });
  go.setAttribute("aria-label", `${form.dataset.insert}: ${source.dataset.label}`);
  paragraph.append(label, choice, go);
  return paragraph;
}

function helpers() {
  const place = document.getElementById("toolbar");
  const lists = [...document.querySelectorAll("[data-list]")];
  if (!document.querySelector("[data-snippet]")) return;
  const pickers = document.createElement("div");
  pickers.className = "pickers";
  pickers.append(...lists.map(picker));
  place.append(toolbar(), pickers);
  place.hidden = false;
}

// The page that shows two texts: whoever takes the saved one drops what is kept here.
document.querySelector("[data-drop-kept]")?.addEventListener("click", (event) => {
  forget(`draft:${event.currentTarget.dataset.dropKept}`);
});

if (form) {
  helpers();
  offer();
  box.addEventListener("input", changed);
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === box && !looked.startsWith(`at ${caretPart()}\n`)) {
      pinned = 0;
      lookSoon();
    }
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      stopped ? form.requestSubmit() : save(true);
    }
  });
  form.addEventListener("submit", (event) => {
    const wish = event.submitter?.value ?? "save";
    if (stopped || wish === "review") return leave();
    event.preventDefault(); // saved here; the preview stands beside the text
    save(true);
    if (wish === "preview") lookAgain();
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("online", () => later(0));
  addEventListener("focus", () => { if (dirty() && line.classList.contains("is-late")) later(0); });
  addEventListener("pagehide", () => {
    if (!dirty() || leaving) return;
    keep();
    if (hold || stopped || size(box.value) > KEEPALIVE) return;
    post(form.action, fields({ do: "save" }), { keepalive: true }).catch(() => {});
  });
  ask();
}

// The form goes by itself now; until the site has answered, the text stays on this device too.
function leave() {
  leaving = true;
  if (dirty()) keep();
}
