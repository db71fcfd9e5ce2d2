// Comforts on top of pages that work without any script.
(function () {
  "use strict";

  // htmx swaps the list in place; what the reader had opened stays open.
  function openNames(root) {
    return Array.from(root.querySelectorAll("details[open][data-name]"), function (item) { return item.dataset.name; });
  }
  var remembered = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    // A list with an error above it (400, 404) is still the list the reader asked for.
    if (detail.target && detail.target.id === "listing") {
      if (detail.xhr.status === 400 || detail.xhr.status === 404) { detail.shouldSwap = true; detail.isError = false; }
      var toggle = document.getElementById("sheet-toggle");
      remembered = { open: openNames(detail.target), sheet: toggle && toggle.checked };
    }
  });
  document.addEventListener("htmx:afterSettle", function () {
    var listing = document.getElementById("listing");
    if (!remembered || !listing) { return; }
    remembered.open.forEach(function (name) {
      var item = listing.querySelector('details[data-name="' + CSS.escape(name) + '"]');
      if (item) { item.open = true; }
    });
    var toggle = document.getElementById("sheet-toggle");
    if (toggle && remembered.sheet) { toggle.checked = true; }
    remembered = null;
  });

  // The case's contents list marks where the reader is.
  var links = document.querySelectorAll(".case-nav > ul a");
  if (links.length && "IntersectionObserver" in window) {
    var observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        links.forEach(function (link) {
          if (link.hash === "#" + entry.target.id) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
        });
      });
    }, { rootMargin: "-10% 0px -75% 0px" });
    links.forEach(function (link) {
      var target = document.getElementById(link.hash.slice(1));
      if (target) { observer.observe(target); }
    });
  }
})();
