// Suggestions below a search box: the editable combobox with list autocomplete of the ARIA practices.
// Without this script the box is a plain one; the options are ordinary links.

import { say } from "./say.js";

const DELAY = 120; // ms after the last key

function enableSuggestions(input) {
  const { form } = input;
  let answered = ""; // the text whose suggestions stand in the list
  let timer = 0;
  let request = null;
  let active = null; // the option that Enter would open

  const list = document.createElement("div");
  list.className = "suggest-list";
  list.id = `${input.id}-suggestions`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("搜索建议"));
  const status = document.createElement("p");
  status.className = "sr";
  status.setAttribute("role", "status");
  form.append(list, status);
  const attributes = {
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  const options = () => [...list.querySelectorAll("[role=option]")];

  const activate = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (isOpen) => {
    activate(null);
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
  };

  const cancel = () => {
    clearTimeout(timer);
    request?.abort();
    request = null;
  };

  const close = () => {
    cancel();
    answered = "";
    show(false);
    status.textContent = "";
  };

  const fill = (html) => {
    list.innerHTML = html;
    const found = options();
    found.forEach((option, index) => {
      option.id = `${list.id}-${index}`;
    });
    show(found.length > 0);
    status.textContent = found.length ? say("有 {0} 条建议，用上下键选择", found.length) : say("没有建议，按回车搜索");
  };

  const suggest = async (then) => {
    const typed = input.value.trim();
    cancel();
    // One Latin letter fits half of all names.
    if (!typed || /^[\x20-\x7e]$/.test(typed)) {
      close();
      return;
    }
    if (typed === answered) {
      if (options().length) show(true);
      then?.();
      return;
    }
    const own = new AbortController();
    request = own;
    try {
      const url = `${input.dataset.suggest}?q=${encodeURIComponent(typed)}`;
      const response = await fetch(url, { headers: { "HX-Request": "true" }, signal: own.signal });
      const html = response.ok ? await response.text() : "";
      // A newer request is under way, or the reader has left the box.
      if (own !== request || document.activeElement !== input) return;
      request = null;
      answered = typed;
      fill(html);
      then?.();
    } catch {
      if (own === request) close();
    }
  };

  const suggestSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, DELAY);
  };

  const move = (step) => {
    const found = options();
    const end = step > 0 ? 0 : found.length - 1;
    activate(found[active ? found.indexOf(active) + step : end] ?? null);
  };

  const onKey = (event) => {
    // 229: a key of an input method, in browsers that end the composition before the key event.
    if (event.isComposing || event.keyCode === 229) return;
    const { key } = event;
    const isOpen = !list.hidden;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      const step = key === "ArrowDown" ? 1 : -1;
      if (isOpen) move(step);
      else suggest(() => move(step));
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
    } else if (isOpen && ["Home", "End", "ArrowLeft", "ArrowRight"].includes(key)) {
      activate(null);
    }
  };

  input.addEventListener("input", (event) => {
    if (!event.isComposing) suggestSoon();
  });
  input.addEventListener("compositionstart", cancel);
  input.addEventListener("compositionend", suggestSoon);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", onKey);
  // A click on an option must not take the focus from the box: that would close the list before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  window.addEventListener("pagehide", close);
}

document.querySelectorAll("input[data-suggest]").forEach(enableSuggestions);
