// The lease is out of sight until two minutes are left; then the page asks, as often as it takes.
"use strict";
{
  const WARN_MS = 120_000;
  let timers = [];

  const show = (name, shown) => { document.querySelector(`[data-${name}]`).hidden = !shown; };

  function count(seconds) {
    timers.forEach(clearTimeout);
    show("more-time", false);
    show("lost", false);
    timers = [
      setTimeout(() => show("more-time", true), Math.max(0, seconds * 1000 - WARN_MS)),
      setTimeout(lost, seconds * 1000),
    ];
  }

  function lost() {
    timers.forEach(clearTimeout);
    show("more-time", false);
    show("lost", true);
  }

  document.addEventListener("page:shown", () => {
    const seconds = document.getElementById("verdict").dataset.leaseS;
    timers.forEach(clearTimeout);
    if (seconds !== undefined) count(Number(seconds));
  });

  document.addEventListener("lease:told", ({ detail }) => {
    if (document.getElementById("verdict").dataset.leaseS === undefined) return;
    detail.held ? count(detail.lease_s) : lost();
  });

  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-extend]")) return;
    const form = document.getElementById("verdict");
    const body = new FormData(form);
    body.set("keep_only", "1");
    const answer = await fetch(form.dataset.draft, { method: "POST", body });
    if (answer.ok) document.dispatchEvent(new CustomEvent("lease:told", { detail: await answer.json() }));
  });
}
