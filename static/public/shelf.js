// 书架: kept by this browser alone, no account; its address says all of it.

import { showNeighbours } from "./neighbours.js";
import { say } from "./say.js";

const KEY = "shelf";
// Its address in the language of the page.
export const SHELF = document.querySelector("[data-shelf-count]")?.getAttribute("href") ?? "/shelf/";
export const MOST = 200;

export function readShelf() {
  try {
    const { title, cases } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const known = Array.isArray(cases) ? cases.filter(({ code }) => /^[\w-]{1,40}$/.test(code)) : [];
    return { title: String(title ?? ""), cases: known.map(({ code, note }) => ({ code, note: String(note ?? "") })) };
  } catch {
    return { title: "", cases: [] };
  }
}

// False where the browser keeps nothing (private windows of some, storage full).
export function store(shelf) {
  try {
    localStorage.setItem(KEY, JSON.stringify(shelf));
    return true;
  } catch {
    return false;
  }
}

// --- on every page: buttons and the count in the header ---

export function showButtons() {
  const { cases } = readShelf();
  const codes = new Set(cases.map(({ code }) => code));
  for (const button of document.querySelectorAll("[data-shelf]")) {
    const isOn = codes.has(button.dataset.shelf);
    button.hidden = false;
    button.setAttribute("aria-pressed", isOn);
    button.textContent = say(isOn ? "已在书架" : "收入书架");
  }
  const count = document.querySelector(".shelf-count");
  if (count) count.textContent = cases.length ? ` ${cases.length}` : "";
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-shelf]");
  if (!button) return;
  const shelf = readShelf();
  const place = shelf.cases.findIndex(({ code }) => code === button.dataset.shelf);
  if (place >= 0) shelf.cases.splice(place, 1);
  else if (shelf.cases.length < MOST) shelf.cases.push({ code: button.dataset.shelf, note: "" });
  else {
    button.textContent = say("书架满了（{0} 篇）", MOST);
    return;
  }
  if (store(shelf)) showButtons();
  else button.textContent = say("这个浏览器不让存，收不了");
});
document.addEventListener("htmx:afterSettle", showButtons);
window.addEventListener("storage", ({ key }) => {
  if (key === KEY) showButtons();
});
showButtons();

// --- a case that is on the shelf: on to the next ---

function readShelfOn() {
  const code = [...document.querySelectorAll(".case [data-shelf]")].find((one) => !one.closest(".card"))?.dataset.shelf;
  const codes = readShelf().cases.map((one) => one.code);
  if (!code || codes.length < 2) return;
  const hrefs = codes.map((one) => SHELF.replace(/shelf\/$/, `cases/${one}/`));
  showNeighbours({ label: say("我的书架"), hrefs, place: codes.indexOf(code), list: SHELF, listWords: say("打开书架") });
}
readShelfOn();
