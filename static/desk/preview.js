// The page beside the text. The server renders it with the site's own templates; here it is only shown.

import { csrfToken, form, settings } from "./case-form.js";
import { element } from "./dom.js";
import { followCursor } from "./preview-follow.js";

const DELAY = 500; // ms after the last key
const FOLLOW_DELAY = 250; // ms after the cursor moved
const MAX_TEXT = 250000; // characters; the server answers 413 beyond a megabyte
const CHOICE = "writing-preview"; // the key under which this browser keeps whether it is open
const pane = document.getElementById("writing-preview");
const frame = document.getElementById("writing-frame");
const status = document.getElementById("writing-preview-state");
const problems = document.getElementById("writing-problems");
const opener = document.getElementById("writing-preview-open");
const closer = document.getElementById("writing-preview-close");
const main = document.getElementById("content-main");
const wide = window.matchMedia("(min-width: 1200px)");
let timer = null;
let following = null;
let request = null;
let latest = 0; // number of the last rendering asked for; answers to earlier ones are dropped
let isLoaded = false;

const setBusy = (isBusy) => pane.setAttribute("aria-busy", String(isBusy));

// The form's texts without files; null when there is too much of it.
function collectTexts() {
  const data = new FormData(form);
  let size = 0;
  for (const [name, value] of [...data]) {
    if (typeof value === "string") size += value.length;
    else data.delete(name);
  }
  data.delete("csrfmiddlewaretoken");
  data.set("case", settings.case);
  return size > MAX_TEXT ? null : data;
}

// What is said of terms leads to their boxes.
function problemItem(text) {
  const item = element("li", text.startsWith("没有标签") ? "" : text);
  if (!item.textContent) {
    const link = element("a", text);
    link.href = `#${form.querySelector(".term-box").id}`;
    item.append(link);
  }
  return item;
}

function showProblems(texts) {
  problems.hidden = !texts.length;
  problems.querySelector("summary").textContent = `内容检查：${texts.length} 处`;
  problems.querySelector("ul").replaceChildren(...texts.map(problemItem));
}

// Links lead to a new window; those within the page would leave it, so they are followed by hand.
function followAnchors(page) {
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    page.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)))?.scrollIntoView();
  });
}

function showPage(html) {
  const page = frame.contentDocument;
  const shown = page?.getElementById("main");
  if (isLoaded && shown) {
    // Only the text is exchanged, so that neither the place reached nor the styles are lost.
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("main");
    shown.replaceWith(page.importNode(fresh, true));
    followCursor(frame);
    return;
  }
  const onLoad = () => {
    isLoaded = true;
    followAnchors(frame.contentDocument);
  };
  frame.addEventListener("load", onLoad, { once: true });
  frame.srcdoc = html;
}

function showError(code, detail) {
  status.textContent = detail || "现在看不到预览，写的字没有丢。";
  if (code !== 401) return;
  const link = element("a", "在新窗口登录");
  link.href = settings.loginUrl;
  link.target = "_blank";
  link.rel = "noopener";
  status.append(" ", link);
}

function showAnswer(response, isJson, answer) {
  if (!response.ok || !isJson) {
    showError(response.status, answer.detail);
    return;
  }
  showPage(answer.page);
  showProblems(answer.problems);
  status.textContent = `共 ${answer.length} 字，读完约 ${answer.minutes} 分钟。`;
}

async function render() {
  const body = collectTexts();
  latest += 1;
  const own = latest;
  request?.abort();
  if (!body) {
    showError(413, "文字太长，不能边写边看；请先保存，再看完整预览。");
    setBusy(false);
    return;
  }
  setBusy(true);
  request = new AbortController();
  if (!isLoaded) status.textContent = "正在排版…";
  try {
    const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
    const response = await fetch(settings.renderUrl, { method: "POST", body, headers, signal: request.signal });
    const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    const answer = isJson ? await response.json() : {};
    if (own === latest) showAnswer(response, isJson, answer);
  } catch (error) {
    if (own === latest && error.name !== "AbortError") showError(0, "连不上网站，看不到预览；写的字没有丢。");
  } finally {
    if (own === latest) setBusy(false);
  }
}

function renderSoon() {
  clearTimeout(timer);
  if (pane.hidden) return;
  setBusy(true);
  timer = setTimeout(render, DELAY);
}

function stop() {
  clearTimeout(timer);
  request?.abort();
  latest += 1;
  setBusy(false);
}

function setOpen(isOpen) {
  pane.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
  opener.hidden = isOpen && wide.matches;
  document.body.classList.toggle("with-preview", isOpen);
  main.inert = isOpen && !wide.matches;
  if (isOpen) render();
}

// By the writer's own hand: remembered where it stands beside the text, and the focus follows.
function toggle(isOpen) {
  if (wide.matches) {
    try {
      localStorage.setItem(CHOICE, isOpen ? "open" : "closed");
    } catch {
      // storage is switched off
    }
  }
  setOpen(isOpen);
  (isOpen ? closer : opener).focus();
}

function openAsRemembered() {
  let choice = null;
  try {
    choice = localStorage.getItem(CHOICE);
  } catch {
    // storage is switched off
  }
  setOpen(wide.matches && (choice ?? "open") === "open");
}

function start() {
  opener.hidden = false;
  form.querySelector(".submit-row")?.append(opener);
  opener.addEventListener("click", () => toggle(true));
  closer.addEventListener("click", () => toggle(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !pane.hidden && !wide.matches) toggle(false);
  });
  form.addEventListener("submit", stop);
  form.addEventListener("input", renderSoon);
  form.addEventListener("change", renderSoon);
  // Select2 tells of a choice by jQuery's own events only.
  window.django?.jQuery?.(form).on("change", "select", renderSoon);
  document.addEventListener("formset:removed", renderSoon);
  document.addEventListener("selectionchange", () => {
    clearTimeout(following);
    if (!pane.hidden && wide.matches) following = setTimeout(() => followCursor(frame), FOLLOW_DELAY);
  });
  wide.addEventListener("change", openAsRemembered);
  openAsRemembered();
}

// A popup has the form without a preview.
if (pane) start();
