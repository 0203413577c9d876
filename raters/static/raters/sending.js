// Sends an answer and shows what follows: at once, where the next comparison was fetched ahead under its own lease.
"use strict";
{
  const RETRY_MS = 5_000;
  let ahead = null;
  let sending = false;
  let retry = null;
  const form = () => document.getElementById("verdict");
  const show = (name, shown) => { document.querySelector(`[data-${name}]`).hidden = !shown; };

  document.addEventListener("page:shown", async () => {
    ahead = null;
    const { ahead: address, token } = form().dataset;
    if (!address) return;
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form()) });
      if (answer.status === 200 && form()?.dataset.token === token) ahead = await answer.json();
    } catch {
      // Without it the next page comes the ordinary way.
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "verdict") return;
    event.preventDefault();
    if (!sending) send();
  });

  async function send() {
    sending = true;
    const body = new FormData(form());
    if (ahead) body.set("ahead", ahead.token);
    try {
      const answer = await fetch(form().action, { method: "POST", body, headers: { "X-By-Script": "1" } });
      show("offline", false);
      show("failed", false);
      await follow(answer);
    } catch {
      show("offline", true);
      retry = setTimeout(send, RETRY_MS); // the same key: what arrived twice counts once
      return;
    }
    sending = false;
  }

  async function follow(answer) {
    if (answer.status === 422) return put(await answer.text());
    if (!answer.ok) return failed(await answer.text());
    if (answer.redirected) return location.assign(answer.url); // signed out meanwhile: the draft waits
    document.dispatchEvent(new Event("draft:sent"));
    localStorage.removeItem(`draft:${form().dataset.token}`);
    const told = await answer.json();
    if (!told.fetched || !ahead) return location.assign(told.next);
    history.pushState({}, "", told.next);
    put(ahead.html, told.lease_s);
    performance.mark("shown-from-ahead");
  }

  function put(html, leaseS) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    if (leaseS !== undefined) form().dataset.leaseS = leaseS;
    scrollTo(0, 0);
    (form().querySelector("[role=alert]") ? form().querySelector("[name=value]:checked") : document.querySelector("h1"))?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("page:shown"));
  }

  function failed(html) {
    const id = new DOMParser().parseFromString(html, "text/html").querySelector("[data-error-id]");
    document.querySelector("[data-failed-id]").textContent = id?.textContent ?? "";
    show("failed", true);
  }

  addEventListener("popstate", () => location.reload());
  addEventListener("online", () => {
    clearTimeout(retry);
    if (sending) send();
  });
  document.dispatchEvent(new Event("page:shown"));
}
