// What a form of the staff desk holds, as plain data that can be kept, compared and put back.
// A state: {fields: {name: value}, rows: {prefix: [{id, values: {field: value}}]}}; a value is text, true/false,
// or, for a choice, a list of [value, label], since the choices of an autocomplete are not on the page.
(function () {
  "use strict";

  var SKIPPED = ["file", "submit", "button", "reset", "image", "password"];

  function chosen(select, defaults) {
    return Array.from(select.options).filter(function (option) {
      return (defaults ? option.defaultSelected : option.selected) && option.value !== "";
    }).map(function (option) { return [option.value, option.text]; });
  }

  function valueOf(control, defaults) {
    if (control.type === "checkbox") { return defaults ? control.defaultChecked : control.checked; }
    if (control.tagName === "SELECT") { return chosen(control, defaults); }
    return (defaults ? control.defaultValue : control.value).replace(/\r\n?/g, "\n");
  }

  function kept(control) {
    if (!control.name || control.disabled || control.name[0] === "_" || SKIPPED.indexOf(control.type) >= 0) { return false; }
    if (control.name.indexOf("__prefix__") >= 0 || /^initial-/.test(control.name)) { return false; }
    return control.type !== "hidden";
  }

  function prefixes(form) {
    return Array.from(form.querySelectorAll('input[name$="-TOTAL_FORMS"]'), function (input) {
      return input.name.slice(0, -"-TOTAL_FORMS".length);
    });
  }

  function total(form, prefix) { return parseInt(form.elements[prefix + "-TOTAL_FORMS"].value, 10) || 0; }

  function rowId(form, prefix, index) {
    var input = form.elements[prefix + "-" + index + "-id"];
    return input ? input.value : "";
  }

  function snapshot(form, defaults) {
    var state = { fields: {}, rows: {} };
    var names = prefixes(form);
    names.forEach(function (prefix) {
      state.rows[prefix] = [];
      for (var index = 0; index < total(form, prefix); index += 1) {
        state.rows[prefix].push({ id: rowId(form, prefix, index), values: {} });
      }
    });
    Array.from(form.elements).forEach(function (control) {
      if (!kept(control)) { return; }
      var match = /^(.+)-(\d+)-([^-]+)$/.exec(control.name);
      if (match && names.indexOf(match[1]) >= 0) {
        var row = state.rows[match[1]][match[2]];
        if (row) { row.values[match[3]] = valueOf(control, defaults); }
      } else if (control.type !== "radio" || control.checked) {
        state.fields[control.name] = valueOf(control, defaults);
      }
    });
    return state;
  }

  function setValue(control, value) {
    if (control.tagName === "SELECT") {
      Array.from(control.options).forEach(function (option) { option.selected = false; });
      value.forEach(function (pair) {
        var option = Array.from(control.options).find(function (item) { return item.value === pair[0]; });
        if (!option) {
          option = new Option(pair[1], pair[0]);
          control.add(option);
        }
        option.selected = true;
      });
      if (!value.length && !control.multiple) { control.value = ""; }
    } else if (control.type === "checkbox") {
      control.checked = value;
    } else {
      control.value = value;
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
    if (control.tagName === "SELECT" && window.django && window.django.jQuery) { window.django.jQuery(control).trigger("change"); }
  }

  function put(control, value) {
    if (!control) { return; }
    if (control instanceof RadioNodeList) {
      control.value = value;
    } else if (JSON.stringify(valueOf(control)) !== JSON.stringify(value)) {
      setValue(control, value);
    }
  }

  function isEmpty(row) {
    return Object.keys(row.values).every(function (name) {
      var value = row.values[name];
      return name === "order" || value === "" || value === false || (Array.isArray(value) && !value.length);
    });
  }

  function addRow(form, prefix) {
    var before = total(form, prefix);
    var link = document.querySelector("#" + CSS.escape(prefix) + "-group .add-row a");
    if (link) { link.click(); }
    return total(form, prefix) > before ? before : -1;
  }

  function applyRows(form, prefix, rows) {
    var group = document.getElementById(prefix + "-group");
    // A file cannot be put back by a script; a new picture's row would be refused without it.
    var hasFile = group && group.querySelector(".empty-form input[type=file]");
    var free = [];
    var byId = {};
    for (var index = 0; index < total(form, prefix); index += 1) {
      var id = rowId(form, prefix, index);
      if (id) { byId[id] = index; } else { free.push(index); }
    }
    rows.forEach(function (row) {
      var index = row.id && row.id in byId ? byId[row.id] : -1;
      if (index < 0) {
        if (hasFile || isEmpty(row)) { return; }
        index = free.length ? free.shift() : addRow(form, prefix);
      }
      if (index < 0) { return; }
      Object.keys(row.values).forEach(function (name) { put(form.elements[prefix + "-" + index + "-" + name], row.values[name]); });
    });
  }

  function apply(form, state) {
    Object.keys(state.fields).forEach(function (name) { put(form.elements[name], state.fields[name]); });
    Object.keys(state.rows).forEach(function (prefix) {
      if (form.elements[prefix + "-TOTAL_FORMS"]) { applyRows(form, prefix, state.rows[prefix]); }
    });
  }

  function text(value) {
    if (value === undefined) { return ""; }
    if (Array.isArray(value)) { return value.map(function (pair) { return pair[1]; }).join("、"); }
    return value === true ? "是" : value === false ? "否" : value;
  }

  function labelOf(form, name) {
    var control = form.elements[name];
    control = control instanceof RadioNodeList ? control[0] : control;
    var label = control && control.labels && control.labels[0];
    return label ? label.textContent.trim().replace(/[:：]$/, "") : name;
  }

  function rowText(form, prefix, row) {
    if (!row || isEmpty(row)) { return ""; }
    return Object.keys(row.values).filter(function (name) { return text(row.values[name]) && name !== "DELETE"; }).map(function (name) {
      var head = document.querySelector("#" + CSS.escape(prefix) + "-group th.column-" + CSS.escape(name));
      return (head ? head.textContent.trim() : name) + "：" + text(row.values[name]);
    }).join("；") + (row.values.DELETE ? "（要删除）" : "");
  }

  // [{label, before, after}] of all that differs between two states.
  function differences(form, before, after) {
    var found = [];
    Object.keys(after.fields).forEach(function (name) {
      var pair = [text(before.fields[name]), text(after.fields[name])];
      if (pair[0] !== pair[1]) { found.push({ label: labelOf(form, name), before: pair[0], after: pair[1] }); }
    });
    Object.keys(after.rows).forEach(function (prefix) {
      var heading = document.querySelector("#" + CSS.escape(prefix) + "-heading");
      var known = before.rows[prefix] || [];
      after.rows[prefix].forEach(function (row, index) {
        var same = row.id ? known.find(function (item) { return item.id === row.id; }) : known[index] && !known[index].id ? known[index] : undefined;
        var pair = [rowText(form, prefix, same), rowText(form, prefix, row)];
        if (pair[0] !== pair[1]) {
          found.push({ label: (heading ? heading.textContent.trim() : prefix) + " " + (index + 1), before: pair[0], after: pair[1] });
        }
      });
    });
    return found;
  }

  window.formState = { snapshot: snapshot, apply: apply, differences: differences };
})();
