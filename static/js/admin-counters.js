// How long each text is, counted as the content checks do (without spaces), and its limit; boxes grow with the text.
(function () {
  "use strict";

  var box = document.getElementById("writing");
  var form = box && box.closest("form");
  if (!form) { return; }
  var NEAR = 0.8;
  var range = box.dataset.summaryRange.split("-").map(Number);
  var states = new WeakMap();
  var speaker = document.createElement("p");
  var speaking = null;
  var grows = !(window.CSS && CSS.supports("field-sizing", "content"));

  function visible(text) { return Array.from(text.replace(/[\s\u0085\u001c-\u001f]/g, "")).length; }

  // As the server counts against the limit: every character, a line break as the two it is sent as.
  function sent(control) {
    var text = control.value;
    return Array.from(text).length + (control.tagName === "TEXTAREA" ? text.split("\n").length - 1 : 0);
  }

  function nameOf(control) {
    var label = control.labels && control.labels[0];
    if (label) { return label.textContent.trim().replace(/[:：]$/, ""); }
    var cell = control.closest("td");
    return (cell && cell.dataset.label) || "这一格";
  }

  // [state, what stands beside the box]
  function judge(control) {
    var max = Number(control.dataset.max);
    var length = visible(control.value);
    var over = sent(control) - max;
    if (over > 0) { return ["over", length + " 字，超出 " + over + " 字，存不进去"]; }
    if (control.name === "summary" && length) {
      if (length > range[1]) { return ["long", length + " 字，比建议的 " + range[1] + " 字多 " + (length - range[1]) + " 字"]; }
      if (length < range[0]) { return ["short", length + " 字，建议 " + range[0] + "-" + range[1] + " 字"]; }
      return ["fits", length + " 字，长短合适"];
    }
    var text = length + (max <= 1000 ? " / " + max : "") + " 字";
    return [sent(control) > max * NEAR ? "near" : "fits", text];
  }

  function speak(text) {
    clearTimeout(speaking);
    speaking = setTimeout(function () { speaker.textContent = text; }, 600);
  }

  function update(control, silent) {
    var counter = control.parentNode.querySelector(":scope > .counter");
    if (!counter) { return; }
    var judged = judge(control);
    var before = states.get(control);
    counter.textContent = judged[1];
    counter.dataset.state = judged[0];
    states.set(control, judged[0]);
    if (!silent && before && before !== judged[0] && judged[0] !== "near" && before !== "near") {
      speak(nameOf(control) + "：" + judged[1]);
    }
    if (grows && control.tagName === "TEXTAREA") {
      control.style.height = "auto";
      control.style.height = control.scrollHeight + 4 + "px";
    }
  }

  function equip(control) {
    if (control.maxLength > 0) {
      // A browser cuts what is pasted at maxlength without a word. Better too long, and said so.
      control.dataset.max = control.maxLength;
      control.removeAttribute("maxlength");
    }
    if (!control.dataset.max || control.type === "url" || control.name.indexOf("__prefix__") >= 0) { return; }
    if (!control.parentNode.querySelector(":scope > .counter")) {
      var counter = document.createElement("span");
      counter.className = control.tagName === "TEXTAREA" || /^(title|subtitle)$/.test(control.name) ? "counter" : "counter quiet";
      counter.setAttribute("aria-hidden", "true");
      control.after(counter);
    }
    update(control, true);
  }

  // Narrow tables of figures are shown as cards; each cell then needs its heading.
  function label(root) {
    root.querySelectorAll(".tabular td[class^=field-]").forEach(function (cell) {
      var head = cell.closest("table").querySelector("th.column-" + cell.className.split(" ")[0].slice("field-".length));
      if (!head) { return; }
      cell.dataset.label = head.textContent.trim();
      cell.querySelectorAll("input, select, textarea").forEach(function (control) {
        if (!control.hasAttribute("aria-label") && (!control.labels || !control.labels.length)) { control.setAttribute("aria-label", cell.dataset.label); }
      });
    });
  }

  function equipAll(root) {
    label(root);
    root.querySelectorAll("input[type=text], textarea").forEach(equip);
  }

  speaker.className = "sr-only";
  speaker.setAttribute("role", "status");
  form.append(speaker);
  form.addEventListener("input", function (event) { update(event.target, false); });
  // A new row stands last; two rows of the same number would be refused.
  function numberRow(row) {
    var order = row.querySelector("input[name$='-order']");
    if (!order || (order.value !== "" && order.value !== "0")) { return; }
    var prefix = order.name.replace(/-\d+-order$/, "-");
    var others = Array.from(form.querySelectorAll("input[name^='" + prefix + "'][name$='-order']"), function (input) { return Number(input.value) || 0; });
    order.value = Math.max.apply(null, others) + 1;
  }

  document.addEventListener("formset:added", function (event) {
    label(form);
    numberRow(event.target);
    event.target.querySelectorAll("input[type=text], textarea").forEach(equip);
  });
  equipAll(form);
})();
