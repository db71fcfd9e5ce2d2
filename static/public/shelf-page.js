// The page of the shelf: order, title and notes of this browser's own, or what somebody shared.

import { say } from "./say.js";
import { MOST, SHELF, readShelf, showButtons, store } from "./shelf.js";

const LONGEST = 3900; // bytes of an address: servers refuse longer ones
const page = document.getElementById("shelf");

function pack(note) {
  const bytes = [...Array(note.length).keys()].flatMap((n) => [note.charCodeAt(n) >> 8, note.charCodeAt(n) & 255]);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The address of a shelf, and how many of its notes there was no room for.
function addressOf({ title, cases }) {
  const query = new URLSearchParams(title ? { title } : {});
  for (const { code } of cases) query.append("case", code);
  let left = 0;
  for (const { code, note } of cases) {
    const value = `${code}.${pack(note)}`;
    if (!note) continue;
    if (query.toString().length + value.length + 6 > LONGEST) left += 1;
    else query.append("note", value);
  }
  return { query: query.toString(), left };
}

const own = () => page.querySelectorAll("[data-shelf-own]");
const items = () => [...page.querySelectorAll(".picked > li")];

function saveFromPage() {
  const title = page.querySelector("[data-shelf-name]").value.trim();
  const note = (item) => item.querySelector("[data-shelf-write]").value.trim();
  const shelf = { title, cases: items().map((item) => ({ code: item.dataset.code, note: note(item) })) };
  const { query, left } = addressOf(shelf);
  const status = page.querySelector("[data-shelf-status]");
  status.textContent = store(shelf) ? "" : say("这个浏览器不让存：请现在就把网址复制下来。");
  if (left) status.textContent += say("网址放不下这么多字：{0} 条注只在这台设备上看得到，分享和下载的里面没有。", left);
  history.replaceState(null, "", `${SHELF}${query ? `?${query}` : ""}`);
  page.querySelector("[data-shelf-title]").textContent = title || say("我的书架");
  page.querySelector("#shelf-address").value = location.href;
  // Files are asked for by the same query string, after what says of them which.
  for (const file of page.querySelectorAll(".tools a[href*='/shelf.']")) {
    const kept = [...new URL(file.href).searchParams].filter(([name]) => !["title", "case", "note"].includes(name));
    const before = new URLSearchParams(kept).toString();
    file.search = [before, query].filter(Boolean).join("&");
  }
  showButtons();
}

function editOwn() {
  const notes = new Map(readShelf().cases.map(({ code, note }) => [code, note]));
  for (const element of own()) element.hidden = false;
  for (const item of items()) {
    item.querySelector("[data-shelf-write]").value = notes.get(item.dataset.code) ?? "";
    item.querySelector("[data-shelf-note]")?.remove();
  }
  page.querySelector("[data-shelf-name]").value = readShelf().title;
  page.addEventListener("input", (event) => {
    if (event.target.matches("[data-shelf-write], [data-shelf-name]")) saveFromPage();
  });
  page.addEventListener("click", ({ target }) => {
    const item = target.closest(".picked > li");
    const move = target.closest("[data-move]");
    if (move) {
      const step = Number(move.dataset.move);
      const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(item);
      else other.after(item);
      move.focus();
    } else if (target.closest("[data-take-off]")) {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      next?.querySelector("[data-take-off]").focus();
    } else if (target.closest("[data-shelf-empty]")) {
      if (!window.confirm(say("书架上的案例和注都去掉吗？"))) return;
      for (const one of items()) one.remove();
    } else return;
    saveFromPage();
    if (!items().length) location.replace(SHELF);
  });
  saveFromPage();
}

function openShelf() {
  const mine = readShelf();
  const shown = page.dataset.codes;
  if (!location.search) {
    if (mine.cases.length) location.replace(`${SHELF}?${addressOf(mine).query}`);
    return;
  }
  const codes = mine.cases.map(({ code }) => code);
  const isMine = shown && shown.split(" ").every((code) => codes.includes(code));
  if (isMine && (items().length === codes.length || page.querySelector(".errors"))) {
    editOwn();
    return;
  }
  for (const element of page.querySelectorAll("[data-shelf-guest]")) element.hidden = false;
  page.querySelector("[data-shelf-adopt]")?.addEventListener("click", () => {
    const query = new URLSearchParams(location.search);
    const notes = new Map(items().map((item) => [item.dataset.code, item.querySelector("[data-shelf-note]")]));
    const words = (code) => notes.get(code)?.textContent.trim().replace(/^(注|Note)\s*/, "") ?? "";
    const added = shown.split(" ").filter((code) => !codes.includes(code));
    mine.title ||= query.get("title") ?? "";
    mine.cases.push(...added.map((code) => ({ code, note: words(code) })));
    mine.cases = mine.cases.slice(0, MOST);
    if (store(mine)) location.assign(SHELF);
  });
}

openShelf();
