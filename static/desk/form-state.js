// What a form of the staff desk holds, as plain data that can be kept, compared and put back.
// A state: {fields: {name: value}, rows: {prefix: [{id, values: {field: value}}]}}; a value is text, true/false,
// or, for a choice, a list of [value, label], since the choices of an autocomplete are not on the page.

import { labelText } from "./dom.js";

const SKIPPED_TYPES = ["file", "submit", "button", "reset", "image", "password", "hidden"];

const totalInput = (form, prefix) => form.elements[`${prefix}-TOTAL_FORMS`];
const totalOf = (form, prefix) => parseInt(totalInput(form, prefix).value, 10) || 0;
const rowId = (form, prefix, index) => form.elements[`${prefix}-${index}-id`]?.value ?? "";

function isContent({ name, disabled, type }) {
  if (!name || disabled || name.startsWith("_") || SKIPPED_TYPES.includes(type)) return false;
  return !name.includes("__prefix__") && !name.startsWith("initial-");
}

// One of several boxes of a name, each for one value.
const isChoice = ({ type, dataset }) => type === "checkbox" && "choice" in dataset;

// ``defaults``: the value the page came with, not the one that stands there now.
function valueOf(control, defaults = false) {
  if (control.type === "checkbox") return defaults ? control.defaultChecked : control.checked;
  if (control.tagName === "SELECT") {
    return [...control.options]
      .filter((option) => (defaults ? option.defaultSelected : option.selected) && option.value !== "")
      .map((option) => [option.value, option.text]);
  }
  return (defaults ? control.defaultValue : control.value).replace(/\r\n?/g, "\n");
}

export function readState(form, { defaults = false } = {}) {
  const state = { fields: {}, rows: {} };
  for (const { name } of form.querySelectorAll('input[name$="-TOTAL_FORMS"]')) {
    const prefix = name.slice(0, -"-TOTAL_FORMS".length);
    const row = (_, index) => ({ id: rowId(form, prefix, index), values: {} });
    state.rows[prefix] = Array.from({ length: totalOf(form, prefix) }, row);
  }
  for (const control of [...form.elements].filter(isContent)) {
    const [, prefix, index, field] = /^(.+)-(\d+)-([^-]+)$/.exec(control.name) ?? [];
    if (prefix in state.rows) {
      const row = state.rows[prefix][index];
      if (row) row.values[field] = valueOf(control, defaults);
    } else if (isChoice(control)) {
      state.fields[control.name] ??= [];
      if (valueOf(control, defaults)) state.fields[control.name].push([control.value, labelText(control)]);
    } else if (control.type !== "radio" || control.checked) {
      state.fields[control.name] = valueOf(control, defaults);
    }
  }
  return state;
}

function setChoices(select, choices) {
  for (const option of select.options) option.selected = false;
  for (const [value, label] of choices) {
    let option = [...select.options].find((item) => item.value === value);
    if (!option) {
      option = new Option(label, value);
      select.add(option);
    }
    option.selected = true;
  }
  if (!choices.length && !select.multiple) select.value = "";
}

function tickChoices(boxes, choices) {
  const wanted = choices.map(([value]) => value);
  for (const box of boxes) {
    if (box.checked === wanted.includes(box.value)) continue;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function setValue(control, value) {
  if (!control) return;
  if (Array.isArray(value) && isChoice(control[0] ?? control)) {
    tickChoices(control[0] ? [...control] : [control], value);
    return;
  }
  if (control instanceof RadioNodeList) {
    control.value = value;
    return;
  }
  if (JSON.stringify(valueOf(control)) === JSON.stringify(value)) return;
  if (control.tagName === "SELECT") setChoices(control, value);
  else if (control.type === "checkbox") control.checked = value;
  else control.value = value;
  for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
  // Select2 listens to jQuery's own events only.
  if (control.tagName === "SELECT") window.django?.jQuery?.(control).trigger("change");
}

function isEmpty(row) {
  return Object.entries(row.values).every(
    ([name, value]) => name === "order" || value === "" || value === false || (Array.isArray(value) && !value.length),
  );
}

// The index of a new row, -1 where none may be added.
function addRow(form, prefix) {
  const before = totalOf(form, prefix);
  document.querySelector(`#${CSS.escape(prefix)}-group .add-row a`)?.click();
  return totalOf(form, prefix) > before ? before : -1;
}

function restoreRows(form, prefix, rows) {
  // A file cannot be put back by a script; a new image's row would be refused without it.
  const hasFile = document.getElementById(`${prefix}-group`)?.querySelector(".empty-form input[type=file]");
  const free = [];
  const byId = new Map();
  for (let index = 0; index < totalOf(form, prefix); index += 1) {
    const id = rowId(form, prefix, index);
    if (id) byId.set(id, index);
    else free.push(index);
  }
  for (const row of rows) {
    let index = byId.get(row.id) ?? -1;
    if (index < 0) {
      if (hasFile || isEmpty(row)) continue;
      index = free.length ? free.shift() : addRow(form, prefix);
    }
    if (index < 0) continue;
    for (const [name, value] of Object.entries(row.values)) {
      setValue(form.elements[`${prefix}-${index}-${name}`], value);
    }
  }
}

export function restoreState(form, { fields, rows }) {
  for (const [name, value] of Object.entries(fields)) setValue(form.elements[name], value);
  for (const prefix of Object.keys(rows)) {
    if (totalInput(form, prefix)) restoreRows(form, prefix, rows[prefix]);
  }
}

function valueText(value) {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map(([, label]) => label).join("、");
  if (typeof value === "boolean") return value ? "是" : "否";
  return value;
}

function rowText(prefix, row) {
  if (!row || isEmpty(row)) return "";
  const texts = Object.entries(row.values)
    .filter(([name, value]) => valueText(value) && name !== "DELETE")
    .map(([name, value]) => {
      const head = document.querySelector(`#${CSS.escape(prefix)}-group th.column-${CSS.escape(name)}`);
      return `${head ? head.textContent.trim() : name}：${valueText(value)}`;
    });
  return texts.join("；") + (row.values.DELETE ? "（要删除）" : "");
}

// The row of ``known`` that ``row`` was before: by its id; a new one by its place.
function earlierRow(known, row, index) {
  if (row.id) return known.find((item) => item.id === row.id);
  return known[index]?.id ? undefined : known[index];
}

// [{label, before, after}] of all that differs between two states.
export function differences(form, before, after) {
  const texts = Object.entries(after.fields).map(([name, value]) => {
    const control = form.elements[name];
    const first = control instanceof RadioNodeList ? control[0] : control;
    const label = first?.closest(".term-boxes")?.dataset.label || labelText(first) || name;
    return { label, before: valueText(before.fields[name]), after: valueText(value) };
  });
  const rows = Object.entries(after.rows).flatMap(([prefix, list]) => {
    const heading = document.querySelector(`#${CSS.escape(prefix)}-heading`);
    return list.map((row, index) => ({
      label: `${heading ? heading.textContent.trim() : prefix} ${index + 1}`,
      before: rowText(prefix, earlierRow(before.rows[prefix] ?? [], row, index)),
      after: rowText(prefix, row),
    }));
  });
  return [...texts, ...rows].filter((item) => item.before !== item.after);
}
