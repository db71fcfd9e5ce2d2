// Nothing typed is lost: unsaved text is kept in this browser every few seconds, and offered again.
(function () {
  "use strict";

  var box = document.getElementById("writing");
  var form = box && box.closest("form");
  if (!form || !window.formState || !window.drafts) { return; }
  var EVERY = 3000;
  var drafts = window.drafts;
  var start = drafts.start(box.dataset.user, box.dataset.case);
  var tokenInput = form.elements.writing_token;
  var token = "";
  var server = null; // what the form held when it came
  var written = ""; // the state last kept
  var submitting = false;
  var offer = document.getElementById("writing-offer");
  var notice = document.getElementById("writing-notice");
  var state = document.createElement("span");

  function time(at) {
    var date = new Date(at);
    var today = date.toDateString() === new Date().toDateString();
    var clock = date.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    return (today ? "今天 " : date.getMonth() + 1 + " 月 " + date.getDate() + " 日 ") + clock;
  }

  function renew() {
    token = drafts.newToken();
    tokenInput.value = token;
    written = "";
  }

  function key() { return start + token; }

  function current() { return window.formState.snapshot(form, false); }

  function isDirty(text) { return Boolean(box.dataset.bound) || text !== server; }

  function keep() {
    var now = current();
    var text = JSON.stringify(now);
    if (text === written) { return; }
    if (!isDirty(text)) {
      if (written) { drafts.remove(key()); }
      written = "";
      state.textContent = "";
      return;
    }
    if (drafts.write(key(), { token: token, base: box.dataset.base, at: Date.now(), state: now })) {
      written = text;
      state.textContent = "没保存的改动留在这台电脑上，" + time(Date.now());
    } else {
      state.textContent = "这台电脑存不下没保存的改动，写一段就保存一次。";
    }
  }

  function button(text, action) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function element(tag, text) {
    var made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  // The part that differs, with a little of what stands around it.
  function changed(before, after) {
    var head = 0;
    var tail = 0;
    var most = Math.min(before.length, after.length);
    while (head < most && before[head] === after[head]) { head += 1; }
    while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) { tail += 1; }
    var from = Math.max(0, head - 20);
    var line = document.createElement("dd");
    line.append((from ? "…" : "") + after.slice(from, head));
    if (before.length - tail > head) { line.append(element("del", before.slice(head, before.length - tail))); }
    if (after.length - tail > head) { line.append(element("ins", after.slice(head, after.length - tail))); }
    line.append(after.slice(after.length - tail, after.length - tail + 20) + (tail > 20 ? "…" : ""));
    return line;
  }

  function showDifferences(record) {
    var old = offer.querySelector("dl");
    if (old) { old.remove(); return; }
    var list = document.createElement("dl");
    window.formState.differences(form, current(), record.state).forEach(function (item) {
      list.append(element("dt", item.label), changed(item.before, item.after));
    });
    offer.append(list);
  }

  function restore(item) {
    window.formState.apply(form, item.record.state);
    keep();
    if (written) { drafts.remove(item.key); }
    say("已恢复" + time(item.record.at) + "的文字。还没有保存到网站，看过以后请按保存。");
    offerNext();
  }

  function say(text) { notice.textContent = text; }

  // Drafts of this case, of this user, that say something else than the form does now.
  function waiting() {
    var now = JSON.stringify(current());
    return drafts.list(start).filter(function (item) {
      if (item.record.token === token) { return false; }
      if (JSON.stringify(item.record.state) !== now) { return true; }
      drafts.remove(item.key);
      return false;
    });
  }

  function offerNext() {
    var items = waiting();
    offer.hidden = !items.length;
    offer.replaceChildren();
    if (!items.length) { return; }
    var item = items[0];
    var line = element("p", "上次有没保存的文字（" + time(item.record.at) + "）：");
    if (form.elements.title) {
      line.append(button("恢复", function () { restore(item); }));
    } else {
      line.append("这一篇现在不能改，可以先把文字抄下来。");
    }
    line.append(
      button("丢弃", function () { drafts.remove(item.key); offerNext(); }),
      button("先看看不同", function () { showDifferences(item.record); })
    );
    offer.append(line);
    if (item.record.base !== box.dataset.base) {
      offer.append(element("p", "那以后这篇案例又保存过，可能是别人改的。先看看不同，再决定。"));
    }
    if (items.length > 1) { offer.append(element("p", "另外还有 " + (items.length - 1) + " 份更早的，处理完这一份再给你看。")); }
  }

  function submitted(event) {
    keep();
    tokenInput.value = token;
    // Logging in again, in another window, has changed the token this page came with.
    var fresh = drafts.cookie("csrftoken");
    if (fresh && form.elements.csrfmiddlewaretoken) { form.elements.csrfmiddlewaretoken.value = fresh; }
    setTimeout(function () { submitting = !event.defaultPrevented; }, 0);
  }

  function begin() {
    var bar = form.querySelector(".submit-row:not(.steps-after-save)");
    state.className = "writing-state";
    if (bar) { bar.append(state); }
    server = JSON.stringify(window.formState.snapshot(form, true));
    drafts.sweep();
    renew();
    keep();
    offerNext();
    setInterval(keep, EVERY);
  }

  form.addEventListener("submit", submitted);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") { keep(); } });
  window.addEventListener("pageshow", function (event) {
    // Back from the page after saving: what is written now is a new text, not the saved one.
    if (event.persisted) { submitting = false; renew(); }
  });
  window.addEventListener("beforeunload", function (event) {
    keep();
    if (!submitting && isDirty(JSON.stringify(current()))) { event.preventDefault(); }
  });
  window.addEventListener("storage", function (event) {
    var record = event.key && event.key.indexOf(start) === 0 && event.newValue ? drafts.read(event.key) : null;
    if (record && box.dataset.case && record.token !== token) {
      say("这篇案例在另一个窗口里也有没保存的改动（" + time(record.at) + "）。两边都保存，后保存的会盖过先保存的；只在一边写更稳妥。");
    }
  });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
      var save = form.querySelector("[name=_continue]") || form.querySelector("[name=_save]");
      event.preventDefault();
      if (save && !submitting) { form.requestSubmit(save); }
    }
  });
  // Inline rows of the admin are set up on DOMContentLoaded; the form is whole after it.
  window.addEventListener("DOMContentLoaded", function () { setTimeout(begin, 0); });
})();
