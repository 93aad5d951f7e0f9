/* The form of a report: each field is saved as it is left, and the page says so. Without this script the form
   works too; then a section is saved whole by its buttons. */
(function (app) {
  "use strict";

  const root = document.querySelector("[data-report-form]");
  if (!root) return;

  const { fields } = app;
  const texts = root.dataset;
  const status = document.querySelector("[data-status]");
  const fieldOf = (key) => root.querySelector(`[data-key="${CSS.escape(key)}"]`);

  /* ---- the status line --------------------------------------------------------------------------- */

  function say(state, data) {
    const link = status.querySelector("[data-status-link]");
    const conflicts = root.querySelector("[data-conflict]:not(:empty)");
    const words = {
      saving: texts.textSaving,
      retry: texts.textRetry,
      login: texts.textLogin,
      refused: texts.textRefused,
      stopped: data && `${data.heading}. ${data.text || ""}`,
      elsewhere: texts.textConflict,
      saved: (data && data.status) || texts.textSaved,
    };
    if (state === "saved" && conflicts) state = "elsewhere";
    status.dataset.state = state;
    status.querySelector("[data-status-text]").textContent = words[state];
    link.hidden = !["login", "stopped"].includes(state) && !(state === "elsewhere" && data && data.url);
    if (state === "login") {
      link.href = `${texts.loginUrl}?next=${encodeURIComponent(window.location.pathname)}`;
      link.textContent = texts.textLoginLink;
    } else if (state === "stopped" && data && data.links && data.links.length) {
      link.href = data.links[0].url;
      link.textContent = data.links[0].text;
    } else if (data && data.url) {
      link.href = data.url;
      link.textContent = data.link;
    }
  }

  /* ---- talking to the server ----------------------------------------------------------------------- */

  function token() {
    const cookie = document.cookie.split("; ").find((one) => /^(__Host-)?portal_csrf=/.test(one));
    return cookie ? cookie.split("=")[1] : root.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  const KINDS = { 200: "saved", 400: "refused", 401: "login", 404: "stopped", 409: "stopped", 413: "refused" };

  /* The safety key may be out of date: she has logged in or out elsewhere. Reading the page gives a new one. */
  async function freshToken() {
    const response = await fetch(window.location.pathname, {
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
    if (response.status === 401) return { kind: "login" };
    return response.ok ? { kind: "lost" } : { kind: "stopped", data: await response.json() };
  }

  async function send(entry) {
    const { key, value, rev, base } = entry;
    const body = JSON.stringify({ key, value, rev, base });
    const response = await fetch(texts.saveUrl, {
      method: "POST",
      body,
      keepalive: body.length < 60000, // what is on its way when the page is left, arrives
      credentials: "same-origin",
      redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
    });
    if (response.status === 403) return freshToken();
    const json = (response.headers.get("Content-Type") || "").startsWith("application/json");
    const data = json ? await response.json() : {};
    if (response.status === 200 && !json) return { kind: "lost" };
    if (data.code === "conflict") return { kind: "conflict", data };
    return { kind: KINDS[response.status] || "lost", data };
  }

  /* ---- what comes back ------------------------------------------------------------------------------ */

  function setRev(field, rev) {
    field.dataset.rev = rev;
    const hidden = field.querySelector("[data-rev-input]");
    if (hidden) hidden.value = rev;
  }

  function progress(data) {
    if (!data.sections) return;
    data.sections.forEach((section) => {
      const item = document.querySelector(`[data-section="${CSS.escape(section.key)}"]`);
      if (!item) return;
      item.querySelector("[data-section-text]").textContent = section.text;
      const mark = item.querySelector("[data-mark]");
      mark.dataset.state = item.hasAttribute("aria-current") ? "now" : section.state;
      mark.textContent = section.state === "done" && !item.hasAttribute("aria-current") ? "✓" : mark.dataset.number;
    });
    document.querySelectorAll("[data-overall]").forEach((place) => {
      place.textContent = data.overall.text;
    });
    document.querySelectorAll("[data-overall-bar]").forEach((bar) => {
      bar.max = data.overall.total;
      bar.value = data.overall.done;
      bar.setAttribute("aria-label", data.overall.text);
    });
  }

  /* What a check asks about after this answer, at its place; left alone where she is writing. */
  function warnings(entry, data) {
    if (!data.warnings || entry.key.startsWith("comment:")) return;
    root.querySelectorAll("[data-findings]").forEach((place) => {
      const html = data.warnings[place.dataset.findings] || "";
      if (place.contains(document.activeElement)) return;
      const keys = (parent) => Array.from(parent.querySelectorAll("[data-key]"), (one) => one.dataset.key).join();
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      if (keys(place) !== keys(fresh.content)) place.replaceChildren(fresh.content);
    });
  }

  function saved(entry, data, unchanged) {
    progress(data);
    warnings(entry, data);
    const version = root.querySelector("[data-draft-version]");
    if (version) version.value = data.version;
    const field = fieldOf(entry.key);
    if (!field) return;
    setRev(field, data.rev);
    if (entry.key.startsWith("comment:") && !data.error) fields.controls(field)[0].defaultValue = data.value;
    if (!unchanged) return;
    fields.showError(field, data.error);
    const typing = field.contains(document.activeElement) && document.activeElement.matches("textarea, [type=text]");
    if (!data.error && data.text !== undefined && !typing) fields.write(field, data.text);
    const source = field.querySelector("[data-source]");
    if (source) source.hidden = true; // the answer is her own now
    const by = (field.closest("[data-matrix]") || field).querySelector("[data-by]");
    if (by && data.by !== undefined) {
      by.textContent = data.by;
      by.hidden = !data.by;
    }
    offerLast(field);
  }

  /* The server cannot read it at all: it stays in the page, and is not sent again. */
  function refused(entry) {
    const field = fieldOf(entry.key);
    if (field) fields.showError(field, texts.textRefused);
    say("refused");
  }

  function conflict(entry, data) {
    const field = fieldOf(entry.key);
    if (!field) {
      say("elsewhere", data);
      return;
    }
    const place = field.querySelector("[data-conflict]");
    place.innerHTML = data.html;
    say("elsewhere");
    place.querySelector("[data-choose]").addEventListener("click", () => {
      const mine = place.querySelector("input:checked").value === "mine";
      place.replaceChildren();
      setRev(field, data.rev);
      if (mine) {
        queue.put({ key: entry.key, value: entry.value, rev: data.rev, base: data.theirs });
      } else {
        queue.drop(entry.key);
        fields.write(field, data.theirs);
        fields.showError(field, data.error);
        fields.conditions(root);
        say("saved");
      }
      fields.controls(field)[0].focus();
    });
  }

  const queue = new app.Queue(texts.storage, send, { saved, conflict, refused, state: say });
  app.queue = queue;

  /* ---- what she does ---------------------------------------------------------------------------------- */

  /* What is sent of a field: the value, and what she saw before: a revision, or the text of an explanation. */
  function entryOf(field) {
    const { key, rev } = field.dataset;
    const base = key.startsWith("comment:") ? fields.controls(field)[0].defaultValue : undefined;
    return { key, value: fields.read(field), rev: Number(rev), base };
  }

  function save(field) {
    queue.put(entryOf(field));
    fields.conditions(root);
    offerLast(field);
  }

  function offerLast(field) {
    const offer = field.querySelector("[data-last-offer]");
    if (offer) offer.hidden = JSON.stringify(fields.read(field)) === field.dataset.last;
    const clear = field.querySelector("[data-clear]");
    if (clear) clear.hidden = fields.read(field) === "";
  }

  root.addEventListener("change", (event) => {
    const field = event.target.closest("[data-key]");
    if (!field || !event.target.matches("[data-control]")) return;
    window.clearTimeout(typing);
    save(field);
  });

  /* Enter in a field saves it; it does not press the button at the end. */
  root.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-key]");
    if (event.key !== "Enter" || !field || !event.target.matches("input[data-control]")) return;
    event.preventDefault();
    window.clearTimeout(typing);
    save(field);
  });

  let typing = 0;
  root.addEventListener("input", (event) => {
    const field = event.target.closest("[data-key]");
    if (!field || !event.target.matches("[data-control]:is(textarea, [type=text])")) return;
    fields.count(field);
    window.clearTimeout(typing);
    typing = window.setTimeout(() => {
      queue.hold(entryOf(field));
    }, 300);
  });

  function sendHeld() {
    Array.from(queue.entries.values())
      .filter((entry) => entry.held)
      .forEach((entry) => queue.put(entry));
  }

  root.addEventListener("focusout", () => {
    window.setTimeout(() => {
      if (!root.contains(document.activeElement) || !document.activeElement.matches("textarea, [type=text]")) sendHeld();
    });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") sendHeld();
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use-last], [data-clear]");
    if (!button) return;
    event.preventDefault();
    const field = button.closest("[data-key]");
    fields.write(field, button.matches("[data-clear]") ? "" : JSON.parse(field.dataset.last));
    save(field);
    fields.controls(field)[0].focus();
  });

  /* The buttons at the end: first everything is sent, then the section is posted whole, as without script. */
  root.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (root.dataset.leaving === "yes") return;
    event.preventDefault();
    window.clearTimeout(typing);
    sendHeld();
    if (!(await queue.flush()) || root.querySelector("[data-conflict]:not(:empty)")) return;
    root.dataset.leaving = "yes";
    window.setTimeout(() => root.requestSubmit(button)); // not inside the event that was stopped: it is ignored there
  });
  window.addEventListener("pageshow", () => {
    root.dataset.leaving = "no";
  });

  /* A link from the list of errors leads into the field, not only to its place. */
  function toTarget() {
    const target = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (!target || !root.contains(target)) return;
    const area = target.closest("details");
    if (area) area.open = true;
    const control = target.matches("[data-control]") ? target : target.querySelector("[data-control]");
    if (control) control.focus();
  }
  window.addEventListener("hashchange", toTarget);
  window.addEventListener("load", () => window.setTimeout(toTarget)); // after the browser's own jump, which takes the focus

  /* ---- start ------------------------------------------------------------------------------------------ */

  function start() {
    queue.adopt().forEach((entry) => {
      const field = fieldOf(entry.key);
      if (field) fields.write(field, entry.value);
      queue.put({ ...entry, conflict: false });
    });
    root.querySelectorAll("[data-key]").forEach((field) => {
      fields.count(field);
      offerLast(field);
    });
    root.querySelectorAll("[data-matrix]").forEach(app.matrix.start);
    fields.conditions(root);
    const summary = document.querySelector("[data-focus-first]");
    if (summary && !window.location.hash) summary.focus();
  }

  start();
})((window.reportForm = window.reportForm || {}));
