// Comforts on top of pages that work without any script.

import { say } from "./say.js";

// htmx swaps the whole list; what the reader had opened in it stays open, the page stays where it is, and the focus on
// what was pressed or, where that is gone, on the count of what was found.
const openNames = (root) => [...root.querySelectorAll("details[open][data-name]")].map((item) => item.dataset.name);
const filters = () => document.getElementById("filters");
const isOpen = (sheet) => Boolean(sheet?.matches(":popover-open"));
const keptHeight = new CSSStyleSheet(); // an attribute would be an inline style, which the policy forbids
document.adoptedStyleSheets.push(keptHeight);
let opened = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "listing") return;
  // A list with an error above it (400, 404) is still the list the reader asked for.
  if ([400, 404].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
  opened = {
    names: openNames(detail.target),
    sheet: isOpen(filters()),
    scrolled: filters()?.querySelector(".facets").scrollTop,
    focus: detail.target.contains(document.activeElement) ? document.activeElement.id || "count" : null,
  };
  // A shorter list must not pull the page up; another page of it begins at its head.
  const height = detail.elt.closest(".pages") ? 0 : window.innerHeight - detail.target.getBoundingClientRect().top;
  keptHeight.replaceSync(`#listing { min-height: ${height}px }`);
});

document.addEventListener("htmx:afterSwap", () => {
  const listing = document.getElementById("listing");
  if (!opened || !listing) return;
  for (const name of opened.names) {
    const item = listing.querySelector(`details[data-name="${CSS.escape(name)}"]`);
    if (item) item.open = true;
  }
  if (opened.sheet) {
    filters().showPopover();
    filters().querySelector(".facets").scrollTop = opened.scrolled;
  }
  if (opened.focus) {
    const pressed = document.getElementById(opened.focus) ?? document.getElementById("count");
    pressed.focus({ preventScroll: true });
  }
  opened = null;
});

// A list to keep: its address can be copied, and the feed of the page is the one of the list htmx has put in.
const updateSavedList = () => {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  const feed = document.querySelector("#listing [data-feed]");
  const link = document.querySelector("link[type='application/atom+xml']");
  if (feed && link) link.href = feed.href;
};

// Copies what a field or a paragraph holds, or the text behind a link; where that fails, the link is followed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], a[data-copy-from]");
  if (!button || !navigator.clipboard) return;
  const copied = () => {
    button.textContent = say("已复制");
  };
  if (button.dataset.copy) {
    const source = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(source.value ?? source.textContent).then(copied, () => source.select?.());
    return;
  }
  event.preventDefault();
  const blob = fetch(button.href).then((response) => (response.ok ? response.blob() : Promise.reject(response)));
  const item = new ClipboardItem({ "text/plain": blob.then((data) => data.slice(0, data.size, "text/plain")) });
  navigator.clipboard.write([item]).then(copied, () => location.assign(button.href));
});
// 分享: the sheet of the machine itself, where it has one.
for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => {
    // A reader who closes the sheet has changed their mind: nothing to say.
    navigator.share({ title: document.title, url: location.href.split("#")[0] }).catch(() => {});
  });
}
document.addEventListener("htmx:afterSettle", updateSavedList);
updateSavedList();

// The contents list of a case marks where the reader is.
const links = [...document.querySelectorAll(".case-nav > ul a")];
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      for (const link of links) {
        if (link.hash === `#${target.id}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  },
  { rootMargin: "-10% 0px -75% 0px" },
);
for (const link of links) {
  const target = document.getElementById(link.hash.slice(1));
  if (target) observer.observe(target);
}

// What is selected in a case is the passage an error is reported of.
document.addEventListener("click", (event) => {
  const report = event.target.closest("[data-report]");
  const words = document.getSelection().toString().trim().slice(0, 200);
  if (report && words) report.search += `&quote=${encodeURIComponent(words)}`;
});
