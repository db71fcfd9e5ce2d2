// Suggestions below a search box: the editable combobox with list autocomplete of the ARIA practices.
// Without this script the box is a plain one; the options are ordinary links.
(function () {
  "use strict";
  var WAIT = 120;

  function combobox(input) {
    var url = input.dataset.suggest, form = input.form, asked = "", timer = 0, request = null, active = null;
    var list = document.createElement("div");
    list.className = "suggest-list";
    list.id = input.id + "-suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "搜索建议");
    var status = document.createElement("p");
    status.className = "sr";
    status.setAttribute("role", "status");
    form.append(list, status);
    var attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
    Object.keys(attributes).forEach(function (name) { input.setAttribute(name, attributes[name]); });

    function options() { return Array.from(list.querySelectorAll("[role=option]")); }
    function choose(option) {
      if (active) { active.setAttribute("aria-selected", "false"); }
      active = option;
      if (!option) { input.removeAttribute("aria-activedescendant"); return; }
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
    function show(isOpen) {
      choose(null);
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
    }
    function forget() {
      clearTimeout(timer);
      if (request) { request.abort(); request = null; }
    }
    function close() { forget(); asked = ""; show(false); status.textContent = ""; }
    function take(html) {
      list.innerHTML = html;
      var found = options();
      found.forEach(function (option, place) { option.id = list.id + "-" + place; });
      show(found.length > 0);
      status.textContent = found.length ? "有 " + found.length + " 条建议，用上下键选择" : "没有建议，按回车搜索";
    }
    function ask(then) {
      var typed = input.value.trim();
      forget();
      if (!typed || /^[\x20-\x7e]$/.test(typed)) { close(); return; }
      if (typed === asked) { if (options().length) { show(true); } if (then) { then(); } return; }
      var mine = request = new AbortController();
      fetch(url + "?q=" + encodeURIComponent(typed), { headers: { "HX-Request": "true" }, signal: mine.signal })
        .then(function (response) { return response.ok ? response.text() : ""; })
        .then(function (html) {
          if (mine !== request || document.activeElement !== input) { return; }
          request = null;
          asked = typed;
          take(html);
          if (then) { then(); }
        })
        .catch(function () { if (mine === request) { close(); } });
    }
    function later() { clearTimeout(timer); timer = setTimeout(ask, WAIT); }
    function move(step) {
      var found = options(), place = found.indexOf(active) + step;
      if (!active) { place = step > 0 ? 0 : found.length - 1; }
      choose(found[place] || null);
    }

    input.addEventListener("input", function (event) { if (!event.isComposing) { later(); } });
    input.addEventListener("compositionstart", forget);
    input.addEventListener("compositionend", later);
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    window.addEventListener("pagehide", close);
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || event.keyCode === 229) { return; }
      var key = event.key, isOpen = !list.hidden;
      if (key === "ArrowDown" || key === "ArrowUp") {
        event.preventDefault();
        var step = key === "ArrowDown" ? 1 : -1;
        if (isOpen) { move(step); } else { ask(function () { move(step); }); }
      } else if (key === "Enter" && active) {
        event.preventDefault();
        active.click();
      } else if (key === "Enter") {
        close();
      } else if (key === "Escape" && isOpen) {
        event.preventDefault();
        close();
      } else if (key === "Escape" && input.value) {
        input.value = "";
      } else if (isOpen && ["Home", "End", "ArrowLeft", "ArrowRight"].indexOf(key) >= 0) {
        choose(null);
      }
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(combobox);
})();

// Lists to keep: the address can be copied, and the page's feed is the one of the list htmx has put in.
(function () {
  "use strict";
  function refresh() {
    document.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = !navigator.clipboard; });
    var shown = document.querySelector("#listing [data-feed]"), link = document.querySelector("link[type='application/atom+xml']");
    if (shown && link) { link.href = shown.href; }
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) { return; }
    var input = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(input.value).then(function () { button.textContent = "已复制"; }, function () { input.select(); });
  });
  document.addEventListener("htmx:afterSettle", refresh);
  refresh();
})();
