// Nothing typed is lost: unsaved text is kept in this browser every few seconds, and offered again.

import { csrfToken, form, settings } from "./case-form.js";
import { button, element } from "./dom.js";
import { keyPrefix, listDrafts, newToken, readDraft, removeDraft, removeStaleDrafts, writeDraft } from "./drafts.js";
import { differences, readState, restoreState } from "./form-state.js";

const INTERVAL = 3000; // ms
const CONTEXT = 20; // characters shown on each side of a difference
const prefix = keyPrefix(settings.user, settings.case);
const tokenInput = form.elements.writing_token;
const offer = document.getElementById("writing-offer");
const notice = document.getElementById("writing-notice");
const status = element("span", "", "writing-state");
let token = "";
let original = null; // the state the form came with, as JSON
let kept = ""; // the state last written to the draft, as JSON
let submitting = false;

const draftKey = () => prefix + token;
const isDirty = (text) => Boolean(settings.bound) || text !== original;
const notify = (text) => {
  notice.textContent = text;
};

function formatTime(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const clock = date.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  return `${isToday ? "今天" : `${date.getMonth() + 1} 月 ${date.getDate()} 日`} ${clock}`;
}

function startDraft() {
  token = newToken();
  tokenInput.value = token;
  kept = "";
}

function keep() {
  const state = readState(form);
  const text = JSON.stringify(state);
  if (text === kept) return;
  if (!isDirty(text)) {
    if (kept) removeDraft(draftKey());
    kept = "";
    status.textContent = "";
    return;
  }
  const at = Date.now();
  if (writeDraft(draftKey(), { token, base: settings.base, at, state })) {
    kept = text;
    status.textContent = `没保存的改动留在这台电脑上，${formatTime(at)}`;
  } else {
    status.textContent = "这台电脑存不下没保存的改动，写一段就保存一次。";
  }
}

// The part that differs, with a little of what stands around it.
function difference(before, after) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  let tail = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const from = Math.max(0, head - CONTEXT);
  const deleted = before.slice(head, before.length - tail);
  const inserted = after.slice(head, after.length - tail);
  const following = after.slice(after.length - tail, after.length - tail + CONTEXT);
  const line = element("dd");
  line.append((from ? "…" : "") + after.slice(from, head));
  if (deleted) line.append(element("del", deleted));
  if (inserted) line.append(element("ins", inserted));
  line.append(following + (tail > CONTEXT ? "…" : ""));
  return line;
}

function toggleDifferences(record) {
  const shown = offer.querySelector("dl");
  if (shown) {
    shown.remove();
    return;
  }
  const list = element("dl");
  for (const { label, before, after } of differences(form, readState(form), record.state)) {
    list.append(element("dt", label), difference(before, after));
  }
  offer.append(list);
}

// Drafts of this case, of this user, that say something else than the form does now.
function waitingDrafts() {
  const now = JSON.stringify(readState(form));
  return listDrafts(prefix).filter(({ key, record }) => {
    if (record.token === token) return false;
    if (JSON.stringify(record.state) !== now) return true;
    removeDraft(key);
    return false;
  });
}

function restore({ key, record }) {
  restoreState(form, record.state);
  keep();
  // Not before the text stands in a draft of this page.
  if (kept) removeDraft(key);
  notify(`已恢复${formatTime(record.at)}的文字。还没有保存到网站，看过以后请按保存。`);
  offerNext();
}

function discard({ key }) {
  removeDraft(key);
  offerNext();
}

function offerNext() {
  const drafts = waitingDrafts();
  offer.hidden = !drafts.length;
  offer.replaceChildren();
  if (!drafts.length) return;
  const [draft] = drafts;
  const { record } = draft;
  const line = element("p", `上次有没保存的文字（${formatTime(record.at)}）：`);
  line.append(
    form.elements.title ? button("恢复", () => restore(draft)) : "这一篇现在不能改，可以先把文字抄下来。",
    button("丢弃", () => discard(draft)),
    button("先看看不同", () => toggleDifferences(record)),
  );
  offer.append(line);
  if (record.base !== settings.base) {
    offer.append(element("p", "那以后这篇案例又保存过，可能是别人改的。先看看不同，再决定。"));
  }
  if (drafts.length > 1) {
    offer.append(element("p", `另外还有 ${drafts.length - 1} 份更早的，处理完这一份再给你看。`));
  }
}

function start() {
  form.querySelector(".submit-row:not(.steps-after-save)")?.append(status);
  original = JSON.stringify(readState(form, { defaults: true }));
  removeStaleDrafts();
  startDraft();
  keep();
  offerNext();
  setInterval(keep, INTERVAL);
}

form.addEventListener("submit", (event) => {
  keep();
  tokenInput.value = token;
  form.elements.csrfmiddlewaretoken.value = csrfToken();
  // Whether another listener stops this submit is known after all of them.
  setTimeout(() => {
    submitting = !event.defaultPrevented;
  }, 0);
});
window.addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
});
window.addEventListener("pageshow", ({ persisted }) => {
  // Back from the page after saving: what is written now is a new text, not the saved one.
  if (persisted) {
    submitting = false;
    startDraft();
  }
});
window.addEventListener("beforeunload", (event) => {
  keep();
  if (!submitting && isDirty(JSON.stringify(readState(form)))) event.preventDefault();
});
window.addEventListener("storage", ({ key, newValue }) => {
  const record = key?.startsWith(prefix) && newValue ? readDraft(key) : null;
  if (record && settings.case && record.token !== token) {
    const time = formatTime(record.at);
    notify(`这篇案例在另一个窗口里也有没保存的改动（${time}）。两边都保存，后保存的会盖过先保存的；只在一边写更稳妥。`);
  }
});
// Before the box for tags gets it, which keeps keys to itself.
window.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
  const save = form.querySelector("[name=_continue], [name=_save], [name=_correct][value=ask]");
  event.preventDefault();
  if (save && !submitting) form.requestSubmit(save);
}, { capture: true });
// Inline rows of the admin are set up on DOMContentLoaded; the form is whole after it.
window.addEventListener("DOMContentLoaded", () => setTimeout(start, 0));
