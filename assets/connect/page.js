(() => {
  "use strict";

  const attempt = JSON.parse(document.getElementById("attempt").textContent);
  const find = (id) => document.getElementById(id);
  const [open, status, trouble, again] = ["open", "status", "trouble", "again"].map(find);

  // What Connect shows takes a moment; a blocked frame takes for ever.
  const SLOW = 12_000;
  let connect = null;
  let slow = 0;
  // Set once there is nothing left to try here.
  let over = false;

  const post = (where, body) =>
    fetch(attempt.base + where, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Passbook": "connect" },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "same-origin",
      body: JSON.stringify(body),
    });

  // Only for the terminal's sake: whether it hears it changes nothing here.
  const tell = (told) => post("/progress", { told }).catch(() => null);

  function say(text, done) {
    status.textContent = text;
    status.classList.toggle("done", Boolean(done));
    open.hidden = Boolean(done);
  }

  function complain(title, text, steps, retry) {
    find("trouble-title").textContent = title;
    find("trouble-text").textContent = text;
    const list = find("trouble-steps");
    list.replaceChildren(...steps.map((step) => {
      const item = document.createElement("li");
      item.textContent = step;
      return item;
    }));
    list.hidden = steps.length === 0;
    again.hidden = !retry;
    trouble.hidden = false;
    open.disabled = true;
  }

  function end() {
    over = true;
    clearTimeout(slow);
    open.disabled = true;
    close();
  }

  // A second Connect beside the first leaves a frame behind, so there is never one.
  function close() {
    if (connect && connect.destroy) {
      connect.destroy();
      connect = null;
    }
  }

  function blocked(what) {
    if (over) return;
    end();
    say("Nothing was stored.");
    tell("blocked");
    complain(
      `${what} did not load`,
      "Without it no bank can be chosen. An ad blocker, a privacy extension or a network rule may " +
        "stop it, or there is no way to the internet.",
      [
        `Allow ${attempt.script} and teller.io for this page in whatever blocks scripts.`,
        "Check that this browser reaches the internet.",
        "Try again. The address in your terminal also works in another browser.",
      ],
      true,
    );
  }

  function setUp(nonce) {
    open.disabled = true;
    const given = Object.entries({ ...attempt.setup, nonce }).filter(([, value]) => value !== null);
    slow = setTimeout(() => blocked("Teller Connect"), SLOW);
    connect = window.TellerConnect.setup({
      ...Object.fromEntries(given),
      onInit: ready,
      onExit: exited,
      onSuccess: (answer) => linked(answer, nonce),
      onFailure: () => say("Teller reports a failure. Nothing was stored; try again."),
    });
  }

  function ready() {
    if (over) return;
    clearTimeout(slow);
    open.disabled = false;
    if (status.dataset.exited) {
      say("Closed without an answer. Nothing was stored; try again whenever you like.");
    } else {
      say("Ready.");
    }
    if (document.activeElement === document.body) open.focus();
    tell("ready");
  }

  async function exited() {
    if (over) return;
    status.dataset.exited = "yes";
    say("Closed without an answer. Nothing was stored.");
    const answer = await tell("exited");
    if (over) return;
    if (!answer) return gone();
    if (!answer.ok) return expired();
    const { nonce } = await answer.json();
    if (!connect || connect.destroy) {
      close();
      setUp(nonce);
    } else {
      ready();
    }
  }

  async function linked(answer, nonce) {
    if (over) return;
    end();
    say("Checking with the bank …");
    const { accessToken, user, enrollment, signatures } = answer;
    let reply;
    try {
      reply = await post("/callback", { nonce, accessToken, user, enrollment, signatures });
    } catch {
      return gone();
    }
    if (reply.status === 410) return expired();
    if (!reply.ok) {
      say("Nothing was stored.");
      return complain("passbook did not take the answer", await reply.text(), [], false);
    }
    if (reply.status === 204) {
      return say("passbook has it: look at your terminal. You can close this page.", true);
    }
    const { kept, text } = await reply.json();
    if (kept) return say(`${text} You can close this page.`, true);
    say("Nothing was stored.");
    complain("Not connected", text, [], false);
  }

  function gone() {
    end();
    say("");
    complain("passbook is no longer waiting", "Start it again, and open the address that it prints.", [], false);
  }

  function expired() {
    end();
    say("Nothing was stored.");
    complain("This page has expired", "It was good for five minutes. Start again in your terminal.", [], false);
  }

  function start() {
    if (over) return;
    if (!window.TellerConnect) return blocked("Teller's script");
    try {
      setUp(attempt.setup.nonce);
    } catch {
      blocked("Teller Connect");
    }
  }

  open.addEventListener("click", () => {
    if (over || !connect) return;
    say("");
    tell("started");
    connect.open();
  });
  again.addEventListener("click", () => location.reload());
  setTimeout(() => over || expired(), attempt.seconds * 1000);
  slow = setTimeout(() => say(`Still waiting for ${attempt.script} …`), 3000);
  document.addEventListener("DOMContentLoaded", () => {
    clearTimeout(slow);
    start();
  });
})();
