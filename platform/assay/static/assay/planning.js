// Presses "Recalculate" while one plans: sends the form as it stands and takes over the parts that depend on it.
"use strict";

const WAIT_MS = 400;
const form = document.querySelector("[data-planning]");
let timer = 0;
let asked = 0;

async function replan(changed) {
  const mine = ++asked;
  const data = new FormData(form);
  data.set("recalculate", "");
  const answer = await fetch(location.href, { method: "POST", body: data }).catch(() => null);
  if (!answer || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of form.querySelectorAll("[data-replan]")) {
    const fresh = page.querySelector(`[data-replan="${part.dataset.replan}"]`);
    const power = part.dataset.replan === "power";
    if (!fresh || !(power || changed === "prompts")) continue;
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.replaceChildren(...fresh.childNodes);
    part.querySelectorAll("details").forEach((one, place) => { one.open = open[place] ?? one.open; });
    if (!power) part.querySelector(`[name="${changed}"]`)?.focus();
  }
}

form?.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(() => replan(event.target.name), WAIT_MS);
});
