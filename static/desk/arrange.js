// Ordering a chapter: what the page does with numbers and submits, done in place, by button or by drag.

import { element } from "./dom.js";

const status = document.getElementById("arrange-status");
const lists = [...document.querySelectorAll(".arrange-list")];
let saving = false;

const numberInput = (row) => row.querySelector("input[type=number]");
const moveButtons = (row) => [...row.querySelectorAll("[name=move]")];
const placeOf = (list, index) => String(Number(list.dataset.start) + index + 1);
const orderOf = (list) => [...list.children].map((row) => row.querySelector("[name=case]").value).join();

function isChanged(list) {
  const isNumbered = (row, index) => numberInput(row).value === placeOf(list, index);
  return orderOf(list) !== list.dataset.saved || ![...list.children].every(isNumbered);
}

function showState(list) {
  const state = list.closest("form").querySelector(".arrange-state");
  if (state) state.textContent = isChanged(list) ? "顺序改了，还没有保存。" : "";
}

// After any move: numbers, buttons at the ends, what a screen reader hears.
function renumber(list, moved) {
  const rows = [...list.children];
  rows.forEach((row, index) => {
    const [up, down] = moveButtons(row);
    numberInput(row).value = placeOf(list, index);
    up.disabled = index === 0;
    down.disabled = index === rows.length - 1;
  });
  showState(list);
  status.textContent = `${moved.dataset.title}：第 ${rows.indexOf(moved) + 1} 位，共 ${rows.length} 篇。`;
}

function move(list, row, button) {
  const isUp = button.value.startsWith("up-");
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row);
  else row.before(other);
  renumber(list, row);
  // A button that has reached the end is disabled and cannot keep the focus.
  (button.disabled ? moveButtons(row).find((item) => !item.disabled) : button).focus();
}

function enableDrag(list) {
  let dragged = null;
  for (const row of list.children) {
    const grip = element("span", "⠿", "grip");
    grip.title = "拖动";
    grip.setAttribute("aria-hidden", "true");
    grip.draggable = true;
    grip.addEventListener("dragstart", ({ dataTransfer }) => {
      dragged = row;
      row.classList.add("dragged");
      dataTransfer.effectAllowed = "move";
      dataTransfer.setData("text/plain", row.dataset.title);
      dataTransfer.setDragImage(row, 10, 10);
    });
    grip.addEventListener("dragend", () => {
      row.classList.remove("dragged");
      dragged = null;
      renumber(list, row);
    });
    row.prepend(grip);
  }
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest(".arrange-list > li");
    if (!dragged || !over || over === dragged || over.parentNode !== list) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < top + height / 2 ? over : over.nextElementSibling);
  });
  list.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
  });
}

for (const list of lists) {
  list.dataset.saved = orderOf(list);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[name=move]");
    if (!button) return;
    event.preventDefault();
    move(list, button.closest("li"), button);
  });
  list.addEventListener("input", () => showState(list));
  list.closest("form").addEventListener("submit", () => {
    saving = true;
  });
  if (list.children.length > 1) enableDrag(list);
}
window.addEventListener("pageshow", () => {
  saving = false;
});
window.addEventListener("beforeunload", (event) => {
  if (!saving && lists.some(isChanged)) event.preventDefault();
});
