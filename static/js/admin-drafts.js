// Unsaved text kept in this browser: one record for each open form, under the user who wrote it.
// Key: writing:<user>:<case or new>:<token>; record: {token, base, at, state}.
(function () {
  "use strict";

  var ROOT = "writing:";
  var MAX_SIZE = 400000; // characters of one record
  var MAX_DRAFTS = 20;
  var MAX_AGE = 30 * 24 * 3600 * 1000;

  function newToken() {
    var numbers = new Uint32Array(4);
    window.crypto.getRandomValues(numbers);
    return Array.from(numbers, function (number) { return number.toString(36); }).join("").slice(0, 40);
  }

  function cookie(name) {
    var found = document.cookie.split("; ").find(function (item) { return item.indexOf(name + "=") === 0; });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function read(key) {
    try {
      var record = JSON.parse(localStorage.getItem(key));
      return record && record.state && record.state.fields && record.state.rows ? record : null;
    } catch (error) {
      return null;
    }
  }

  function keys(start) {
    try {
      return Object.keys(localStorage).filter(function (key) { return key.indexOf(start) === 0; });
    } catch (error) {
      return []; // storage is switched off
    }
  }

  function remove(key) {
    try { localStorage.removeItem(key); } catch (error) { /* storage is switched off */ }
  }

  // Newest first: [{key, record}].
  function list(start) {
    return keys(start).map(function (key) { return { key: key, record: read(key) }; })
      .filter(function (item) { return item.record; })
      .sort(function (one, other) { return other.record.at - one.record.at; });
  }

  // Forget what the server says it has saved, what is unreadable, what is a month old.
  function sweep() {
    var saved = cookie("writing-saved").replace(/"/g, "").split(".");
    keys(ROOT).forEach(function (key) {
      var record = read(key);
      if (!record || saved.indexOf(record.token) >= 0 || Date.now() - record.at > MAX_AGE) { remove(key); }
    });
  }

  // true when kept; false when there is no room for it.
  function write(key, record) {
    var text = JSON.stringify(record);
    if (text.length > MAX_SIZE) { return false; }
    list(ROOT).slice(MAX_DRAFTS - 1).forEach(function (item) { if (item.key !== key) { remove(item.key); } });
    try {
      localStorage.setItem(key, text);
      return true;
    } catch (error) {
      return false;
    }
  }

  window.drafts = {
    newToken: newToken,
    cookie: cookie,
    start: function (user, item) { return ROOT + user + ":" + (item || "new") + ":"; },
    list: list,
    read: read,
    sweep: sweep,
    write: write,
    remove: remove,
  };
})();
