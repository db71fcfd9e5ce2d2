// What the scripts of the desk share: making elements, reading labels and cookies.

export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function button(text, onClick, className = "") {
  const made = element("button", text, className);
  made.type = "button"; // not a submit of the form it stands in
  if (onClick) made.addEventListener("click", onClick);
  return made;
}

// The text of a control's label, without the colon the admin puts behind it.
export function labelText(control) {
  const label = control?.labels?.[0];
  return label ? label.textContent.trim().replace(/[:：]$/, "") : "";
}

export function readCookie(name) {
  const found = document.cookie.split("; ").find((item) => item.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
