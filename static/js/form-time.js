/* How long somebody works at each question: seconds in which the page is in front and something was typed, chosen or
   scrolled within the last minute. An open tab counts nothing. Without this script nothing is measured. */
(function () {
  "use strict";

  const root = document.querySelector("[data-time-url]");
  if (!root) return;

  const IDLE = 60000;
  const EVERY = 45000;
  const seconds = {};
  let touched = 0;
  let sent = Date.now();

  function here() {
    const field = document.activeElement && document.activeElement.closest("[data-key]");
    return field ? field.dataset.key.split(":")[0] : "";
  }

  function token() {
    const cookie = document.cookie.split("; ").find((one) => /^(__Host-)?portal_csrf=/.test(one));
    const field = root.querySelector("[name=csrfmiddlewaretoken]");
    return cookie ? cookie.split("=")[1] : (field && field.value) || "";
  }

  function send() {
    sent = Date.now();
    if (!Object.keys(seconds).length) return;
    const body = JSON.stringify({ seconds });
    for (const code of Object.keys(seconds)) delete seconds[code];
    fetch(root.dataset.timeUrl, {
      method: "POST",
      body,
      keepalive: true,
      credentials: "same-origin",
      redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
    }).catch(() => {}); // a lost minute does no harm, and is no business of the one who writes
  }

  for (const kind of ["keydown", "pointerdown", "input", "wheel", "touchmove"]) {
    document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
  }
  window.setInterval(() => {
    const now = Date.now();
    if (!document.hidden && document.hasFocus() && now - touched < IDLE) {
      const code = here();
      seconds[code] = (seconds[code] || 0) + 1;
    }
    if (now - sent > EVERY) send();
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  window.addEventListener("pagehide", send);
})();
