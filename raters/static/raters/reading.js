// Reading comfort: differences in place, both panes scrolled together, the prompt copied.
"use strict";
{
  document.addEventListener("page:shown", () => {
    for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
  });

  document.addEventListener("click", (event) => {
    const diff = event.target.closest("[data-diff]");
    const copy = event.target.closest("[data-copy]");
    if (diff && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      toggleDifferences(diff);
    } else if (copy) {
      copyText(copy);
    }
  });

  async function toggleDifferences(link) {
    const main = document.querySelector("main");
    if (!main.querySelector(".diff")) await fetchDifferences(link.href, main);
    const shown = main.classList.toggle("differing");
    link.setAttribute("aria-current", shown);
  }

  async function fetchDifferences(address, main) {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const letter of "AB") {
      const panes = main.querySelectorAll(`[data-pane="${letter}"]`);
      page.querySelectorAll(`[data-diff-of="${letter}"]`).forEach((diff, turn) => panes[turn]?.querySelector(".raw")?.after(diff));
    }
  }

  async function copyText(button) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    document.querySelector("[data-said]").textContent = button.dataset.done;
    button.textContent = button.dataset.done;
  }

  // By share of what there is to scroll: the longer side ends when the shorter one does.
  let leading = null;
  document.addEventListener("scroll", (event) => {
    const pane = event.target;
    if (!pane.dataset?.pane || !document.querySelector("[data-link-scroll]")?.checked) return;
    if (leading && leading !== pane) return;
    leading = pane;
    const other = [...pane.parentElement.children].find((each) => each !== pane);
    const share = pane.scrollTop / Math.max(1, pane.scrollHeight - pane.clientHeight);
    other.scrollTop = share * (other.scrollHeight - other.clientHeight);
    clearTimeout(pane.releasing);
    pane.releasing = setTimeout(() => { leading = null; }, 100);
  }, true);
}
