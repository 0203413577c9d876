// Keeps the live part of a page up to date while it is in view, for as long as the server says that it changes.
"use strict";

const EVERY_MS = 3000;
const live = document.querySelector("[data-live]");
const address = live.dataset.live || location.href; // of a fragment, or of the whole page

const timer = setInterval(async () => {
  if (document.hidden || !live.querySelector("[data-live-on]")) return;
  const answer = await fetch(address).catch(() => null);
  if (answer?.status === 401) return location.reload(); // signed out: what is on the screen is nobody's
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = live.dataset.live ? page.body : page.querySelector("[data-live]");
  if (!fresh) return clearInterval(timer);
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  live.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}, EVERY_MS);
