// Remarks beside the form: sent without leaving the page, led to their place in the text; and who else has it open.

import { csrfToken, form } from "./case-form.js";
import { element } from "./dom.js";

const INTERVAL = 30000; // ms; the server forgets a form after 90 s
const others = element("p", "", "writing-notice");

const section = () => document.getElementById("comments");

// The words selected in a text box are what a new remark speaks of.
function quoteSelection() {
  const area = document.activeElement;
  const field = section().querySelector("#comment-field");
  if (!form.contains(area) || ![...field.options].some(({ value }) => value === area.name)) return;
  field.value = area.name;
  const words = area.value.slice(area.selectionStart, area.selectionEnd).trim();
  if (words) section().querySelector("#comment-quote").value = words.slice(0, 200);
}

function showPlace({ field, quote }) {
  const area = form.elements[field];
  if (!area) return;
  const start = quote ? area.value.indexOf(quote) : -1;
  area.focus();
  if (start >= 0) area.setSelectionRange(start, start + quote.length);
  area.scrollIntoView({ block: "center" });
}

// What waits is said again at its box.
function markFields() {
  for (const mark of form.querySelectorAll(".comment-mark")) mark.remove();
  for (const { dataset, children } of section().querySelectorAll(".comment-list li")) {
    const quote = dataset.quote ? `“${dataset.quote}”：` : "";
    const mark = element("p", `意见：${quote}${children[1].textContent}`, "comment-mark");
    form.querySelector(`.form-row.field-${dataset.field}`)?.append(mark);
  }
}

async function send(event) {
  if (event.submitter?.name === "accept") return; // it changes the text: the form is loaded anew
  event.preventDefault();
  const body = new FormData(event.target, event.submitter);
  const headers = { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" };
  const typed = body.get("text");
  try {
    const answer = await fetch(event.target.action, { method: "POST", body, headers });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("comments");
    if (!page || answer.redirected) throw new Error("no section");
    section().replaceWith(document.importNode(page, true));
    if (!answer.ok) section().querySelector("#comment-text").value = typed;
    markFields();
  } catch {
    others.textContent = "意见没有记下：连不上网站，或者登录过期了。写的字还在。";
  }
}

async function tellHere() {
  if (document.hidden) return;
  try {
    const headers = { "X-CSRFToken": csrfToken() };
    const answer = await fetch(section().dataset.here, { method: "POST", headers });
    const { others: names } = await answer.json();
    others.textContent = names.length ? `${names.join("、")}也打开着这一篇。两个人改同一处，后保存的要再看一遍。` : "";
  } catch {
    // Offline, or the session is over: saving says so.
  }
}

if (section()) {
  others.setAttribute("role", "status");
  section().before(others);
  document.addEventListener("selectionchange", quoteSelection);
  document.addEventListener("submit", (event) => {
    if (section().contains(event.target)) send(event);
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest(".comment-list li");
    if (item && !event.target.closest("button")) showPlace(item.dataset);
  });
  markFields();
  tellHere();
  setInterval(tellHere, INTERVAL);
}
