// The form of a case, and what the page says about it: {user, case, base, bound, renderUrl, loginUrl, summaryRange}.

import { readCookie } from "./dom.js";

const box = document.getElementById("writing");
export const form = box.closest("form");
export const settings = box.dataset;

// Logging in again, in another window, changes the token this page came with.
export const csrfToken = () => readCookie("csrftoken") || form.elements.csrfmiddlewaretoken.value;
