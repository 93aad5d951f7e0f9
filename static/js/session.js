/* Tells in good time that the session ends, and keeps it alive while somebody works. The server decides; this only
   asks it. What is asked here by itself says so, and is no sign of life. */
(function () {
  "use strict";

  const dialog = document.querySelector("[data-session]");
  if (!dialog) return;

  const MINUTE = 60000;
  const IDLE_WARNING = 5 * MINUTE;
  const WHOLE_WARNINGS = [10 * MINUTE, 2 * MINUTE];
  const RENEW = 5 * MINUTE; // while she types or clicks without sending anything
  const ASK = MINUTE / 2; // how often, while the question stands

  let idleEnd = 0;
  let wholeEnd = 0;
  let told = Date.now();
  let asked = Date.now();
  let warned = 0;
  let out = false;
  let busy = false;

  function take({ idle, whole }) {
    idleEnd = Date.now() + idle * 1000;
    wholeEnd = Date.now() + whole * 1000;
  }

  async function call(method) {
    if (busy) return;
    busy = true;
    asked = Date.now();
    const key = document.cookie.match(/(?:^|; )(?:__Host-)?portal_csrf=([^;]+)/);
    const headers = { Accept: "application/json", "X-CSRFToken": key ? key[1] : "" };
    if (method === "GET") headers["X-Background"] = "1";
    try {
      const response = await fetch(dialog.dataset.url, { method, headers, credentials: "same-origin", redirect: "manual" });
      if (response.status === 401) show("out");
      else if (response.ok) take(await response.json());
      if (response.ok && method === "POST") told = Date.now();
    } catch {
      /* no net just now: it is asked again */
    }
    busy = false;
  }

  function show(part) {
    out = out || part === "out";
    for (const one of dialog.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== part;
    const at = new Date(part === "whole" ? wholeEnd : idleEnd);
    const clock = at.toLocaleTimeString("nb-NO", { hour: "2-digit", minute: "2-digit" });
    for (const one of dialog.querySelectorAll("[data-at]")) one.textContent = clock;
    const here = window.location.pathname + window.location.search;
    dialog.querySelector("[data-here]").value = here;
    dialog.querySelector("[data-login-link]").href = `${dialog.dataset.login}?next=${encodeURIComponent(here)}`;
    dialog.setAttribute("aria-labelledby", `okt-${part}`);
    const live = dialog.querySelector("[data-live]");
    live.textContent = dialog.open ? dialog.querySelector(`[data-part="${part}"] h2`).textContent : "";
    if (!dialog.open) dialog.showModal();
    dialog.querySelector(`[data-part="${part}"] .ds-button`).focus();
  }

  async function stay() {
    if (out) return;
    await call("POST");
    if (!out && dialog.open && idleEnd - Date.now() > IDLE_WARNING) dialog.close();
  }

  async function look() {
    const now = Date.now();
    if (out) return;
    const open = dialog.open && !dialog.querySelector("[data-part=idle]").hidden;
    if (open || now >= Math.min(idleEnd, wholeEnd)) {
      if (now - asked < ASK && now < idleEnd) return;
      await call("GET"); // another tab may have said that she is there
      if (!out && open && idleEnd - Date.now() > IDLE_WARNING) dialog.close();
      return;
    }
    const limit = WHOLE_WARNINGS[warned];
    if (limit && wholeEnd - now <= limit) {
      warned = WHOLE_WARNINGS.filter((one) => wholeEnd - now <= one).length;
      show("whole");
    } else if (!dialog.open && wholeEnd - idleEnd > 1000 && idleEnd - now <= IDLE_WARNING) {
      await call("GET");
      if (!out && !dialog.open && idleEnd - Date.now() <= IDLE_WARNING) show("idle");
    }
  }

  for (const kind of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(
      kind,
      () => {
        if (!out && !dialog.open && Date.now() - told > RENEW && Date.now() < idleEnd) call("POST");
      },
      { passive: true, capture: true },
    );
  }

  dialog.addEventListener("cancel", (event) => {
    if (!dialog.querySelector("[data-part=idle]").hidden) {
      event.preventDefault();
      stay();
    }
  });
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("visibilitychange", look);

  take({ idle: Number(dialog.dataset.idle), whole: Number(dialog.dataset.whole) });
  window.setInterval(look, 5000);
})();
