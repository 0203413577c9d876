// Answers wait here, on this device, until the server has taken them: several without a network, each counted once.
"use strict";
{
  const PLACE = "answers-to-send";
  const RETRY_MS = 5_000;
  let flushing = false;
  let offline = false;
  let retry = null;

  const kept = () => JSON.parse(localStorage.getItem(PLACE) ?? "[]");
  const store = (answers) => localStorage.setItem(PLACE, JSON.stringify(answers));
  const without = (address) => kept().filter((one) => one.address !== address);
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`answer:${name}`, { detail }));

  document.addEventListener("answer:given", ({ detail }) => {
    store([...without(detail.address), detail]);
    flush();
  });
  document.addEventListener("page:shown", () => {
    show();
    if (kept().length && !offline) flush();
  });
  addEventListener("online", flush);

  async function flush() {
    if (flushing) return;
    flushing = true;
    clearTimeout(retry);
    const passed = new Set(); // not this rater's, or refused for now: they stay and stop nobody
    for (let one; (one = kept().find(({ address }) => !passed.has(address)));) {
      const answer = await post(one);
      offline = answer === null;
      show();
      if (offline) break;
      if (await take(one.address, answer)) store(without(one.address));
      else passed.add(one.address);
    }
    flushing = false;
    if (offline) retry = setTimeout(flush, RETRY_MS);
  }

  async function post({ address, fields }) {
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    const here = document.querySelector("#verdict [name=csrfmiddlewaretoken]");
    body.set("csrfmiddlewaretoken", here.value); // it may have been given anew since
    try {
      return await fetch(address, { method: "POST", body, headers: { "X-By-Script": "1" } });
    } catch {
      tell("kept", { address });
      return null;
    }
  }

  // Whether it need not wait here any longer.
  async function take(address, answer) {
    if (answer.status === 422) tell("refused", { address, html: await answer.text() });
    else if (!answer.ok) return failed(address, await answer.text());
    else if (answer.redirected) return signedOut(address, answer.url);
    else tell("taken", { address, told: await answer.json() });
    return true;
  }

  // The answer on the screen is a draft again; those of earlier pages wait on.
  const isHere = (address) => address === document.getElementById("verdict").action;

  function signedOut(address, login) {
    location.assign(login);
    return isHere(address);
  }

  function failed(address, html) {
    tell("failed", { address, html });
    return isHere(address);
  }

  function show() {
    document.querySelector("[data-offline]").hidden = !offline;
    document.querySelector("[data-kept]").textContent = kept().length;
  }
}
