// Time for which the page was really in view, without what was spent in other windows.
"use strict";
{
  let since = null;
  let spent = 0;
  const now = () => performance.now();

  document.addEventListener("page:shown", () => {
    spent = Number(document.querySelector("[data-active-ms]").dataset.soFar) || 0;
    since = document.hidden ? null : now();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden && since !== null) {
      spent += now() - since;
      since = null;
    } else if (!document.hidden && since === null) {
      since = now();
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "verdict") return;
    event.target.querySelector("[data-active-ms]").value = Math.round(spent + (since === null ? 0 : now() - since));
  }, true);
}
