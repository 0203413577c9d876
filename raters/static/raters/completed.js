// The code is copied, and the rater taken back to the recruiting site after a few seconds, unless they stay.
"use strict";
{
  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
  const onward = document.querySelector("[data-onward]");
  let left = Number(onward?.dataset.onward ?? 0);
  const ticking = onward && setInterval(() => {
    left -= 1;
    document.querySelector("[data-seconds]").textContent = left;
    if (left > 0) return;
    clearInterval(ticking);
    location.assign(onward.href);
  }, 1000);

  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-stay]")) {
      clearInterval(ticking);
      document.querySelector("[data-countdown]").hidden = true;
      onward.focus();
    }
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent);
    copy.textContent = copy.dataset.done;
    document.querySelector("[data-said]").textContent = copy.dataset.done;
  });
}
