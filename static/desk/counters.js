// How long each text is, counted as the content checks do (without spaces), and its limit; boxes grow with the text.

import { form, settings } from "./case-form.js";
import { element, labelText } from "./dom.js";

const NEAR = 0.8; // of the limit
const ANNOUNCE_DELAY = 600; // ms
const [SUMMARY_MIN, SUMMARY_MAX] = settings.summaryRange.split("-").map(Number);
const growsByScript = !CSS.supports("field-sizing", "content");
const states = new WeakMap(); // of each box: the last state of its counter
const announcer = element("p", "", "sr-only");
let announcing = null;

const visibleLength = (text) => [...text.replace(/[\s\u0085\u001c-\u001f]/g, "")].length;

// As the server counts against the limit: every character, a line break as the two it is sent as.
function sentLength({ tagName, value }) {
  return [...value].length + (tagName === "TEXTAREA" ? value.split("\n").length - 1 : 0);
}

// {state, text} for the counter beside a box.
function measure(control) {
  const max = Number(control.dataset.max);
  const length = visibleLength(control.value);
  const sent = sentLength(control);
  if (sent > max) return { state: "over", text: `${length} 字，超出 ${sent - max} 字，存不进去` };
  if (control.name === "summary" && length) {
    if (length > SUMMARY_MAX) {
      return { state: "long", text: `${length} 字，比建议的 ${SUMMARY_MAX} 字多 ${length - SUMMARY_MAX} 字` };
    }
    if (length < SUMMARY_MIN) return { state: "short", text: `${length} 字，建议 ${SUMMARY_MIN}-${SUMMARY_MAX} 字` };
    return { state: "fits", text: `${length} 字，长短合适` };
  }
  return { state: sent > max * NEAR ? "near" : "fits", text: `${length}${max <= 1000 ? ` / ${max}` : ""} 字` };
}

// A screen reader hears of a change of state only, and only when the typing pauses.
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    announcer.textContent = text;
  }, ANNOUNCE_DELAY);
}

const counterOf = (control) => control.parentNode.querySelector(":scope > .counter");

function update(control, { silent = false } = {}) {
  const counter = counterOf(control);
  if (!counter) return;
  const { state, text } = measure(control);
  const before = states.get(control);
  counter.textContent = text;
  counter.dataset.state = state;
  states.set(control, state);
  if (!silent && before && before !== state && state !== "near" && before !== "near") {
    const name = labelText(control) || control.closest("td")?.dataset.label || "这一格";
    announce(`${name}：${text}`);
  }
  if (growsByScript && control.tagName === "TEXTAREA") {
    control.style.height = "auto";
    control.style.height = `${control.scrollHeight + 4}px`;
  }
}

function addCounter(control) {
  if (control.maxLength > 0) {
    // A browser cuts what is pasted at maxlength without a word. Better too long, and said so.
    control.dataset.max = control.maxLength;
    control.removeAttribute("maxlength");
  }
  if (!control.dataset.max || control.type === "url" || control.name.includes("__prefix__")) return;
  if (!counterOf(control)) {
    const isMain = control.tagName === "TEXTAREA" || ["title", "subtitle"].includes(control.name);
    const counter = element("span", "", isMain ? "counter" : "counter quiet");
    counter.setAttribute("aria-hidden", "true");
    control.after(counter);
  }
  update(control, { silent: true });
}

const addCounters = (root) => root.querySelectorAll("input[type=text], textarea").forEach(addCounter);

// Narrow tables of figures are shown as cards; each cell then needs its heading.
function labelCells() {
  for (const cell of form.querySelectorAll(".tabular td[class^=field-]")) {
    const field = cell.classList[0].slice("field-".length);
    const head = cell.closest("table").querySelector(`th.column-${field}`);
    if (!head) continue;
    cell.dataset.label = head.textContent.trim();
    for (const control of cell.querySelectorAll("input, select, textarea")) {
      if (!control.hasAttribute("aria-label") && !control.labels?.length) {
        control.setAttribute("aria-label", cell.dataset.label);
      }
    }
  }
}

// A new row stands last; two rows of the same number would be refused.
function numberRow(row) {
  const order = row.querySelector("input[name$='-order']");
  if (!order || !["", "0"].includes(order.value)) return;
  const prefix = order.name.replace(/-\d+-order$/, "-");
  const others = form.querySelectorAll(`input[name^='${prefix}'][name$='-order']`);
  order.value = Math.max(...Array.from(others, (input) => Number(input.value) || 0)) + 1;
}

announcer.setAttribute("role", "status");
form.append(announcer);
form.addEventListener("input", (event) => update(event.target));
document.addEventListener("formset:added", (event) => {
  labelCells();
  numberRow(event.target);
  addCounters(event.target);
});
labelCells();
addCounters(form);
