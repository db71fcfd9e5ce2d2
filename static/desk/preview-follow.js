// The page beside the text shows the place where the cursor stands.

const WORDS = 24; // characters looked for
const MARKUP = /[#*>|`[\]()\s]+|^\s*(?:[-+]|\d+\.)\s/;
const BLOCKS = "main :is(p, li, td, th, h2, h3, h4, blockquote)";

const squeezed = (text) => text.replace(/\s+/g, "");

// The longest run of plain words in the line of the cursor.
function wordsAtCursor({ value, selectionStart }) {
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionStart);
  const pieces = value.slice(from, end < 0 ? value.length : end).split(MARKUP);
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
  return squeezed(longest).slice(0, WORDS);
}

export function followCursor(frame) {
  const area = document.activeElement;
  const page = frame.contentDocument;
  if (!page?.body || area?.tagName !== "TEXTAREA" || area.closest(".row-group")) return;
  const words = wordsAtCursor(area);
  if (words.length < 2) return;
  const block = [...page.querySelectorAll(BLOCKS)].find((item) => squeezed(item.textContent).includes(words));
  if (!block) return;
  const { scrollY, innerHeight } = frame.contentWindow;
  const { top, bottom } = block.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  // Not scrollIntoView: that would move the form, too.
  frame.contentWindow.scrollTo({ top: scrollY + top - innerHeight / 3, behavior: "instant" });
}
