// A line above the end of a case: where it stands in a list, and the cases before and after.

import { say } from "./say.js";

function link(href, textContent, rel = "") {
  return Object.assign(document.createElement("a"), { href, textContent, rel });
}

// hrefs: addresses of the list's cases, in order; list: the address of the list itself.
export function showNeighbours({ label, hrefs, place, list, listWords }) {
  const end = document.querySelector(".case-end");
  if (!end || place < 0) return;
  const nav = document.createElement("nav");
  nav.className = "shelf-nav";
  nav.setAttribute("aria-label", label);
  nav.append(say("{0}，第 {1} 篇，共 {2} 篇", label, place + 1, hrefs.length));
  if (place > 0) nav.append(link(hrefs[place - 1], say("上一篇"), "prev"));
  if (place + 1 < hrefs.length) nav.append(link(hrefs[place + 1], say("下一篇"), "next"));
  nav.append(link(list, listWords));
  end.prepend(nav);
}
