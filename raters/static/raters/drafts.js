// What is filled in is kept, on this device at once and on the server 800 ms after the last change; never as an answer.
"use strict";
{
  const DELAY_MS = 800;
  let waiting = null;
  const form = () => document.getElementById("verdict");
  const place = () => `draft:${form().dataset.token}`;

  document.addEventListener("page:shown", restore);
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.form?.id !== "verdict") return;
      keepHere();
      clearTimeout(waiting);
      waiting = setTimeout(keepThere, DELAY_MS);
    });
  }
  document.addEventListener("draft:sent", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => { if (document.hidden && waiting) keepThere(); });

  const filled = () => Object.fromEntries([...new FormData(form())].filter(([name]) => !["csrfmiddlewaretoken", "idempotency_key", "active_ms", "viewport", "sure"].includes(name)));

  function keepHere() {
    localStorage.setItem(place(), JSON.stringify(filled()));
  }

  async function keepThere() {
    clearTimeout(waiting);
    waiting = null;
    const token = form().dataset.token;
    try {
      const answer = await fetch(form().dataset.draft, { method: "POST", body: new FormData(form()), keepalive: true });
      if (!answer.ok || form()?.dataset.token !== token) return;
      const told = await answer.json();
      document.dispatchEvent(new CustomEvent("lease:told", { detail: told }));
      const saved = document.querySelector("[data-saved]");
      const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
      saved.textContent = `${saved.dataset.text} ${time}`;
    } catch {
      // Offline: it is kept here, and the next change tries again.
    }
  }

  // What this device knows is at least as new as what the server knew when it made the page.
  function restore() {
    const kept = JSON.parse(localStorage.getItem(place()) ?? "null");
    for (const [name, value] of Object.entries(kept ?? {})) {
      const field = form().elements[name];
      if (field) field.value = value;
    }
  }
}
