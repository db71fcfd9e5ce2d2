// What is ticked or written on the report of a file is not lost by leaving the page without a word.

const form = document.getElementById("report-form");
let submitting = false;

// Every box with its value as it is, and as the page came with it.
function isTouched(control) {
  if (control.type === "checkbox") return control.checked !== control.defaultChecked;
  return control.type !== "hidden" && "defaultValue" in control && control.value !== control.defaultValue;
}

if (form) {
  form.addEventListener("submit", () => {
    submitting = true;
  });
  window.addEventListener("pageshow", () => {
    submitting = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!submitting && (form.dataset.failed || [...form.elements].some(isTouched))) event.preventDefault();
  });
}
