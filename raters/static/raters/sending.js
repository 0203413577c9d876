// Hands an answer over and shows what follows: at once, where the next comparison was fetched ahead under its own lease.
"use strict";
{
  let ahead = null;
  let sending = false;
  const form = () => document.getElementById("verdict");
  const isHere = (address) => address === form().action;

  document.addEventListener("page:shown", () => {
    ahead = null;
    sending = false;
    fetchAhead();
  });

  async function fetchAhead() {
    const { ahead: address, token } = form().dataset;
    if (!address) return;
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form()) });
      if (answer.status === 200 && form()?.dataset.token === token) ahead = await answer.json();
    } catch {
      // Without it the next page comes the ordinary way.
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "verdict") return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const fields = [...new FormData(form())];
    if (ahead) fields.push(["ahead", ahead.token]);
    document.dispatchEvent(new CustomEvent("answer:given", { detail: { address: form().action, fields } }));
  });

  document.addEventListener("answer:taken", ({ detail: { address, told } }) => {
    localStorage.removeItem(`draft:${address.split("/").at(-2)}`);
    if (!isHere(address)) return ahead || fetchAhead(); // it was answered without a network, and the page is another
    document.dispatchEvent(new Event("draft:sent"));
    document.querySelector("[data-failed]").hidden = true;
    if (!told.fetched || !ahead) return location.assign(told.next);
    goOn(told.lease_s);
  });

  document.addEventListener("answer:kept", ({ detail: { address } }) => {
    if (!isHere(address) || !sending || !ahead) return;
    document.dispatchEvent(new Event("draft:sent"));
    goOn();
  });

  document.addEventListener("answer:refused", ({ detail: { address, html } }) => {
    if (isHere(address)) put(html);
    else location.assign(address); // its draft is still there
  });

  document.addEventListener("answer:failed", ({ detail: { address, html } }) => {
    if (!isHere(address)) return;
    const id = new DOMParser().parseFromString(html, "text/html").querySelector("[data-error-id]");
    document.querySelector("[data-failed-id]").textContent = id?.textContent ?? "";
    document.querySelector("[data-failed]").hidden = false;
    sending = false;
  });

  function goOn(leaseS) {
    const { html, token } = ahead;
    history.pushState({}, "", form().action.replace(form().dataset.token, token));
    put(html, leaseS);
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

  addEventListener("popstate", () => location.reload());
  document.dispatchEvent(new Event("page:shown"));
}
