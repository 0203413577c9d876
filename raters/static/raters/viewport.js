// The window's size as the answer is sent, in CSS pixels, so that what is said on a phone can be told from the rest.
"use strict";
{
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "verdict") return;
    event.target.querySelector("[data-viewport]").value = `${innerWidth}x${innerHeight}`;
  }, true);
}
