// Seat time: tells the server how long this page was in view with its reader active. The server's
// clock decides what counts. What could not be sent is in the next report: each says the whole.
const form = document.querySelector("form[data-seat]");
const line = document.getElementById("seat-wait");
const IDLE_MS = 180000; // without a key, a touch or a scroll
const EVERY_MS = 20000;
const TICK_MS = 1000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"];

let active = 0;
let told = 0;
let last = performance.now();
let sign = last;
let reported = last;
let sending = false;

function count() {
  const now = performance.now();
  const isActive = document.visibilityState === "visible" && now - sign < IDLE_MS;
  if (isActive) active += Math.min(now - last, 5 * TICK_MS); // a device that slept was not read
  last = now;
  form.elements.active.value = Math.floor(active);
  if (line && Number(line.dataset.credited) + active >= Number(line.dataset.minimum)) {
    if (line.textContent !== line.dataset.ready) line.textContent = line.dataset.ready;
  }
  if (now - reported >= EVERY_MS) report();
}

async function report() {
  const whole = Math.floor(active);
  if (sending || whole <= told) return;
  sending = true;
  reported = performance.now();
  const body = new URLSearchParams({
    csrf_token: form.elements.csrf_token.value,
    view: form.elements.view.value,
    active: whole,
  });
  try {
    const answer = await fetch(form.dataset.seat, { method: "POST", body, keepalive: true });
    if (answer.ok) told = whole;
  } catch {
    // no connection: the next report says it all again
  }
  sending = false;
}

if (form) {
  for (const name of SIGNS) {
    addEventListener(name, () => { sign = performance.now(); }, { passive: true, capture: true });
  }
  setInterval(count, TICK_MS);
  document.addEventListener("visibilitychange", () => {
    count();
    if (document.visibilityState === "hidden") report();
    else sign = performance.now();
  });
  form.addEventListener("submit", count);
  addEventListener("online", report);
}
