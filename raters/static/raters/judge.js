// Comfort on the rating page: keys, and the time for which the page was really in view. Everything works without.
"use strict";

const form = document.getElementById("verdict");
const active = form.querySelector("[data-active-ms]");

const typing = (target) => target.matches("input:not([type=radio]), textarea, select, [contenteditable]");

// ── Keys: a digit chooses, Enter sends what is chosen, other letters press what carries them ──────────────────
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Enter") return send(event);
  if (typing(event.target)) return;
  const offered = form.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
  const choice = offered?.closest("label").checkVisibility() ? offered : null; // the kind of tie is asked of ties alone
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (choice) {
    choice.checked = true;
    choice.focus();
  } else if (control) {
    control.click();
  } else {
    return;
  }
  event.preventDefault();
});

// Enter on a link, a button or the guide does what it does everywhere; anywhere else it sends the form.
function send(event) {
  if (event.target.closest("a, button, summary")) return;
  event.preventDefault();
  form.requestSubmit();
}

// ── Time in view, without what was spent in other windows ──────────────────────────────────────────────────────
let since = document.hidden ? null : performance.now();
let spent = 0;

document.addEventListener("visibilitychange", () => {
  if (document.hidden && since !== null) {
    spent += performance.now() - since;
    since = null;
  } else if (!document.hidden && since === null) {
    since = performance.now();
  }
});

form.addEventListener("submit", () => {
  active.value = Math.round(spent + (since === null ? 0 : performance.now() - since));
});
