// Keys: one chooses, Enter sends what is chosen, others press what carries them. Silent while somebody types.
"use strict";
{
  const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const carrying = (attribute, key) => document.querySelector(`[${attribute}="${CSS.escape(key.toLowerCase())}"]`);

  document.addEventListener("keydown", (event) => {
    const form = document.getElementById("verdict");
    if (!form || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.key === "Enter") return send(event, form);
    if (typing(event.target) || event.key.length !== 1) return;
    if (choose(event.key) || toPane(event.key) || press(event.key)) event.preventDefault();
  });

  function choose(key) {
    const offered = carrying("data-shortcut", key);
    if (!offered?.closest("label").checkVisibility()) return false; // the kind of tie is asked of ties alone
    offered.checked = true;
    offered.focus();
    offered.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function toPane(key) {
    const wanted = carrying("data-pane-key", key);
    const pane = wanted && document.querySelector(`[data-pane="${wanted.dataset.to}"]`);
    pane?.focus();
    return Boolean(pane);
  }

  function press(key) {
    const control = carrying("data-key", key);
    if (control?.matches("details")) {
      control.open = !control.open;
      if (control.open) control.querySelector("button")?.focus();
    } else control?.click();
    return Boolean(control);
  }

  // Enter on a link, a button or the guide does what it does everywhere; anywhere else it sends the form.
  function send(event, form) {
    if (event.target.closest("a, button, summary")) return;
    event.preventDefault();
    form.requestSubmit();
  }
}
