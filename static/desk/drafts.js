// Drafts: unsaved text kept in this browser, one record for each open form, under the user who wrote it.
// Key: writing:<user>:<case or new>:<token>; record: {token, base, at, state}.

import { readCookie } from "./dom.js";

const ROOT = "writing:";
const MAX_SIZE = 400000; // characters of one record
const MAX_DRAFTS = 20;
const MAX_AGE = 30 * 24 * 3600 * 1000; // ms

export const keyPrefix = (user, caseId) => `${ROOT}${user}:${caseId || "new"}:`;

export function newToken() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(36)).join("").slice(0, 40);
}

export function readDraft(key) {
  try {
    const record = JSON.parse(localStorage.getItem(key));
    return record?.state?.fields && record.state.rows ? record : null;
  } catch {
    return null; // unreadable, or storage is switched off
  }
}

function keysWith(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return []; // storage is switched off
  }
}

export function removeDraft(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // storage is switched off
  }
}

// Newest first: [{key, record}].
export function listDrafts(prefix) {
  return keysWith(prefix)
    .map((key) => ({ key, record: readDraft(key) }))
    .filter(({ record }) => record)
    .sort((one, other) => other.record.at - one.record.at);
}

// Remove what the server says it has saved, what is unreadable, what is a month old.
export function removeStaleDrafts() {
  const saved = readCookie("writing-saved").replace(/"/g, "").split(".");
  for (const key of keysWith(ROOT)) {
    const record = readDraft(key);
    if (!record || saved.includes(record.token) || Date.now() - record.at > MAX_AGE) removeDraft(key);
  }
}

// true when written; false when there is no room for it.
export function writeDraft(key, record) {
  const text = JSON.stringify(record);
  if (text.length > MAX_SIZE) return false;
  for (const oldest of listDrafts(ROOT).slice(MAX_DRAFTS - 1)) {
    if (oldest.key !== key) removeDraft(oldest.key);
  }
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
