// Terms of a case: find one among many by typing, and take all that the text proposes of an open facet at once.

import { button, element, labelText } from "./dom.js";

const OPEN_FACET = "terms-keyword";

function tick(boxes) {
  for (const box of boxes) {
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Typing narrows the folded terms; Enter takes the first that is left.
function addFinder(details) {
  const input = element("input", "", "term-find");
  const terms = [...details.querySelectorAll(".term")];
  Object.assign(input, { type: "text", placeholder: "输入几个字来找，回车采用第一个" });
  input.setAttribute("aria-label", `在${details.querySelector("summary").textContent}里找`);
  input.addEventListener("input", (event) => {
    event.stopPropagation(); // no text of the case
    for (const term of terms) term.hidden = !term.textContent.includes(input.value.trim());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const first = terms.find((term) => !term.hidden);
    if (!first || !input.value.trim()) return;
    tick([first.querySelector("input")]);
    input.value = "";
    for (const term of terms) term.hidden = false;
    input.select();
  });
  details.querySelector("summary").after(input);
  details.addEventListener("toggle", () => {
    if (details.open) input.focus({ preventScroll: true });
  });
}

function addTakeAll(box) {
  const proposed = [...box.querySelectorAll(".proposed input")];
  if (proposed.length < 2) return;
  const names = proposed.map(labelText).join("、");
  const tools = element("div", "", "term-tools");
  const take = button(`全部采用这 ${proposed.length} 个`, () => {
    tick(proposed);
    tools.remove();
    proposed[0].focus();
  });
  take.title = names;
  tools.append(take);
  box.querySelector(".term-chips").after(tools);
}

for (const details of document.querySelectorAll(".term-others")) addFinder(details);
const open = document.getElementById(OPEN_FACET);
if (open) addTakeAll(open);
