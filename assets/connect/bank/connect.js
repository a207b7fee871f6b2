// The built-in bank's stand-in for Teller Connect: the same calls, the same order of events, and a
// frame of its own in which a user signs in. For --demo and for tests; it has never met a real bank.
(() => {
  "use strict";

  const home = new URL(document.currentScript.src).origin;

  function setup(options) {
    const { applicationId, environment, institution, enrollmentId, nonce } = options;
    const given = { environment, institution, enrollmentId, nonce, parent: location.origin };
    const query = Object.entries(given).filter(([, value]) => value !== undefined);

    const frame = document.createElement("iframe");
    frame.id = "teller-connect-window";
    frame.title = "Connect";
    frame.style.display = "none";
    frame.src = `${home}/connect/${encodeURIComponent(applicationId)}?${new URLSearchParams(query)}`;

    const heard = (event) => {
      if (event.source !== frame.contentWindow || event.origin !== home) return;
      const { what, answer } = event.data;
      if (what === "init") options.onInit?.();
      if (what === "exit") {
        frame.style.display = "none";
        options.onExit?.();
      }
      if (what === "success") options.onSuccess(answer);
    };
    addEventListener("message", heard);
    document.body.append(frame);

    return {
      open() {
        frame.style.display = "block";
        frame.contentWindow.postMessage({ what: "open" }, home);
      },
      destroy() {
        removeEventListener("message", heard);
        frame.remove();
      },
    };
  }

  window.TellerConnect = { setup };
})();
