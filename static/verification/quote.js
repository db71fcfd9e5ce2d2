// What is selected in a part of the text is the passage its remark speaks of, when the form is opened.

let selected = { part: null, words: "" };

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const words = selection.toString().trim();
  const part = selection.anchorNode?.parentElement?.closest("[data-part]");
  if (words && part && !selection.anchorNode.parentElement.closest("form")) selected = { part, words };
});

for (const remark of document.querySelectorAll(".remark")) {
  remark.addEventListener("toggle", () => {
    const { quote, proposed } = remark.querySelector("form").elements;
    if (!remark.open || quote.value || selected.part !== remark.closest("[data-part]")) return;
    quote.value = selected.words.slice(0, quote.maxLength);
    if (!proposed.value) proposed.value = quote.value;
    proposed.focus();
  });
}
