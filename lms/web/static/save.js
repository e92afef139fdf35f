// An answer is saved while he types: within two seconds of a change, and again until it is there.
const form = document.querySelector("form[data-save]");
const line = document.getElementById("saved");
const banner = document.getElementById("offline");
const PAUSE_MS = 1000; // after the last key
const PATIENCE_MS = 7000; // then the connection counts as lost
const AGAIN_MS = 4000;

let dirty = false;
let over = false; // another tab, the session, or the end: only Continue goes on from here
let timer = 0;
let saving = null;
let waiting = null; // the button that was pressed while an answer was not saved yet

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(save, ms);
}

function lost(isLost) {
  if (banner.hidden === isLost) banner.hidden = !isLost;
}

function say(text) {
  line.textContent = text;
}

function clock(moment) {
  const parts = { HH: moment.getHours(), mm: moment.getMinutes(), ss: moment.getSeconds() };
  return line.dataset.clock.replace(/'/g, "").replace(/HH|mm|ss/g, (name) => String(parts[name]).padStart(2, "0"));
}

async function send() {
  const body = new URLSearchParams(new FormData(form));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const headers = { Accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", headers, body, signal });
  if (answer.status >= 500) throw new Error(answer.status);
  return answer;
}

async function take(answer) {
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const told = isJson ? await answer.json() : {};
  if (answer.ok && told.version) {
    form.elements.version.value = told.version;
    say(line.dataset.saved.replace("{}", clock(new Date(told.at))));
  } else if (answer.status === 422) {
    say(told.fault ?? "");
  } else {
    over = true;
    if (told.stale) say(line.dataset.stale);
    else if (answer.status === 409) say(line.dataset.ended);
    else say(line.dataset.signedOut);
  }
}

async function attempt() {
  dirty = false;
  try {
    await take(await send());
    lost(false);
  } catch {
    dirty = true;
    lost(true);
    later(AGAIN_MS);
  }
}

async function save() {
  if (over || saving) return;
  if (dirty) {
    saving = attempt();
    await saving;
    saving = null;
    if (dirty && banner.hidden) later(PAUSE_MS);
  }
  if (waiting && (over || !dirty)) {
    const button = waiting;
    waiting = null;
    over = true; // the page is left now
    form.requestSubmit(button);
  }
}

function changed() {
  dirty = true;
  if (!over) later(PAUSE_MS);
}

if (form) {
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (over || !(dirty || saving)) return;
    event.preventDefault(); // first what is typed is safe, then the page goes
    waiting = event.submitter;
    if (!saving) save();
    else saving.then(() => later(0));
  });
  addEventListener("offline", () => lost(true));
  addEventListener("online", () => { if (dirty) save(); else lost(false); });
  addEventListener("pagehide", () => {
    if (!dirty || over) return;
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body, keepalive: true });
  });
}
