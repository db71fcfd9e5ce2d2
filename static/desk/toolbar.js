// Buttons above a box of Markdown: the box stays a plain one, and what a button writes is undone by Ctrl+Z like typing.

import { button, element, labelText } from "./dom.js";

const AREAS = "textarea[data-markdown]";
const TABLE = "| 项目 | 数 |\n| --- | ---: |\n| 写在这里 | 1 |\n";

// execCommand alone writes so that the browser can undo it; where it is gone, the text is at least written.
function write(area, from, to, text) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// The lines touched by the selection: [from, to].
function lineRange({ value, selectionStart, selectionEnd }) {
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  return [from, end < 0 ? value.length : end];
}

// Give each line its mark; where all have it, take it away.
function markLines(area, markOf) {
  const [from, to] = lineRange(area);
  const lines = area.value.slice(from, to).split("\n");
  const isMarked = lines.every((line, place) => line.startsWith(markOf(place)));
  const marked = lines.map((line, place) => (isMarked ? line.slice(markOf(place).length) : markOf(place) + line));
  const text = marked.join("\n");
  write(area, from, to, text);
  area.setSelectionRange(from, from + text.length);
}

function makeBold(area) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const words = value.slice(from, to) || "要紧的话";
  const isBold = value.slice(from - 2, from) === "**" && value.slice(to, to + 2) === "**";
  if (isBold) write(area, from - 2, to + 2, words);
  else write(area, from, to, `**${words}**`);
  const start = isBold ? from - 2 : from + 2;
  area.setSelectionRange(start, start + words.length);
}

// Write a block below the line of the cursor, an empty line around it; returns where it begins.
function addBlock(area, block) {
  const [, end] = lineRange(area);
  const before = area.value.slice(0, end);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = /^(\n\n|\n?$)/.test(area.value.slice(end)) ? "" : "\n";
  write(area, end, end, `${gap}${block}${after}`);
  return end + gap.length;
}

function addTable(area) {
  const start = addBlock(area, TABLE) + TABLE.indexOf("写在这里");
  area.setSelectionRange(start, start + "写在这里".length);
}

// Put the line of an image below the cursor; where it stood before it is taken away, since it shows only once.
function placeImage(area, place) {
  let cursor = area.selectionEnd;
  for (const other of document.querySelectorAll(AREAS)) {
    const start = `\n${other.value}\n`.indexOf(`\n${place}\n`);
    if (start >= 0) {
      const end = start + place.length + /^\n{0,2}/.exec(other.value.slice(start + place.length))[0].length;
      write(other, start, end, "");
      if (other === area && start < cursor) cursor = Math.max(start, cursor - (end - start));
    }
  }
  area.setSelectionRange(cursor, cursor);
  const start = addBlock(area, place);
  area.setSelectionRange(start + place.length, start + place.length);
  area.scrollIntoView({ block: "center" });
}

const TOOLS = [
  ["小标题", (area) => markLines(area, () => "# ")],
  ["加粗", makeBold, "Ctrl+B"],
  ["列点", (area) => markLines(area, () => "- ")],
  ["编号", (area) => markLines(area, (place) => `${place + 1}. `)],
  ["表格", addTable],
];

// One stop for the Tab key; the arrows go along the buttons.
function moveAlong(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.children];
  const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
  for (const one of buttons) one.tabIndex = one === next ? 0 : -1;
  next.focus();
}

let written = document.querySelector("textarea[name=approach]"); // the box that images go into

for (const area of document.querySelectorAll(AREAS)) {
  const bar = element("div", "", "text-tools");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `${labelText(area)}的格式`);
  bar.setAttribute("aria-controls", area.id);
  for (const [name, apply, key] of TOOLS) {
    const tool = button(name, () => apply(area));
    tool.tabIndex = bar.children.length ? -1 : 0;
    if (key) tool.title = key;
    bar.append(tool);
  }
  bar.addEventListener("keydown", moveAlong);
  area.addEventListener("focus", () => {
    written = area;
  });
  area.before(bar);
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "b") return;
    event.preventDefault();
    makeBold(area);
  });
}

if (written) {
  for (const one of document.querySelectorAll("[data-image-place]")) one.hidden = false;
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-image-place]")?.dataset.imagePlace;
    if (place) placeImage(written, place);
  });
}
