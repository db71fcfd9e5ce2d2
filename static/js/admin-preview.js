// The page beside the text. The server renders it with the site's own templates; here it is only shown.
(function () {
  "use strict";

  var box = document.getElementById("writing");
  var pane = document.getElementById("writing-preview");
  var form = box && box.closest("form");
  if (!form || !pane) { return; }
  var WAIT = 500;
  var MAX_TEXT = 250000; // characters; the server answers 413 beyond a megabyte
  var CHOICE = "writing-preview";
  var frame = document.getElementById("writing-frame");
  var state = document.getElementById("writing-preview-state");
  var problems = document.getElementById("writing-problems");
  var opener = document.getElementById("writing-preview-open");
  var closer = document.getElementById("writing-preview-close");
  var main = document.getElementById("content-main");
  var wide = window.matchMedia("(min-width: 1200px)");
  var timer = null;
  var pending = null;
  var asked = 0;
  var shown = false;

  function collect() {
    var data = new FormData(form);
    var size = 0;
    Array.from(data.entries()).forEach(function (entry) {
      if (typeof entry[1] !== "string") { data.delete(entry[0]); } else { size += entry[1].length; }
    });
    data.delete("csrfmiddlewaretoken");
    data.set("case", box.dataset.case);
    return size > MAX_TEXT ? null : data;
  }

  function token() {
    var kept = window.drafts && window.drafts.cookie("csrftoken");
    return kept || form.elements.csrfmiddlewaretoken.value;
  }

  function showProblems(texts) {
    problems.hidden = !texts.length;
    problems.querySelector("summary").textContent = "内容检查：" + texts.length + " 处";
    problems.querySelector("ul").replaceChildren.apply(problems.querySelector("ul"), texts.map(function (text) {
      var item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }

  // Links lead to a new window; those within the page would leave it, so they are followed by hand.
  function guard(page) {
    page.addEventListener("click", function (event) {
      var link = event.target.closest && event.target.closest("a[href^='#']");
      if (!link) { return; }
      event.preventDefault();
      var target = page.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
      if (target) { target.scrollIntoView(); }
    });
  }

  function showPage(html) {
    var page = frame.contentDocument;
    if (shown && page && page.getElementById("main")) {
      // Only the text is exchanged, so that neither the place reached nor the styles are lost.
      var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("main");
      page.getElementById("main").replaceWith(page.importNode(fresh, true));
      return;
    }
    frame.addEventListener("load", function () { shown = true; guard(frame.contentDocument); }, { once: true });
    frame.srcdoc = html;
  }

  function complain(status, detail) {
    state.textContent = detail || "现在看不到预览，写的字没有丢。";
    if (status === 401) {
      var link = document.createElement("a");
      link.href = box.dataset.loginUrl;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = "在新窗口登录";
      state.append(" ", link);
    }
  }

  async function render() {
    var data = collect();
    asked += 1;
    var mine = asked;
    if (pending) { pending.abort(); }
    if (!data) {
      complain(413, "文字太长，不能边写边看；请先保存，再看完整预览。");
      busy(false);
      return;
    }
    busy(true);
    pending = new AbortController();
    state.textContent = shown ? state.textContent : "正在排版…";
    try {
      var response = await fetch(box.dataset.renderUrl, {
        method: "POST", body: data, signal: pending.signal, headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      var isJson = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      var answer = isJson ? await response.json() : {};
      if (mine !== asked) { return; }
      if (!response.ok || !isJson) { complain(response.status, answer.detail); return; }
      showPage(answer.page);
      showProblems(answer.problems);
      state.textContent = "共 " + answer.length + " 字，读完约 " + answer.minutes + " 分钟。";
    } catch (error) {
      if (mine === asked && error.name !== "AbortError") { complain(0, "连不上网站，看不到预览；写的字没有丢。"); }
    } finally {
      if (mine === asked) { busy(false); }
    }
  }

  function busy(is) { pane.setAttribute("aria-busy", String(is)); }

  function soon() {
    clearTimeout(timer);
    if (!pane.hidden) {
      busy(true);
      timer = setTimeout(render, WAIT);
    }
  }

  function stop() {
    clearTimeout(timer);
    if (pending) { pending.abort(); }
    asked += 1;
    busy(false);
  }

  function show(open, byHand) {
    pane.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    opener.hidden = open && wide.matches;
    document.body.classList.toggle("with-preview", open);
    main.inert = open && !wide.matches;
    if (byHand && wide.matches) {
      try { localStorage.setItem(CHOICE, open ? "open" : "closed"); } catch (error) { /* storage is switched off */ }
    }
    if (byHand) { (open ? closer : opener).focus(); }
    if (open) { render(); }
  }

  function choose() {
    var choice = "open";
    try { choice = localStorage.getItem(CHOICE) || choice; } catch (error) { /* storage is switched off */ }
    show(wide.matches && choice === "open", false);
  }

  var bar = form.querySelector(".submit-row");
  opener.hidden = false;
  if (bar) { bar.append(opener); }
  opener.addEventListener("click", function () { show(true, true); });
  closer.addEventListener("click", function () { show(false, true); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !pane.hidden && !wide.matches) { show(false, true); }
  });
  form.addEventListener("submit", stop);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (window.django && window.django.jQuery) { window.django.jQuery(form).on("change", "select", soon); }
  document.addEventListener("formset:removed", soon);
  wide.addEventListener("change", choose);
  choose();
})();
