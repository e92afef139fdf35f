// Quick exit: blank the screen at once, then put the exit page in the place of this one in the history.
const links = document.querySelectorAll("a[data-exit]");
const button = document.querySelector(".exit-button");
const PRESSES = 3;
const WINDOW_MS = 5000;

const status = document.createElement("span");
status.setAttribute("role", "status");
status.className = "visually-hidden";

let leaving = false;
let presses = 0;
let alone = false;
let timer = 0;

function leave() {
  if (leaving) return;
  leaving = true;
  const blank = document.createElement("div");
  blank.className = "exit-blank";
  blank.setAttribute("role", "alert");
  blank.textContent = button.dataset.exitLeaving;
  document.documentElement.classList.add("leaving");
  document.body.append(blank);
  location.replace(button.href);
}

function forget() {
  clearTimeout(timer);
  presses = 0;
  status.textContent = "";
}

function pressed() {
  if (presses === 0) timer = setTimeout(forget, WINDOW_MS);
  presses += 1;
  if (presses >= PRESSES) leave();
  else status.textContent = presses === 1 ? button.dataset.exitTwo : button.dataset.exitOne;
}

if (button) {
  button.after(status);
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  // Shift held to type a capital is not a press: only Shift down, then up, with no other key.
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift";
    if (!alone) forget();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && alone) pressed();
    alone = false;
  });
  // A page kept in memory and shown again by Back must not come back to life.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && leaving) location.reload();
  });
}
document.documentElement.classList.add("js");
