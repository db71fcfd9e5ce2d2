// Ordering a chapter: what the page does with numbers and submits, done in place, by button or by drag.
(function () {
  "use strict";

  var status = document.getElementById("arrange-status");
  var saving = false;

  function rows(list) { return Array.from(list.children); }

  function numberOf(row) { return row.querySelector("input[type=number]"); }

  // After any move: numbers, buttons at the ends, what is said.
  function settle(list, row, said) {
    rows(list).forEach(function (item, index, all) {
      var buttons = item.querySelectorAll("[name=move]");
      numberOf(item).value = index + 1;
      buttons[0].disabled = index === 0;
      buttons[1].disabled = index === all.length - 1;
    });
    var state = list.closest("form").querySelector(".arrange-state");
    if (state) { state.textContent = isChanged(list) ? "顺序改了，还没有保存。" : ""; }
    if (said) { status.textContent = row.dataset.title + "：第 " + (rows(list).indexOf(row) + 1) + " 位，共 " + list.children.length + " 篇。"; }
  }

  function orderOf(list) { return rows(list).map(function (row) { return row.querySelector("[name=case]").value; }).join(); }

  function isChanged(list) {
    return orderOf(list) !== list.dataset.saved || rows(list).some(function (row) { return numberOf(row).value !== String(rows(list).indexOf(row) + 1); });
  }

  function move(list, row, button) {
    var other = button.value.indexOf("up-") === 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) { return; }
    if (other === row.previousElementSibling) { list.insertBefore(row, other); } else { list.insertBefore(other, row); }
    settle(list, row, true);
    (button.disabled ? Array.from(row.querySelectorAll("[name=move]")).find(function (item) { return !item.disabled; }) : button).focus();
  }

  function enableDrag(list) {
    var dragged = null;
    rows(list).forEach(function (row) {
      var grip = document.createElement("span");
      grip.className = "grip";
      grip.textContent = "⠿";
      grip.title = "拖动";
      grip.setAttribute("aria-hidden", "true");
      grip.draggable = true;
      grip.addEventListener("dragstart", function (event) {
        dragged = row;
        row.classList.add("dragged");
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", row.dataset.title);
        event.dataTransfer.setDragImage(row, 10, 10);
      });
      grip.addEventListener("dragend", function () {
        row.classList.remove("dragged");
        dragged = null;
        settle(list, row, true);
      });
      row.prepend(grip);
    });
    list.addEventListener("dragover", function (event) {
      var over = event.target.closest(".arrange-list > li");
      if (!dragged || !over || over === dragged || over.parentNode !== list) { return; }
      event.preventDefault();
      var box = over.getBoundingClientRect();
      list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextElementSibling);
    });
    list.addEventListener("drop", function (event) { if (dragged) { event.preventDefault(); } });
  }

  document.querySelectorAll(".arrange-list").forEach(function (list) {
    var form = list.closest("form");
    list.dataset.saved = orderOf(list);
    list.addEventListener("click", function (event) {
      var button = event.target.closest("[name=move]");
      if (button) {
        event.preventDefault();
        move(list, button.closest("li"), button);
      }
    });
    list.addEventListener("input", function () {
      var state = form.querySelector(".arrange-state");
      if (state) { state.textContent = isChanged(list) ? "顺序改了，还没有保存。" : ""; }
    });
    form.addEventListener("submit", function () { saving = true; });
    if (list.children.length > 1) { enableDrag(list); }
  });
  window.addEventListener("pageshow", function () { saving = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!saving && Array.from(document.querySelectorAll(".arrange-list")).some(isChanged)) { event.preventDefault(); }
  });
})();
