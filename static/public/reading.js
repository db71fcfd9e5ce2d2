// Reading on: through the list a reader came from, by keys, from a passage; pages that were opened are there offline.

import { showNeighbours } from "./neighbours.js";
import { say } from "./say.js";

const storage = (kind) => {
  try {
    return window[kind];
  } catch {
    return null; // a browser that keeps nothing for this site
  }
};

// --- 继续读: the list last seen in this tab ---

function rememberList() {
  const cards = [...document.querySelectorAll("#listing .card-title a")];
  if (!cards.length) return;
  const next = document.querySelector("#listing .pages li:has([aria-current]) + li a");
  const list = {
    label: document.querySelector("h1").textContent.trim(),
    hrefs: cards.map(({ pathname }) => pathname),
    list: location.pathname + location.search,
    next: next ? next.getAttribute("href") : "",
  };
  try {
    sessionStorage.setItem("list", JSON.stringify(list));
  } catch {
    // Then a case has only the neighbours of its chapter.
  }
}

function readOn() {
  try {
    const { label, hrefs, list, next } = JSON.parse(storage("sessionStorage")?.getItem("list") ?? "{}");
    if (!Array.isArray(hrefs)) return;
    const place = hrefs.indexOf(location.pathname);
    const isLast = place === hrefs.length - 1 && next;
    const onward = new URL(next || list, new URL(list, location.origin)).href;
    const there = isLast ? { list: onward, listWords: say("列表的下一页") } : { list, listWords: say("回到列表") };
    showNeighbours({ label, hrefs, place, ...there });
  } catch {
    // Another version of this file left something else there.
  }
}

document.addEventListener("htmx:afterSettle", rememberList);
rememberList();
readOn();

// --- keys ---

const KEYS_OFF = "keys-off";
const areKeysOn = () => storage("localStorage")?.getItem(KEYS_OFF) !== "1";
const cardLinks = () => [...document.querySelectorAll(".card-title a")];

function moveCard(step) {
  const links = cardLinks();
  const place = links.indexOf(document.activeElement) + step;
  links[Math.max(0, Math.min(links.length - 1, place))]?.focus();
}

function follow(selector) {
  document.querySelector(selector)?.click();
}

const KEYS = {
  "/": ["到搜索框", () => document.getElementById("q")?.focus()],
  j: ["列表里下一篇", () => moveCard(1)],
  k: ["列表里上一篇", () => moveCard(-1)],
  n: ["读下一篇", () => follow(".case-end [rel='next']")],
  p: ["读上一篇", () => follow(".case-end [rel='prev']")],
  s: ["收入书架，或取下", () => follow(".case [data-shelf]")],
  h: ["到首页", () => follow(".brand")],
  "?": ["这张表", () => openSheet()],
};

function openSheet() {
  const sheet = document.getElementById("keys") ?? makeSheet();
  sheet.querySelector("input").checked = areKeysOn();
  sheet.showModal();
}

// One key alone does something only while the reader wants it (WCAG 2.1.4).
function makeSheet() {
  const sheet = document.createElement("dialog");
  sheet.id = "keys";
  sheet.className = "keys";
  sheet.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = say("键盘");
  const list = document.createElement("dl");
  for (const [key, [words]] of Object.entries(KEYS)) {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(name, Object.assign(document.createElement("dd"), { textContent: say(words) }));
  }
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  box.addEventListener("change", () => storage("localStorage")?.setItem(KEYS_OFF, box.checked ? "" : "1"));
  label.append(box, say(" 用这些键"));
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  form.append(Object.assign(document.createElement("button"), { textContent: say("关闭") }));
  sheet.append(title, list, label, form);
  document.body.append(sheet);
  return sheet;
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const known = KEYS[event.key];
  if (!known || !(areKeysOn() || event.key === "?")) return;
  event.preventDefault();
  known[1]();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keys]")) openSheet();
});
for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;

// --- a passage: its address, its words with their source ---

const article = document.querySelector(".case article");
const code = document.querySelector(".case [data-shelf]")?.dataset.shelf;
let menu = null;

// A section's address with the first words of the passage: browsers show it marked, older ones go to the section.
function addressOfPassage(words, node) {
  const section = node.parentElement?.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby") ?? "";
  const start = words.split("\n")[0].slice(0, 30).replaceAll("-", "%2D");
  return `${location.origin}${location.pathname}#${section}:~:text=${encodeURIComponent(start)}`;
}

function showMenu() {
  const selection = document.getSelection();
  const words = selection.toString().trim();
  menu?.remove();
  menu = null;
  const node = selection.anchorNode;
  if (!words || !node || !article.contains(node) || !navigator.clipboard) return;
  menu = document.createElement("div");
  menu.className = "passage";
  menu.setAttribute("role", "toolbar");
  menu.setAttribute("aria-label", say("选中的这一段"));
  const source = `${document.querySelector("h1").textContent.trim()}，${say("普惠金融案例库")}，${code}`;
  const actions = {
    复制这一处的网址: () => addressOfPassage(words, node),
    连出处一起复制: () => `“${words}”（${source}，${addressOfPassage(words, node)}）`,
  };
  for (const [label, text] of Object.entries(actions)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say(label) });
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(text()).then(() => {
        button.textContent = say("已复制");
      });
    });
    menu.append(button);
  }
  document.body.append(menu);
}

if (article && code) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (!menu?.contains(document.activeElement)) showMenu();
    }, 250);
  });
}

// --- offline: what was opened can be opened again without a network ---

// Without a secure connection there is none.
navigator.serviceWorker?.register("/offline.js").catch(() => {});
