/* What is typed in a form is kept in this tab until it is sent, so that a session that ends takes nothing with it. It
   is put back after the next login, to the same user on the same page. Never passwords, codes or files. The form of a
   report keeps its answers itself. */
(function () {
  "use strict";

  const PREFIX = "typed:";
  const AT_MOST = 200000;
  const { user, login } = document.body.dataset;
  const mine = `${PREFIX}${user}:`;
  const here = mine + window.location.pathname + window.location.search;
  const store = (() => {
    try {
      return window.sessionStorage;
    } catch {
      return null; // shut off: then nothing is kept
    }
  })();
  if (!store) return;

  const names = () => Object.keys(store).filter((name) => name.startsWith(PREFIX));
  const read = (name) => {
    try {
      return JSON.parse(store.getItem(name));
    } catch {
      return null;
    }
  };
  const write = (name, entry) => {
    const text = JSON.stringify(entry);
    try {
      if (text.length <= AT_MOST) store.setItem(name, text);
    } catch {
      /* full: the page still has it */
    }
  };
  const setState = (name, state) => {
    const entry = read(name);
    if (entry) write(name, { ...entry, state });
  };

  /* ---- what came of the last page ------------------------------------------------------------------------ */

  const refused = !user || document.querySelector(".stopped"); // the login page, or one that says why it was not done
  const lost = [];
  for (const name of names()) {
    const entry = read(name);
    if (!entry || (user && !name.startsWith(mine))) store.removeItem(name);
    else if (entry.state === "sent" && refused) {
      setState(name, "kept");
      lost.push(name);
    } else if (entry.state === "sent") store.removeItem(name);
  }

  /* ---- which forms, and what of them ------------------------------------------------------------------------ */

  const forms = () =>
    Array.from(document.querySelectorAll("#innhold form")).filter(
      (form) =>
        form.method === "post" &&
        !form.matches("[data-not-kept], [data-report-form]") &&
        !form.closest("[data-report-form]") &&
        !form.querySelector("[type=password]"),
    );
  const controls = (form) =>
    Array.from(form.elements).filter(
      (one) =>
        one.name &&
        one.matches("input, select, textarea") &&
        !["hidden", "password", "file", "submit", "button", "reset", "image"].includes(one.type) &&
        one.autocomplete !== "one-time-code",
    );
  const ticked = (one) => one.type === "checkbox" || one.type === "radio";
  const value = (one) => {
    if (ticked(one)) return one.checked;
    return one.multiple && one.options ? Array.from(one.selectedOptions, (option) => option.value) : one.value;
  };
  const nameOf = (form, all) => {
    const action = form.getAttribute("action") || "";
    return `${action}#${all.filter((one) => (one.getAttribute("action") || "") === action).indexOf(form)}`;
  };

  /* A mark of what the server filled in: where it has changed, old words must not be laid over new ones. */
  function print(form) {
    const parts = Array.from(form.elements, (one) => {
      if (!one.name || one.name === "csrfmiddlewaretoken" || ["file", "password"].includes(one.type)) return "";
      if (ticked(one)) return `${one.name}=${one.value}:${one.defaultChecked}`;
      if (one.options) return `${one.name}=${Array.from(one.options, (option) => option.defaultSelected)}`;
      return `${one.name}=${one.defaultValue}`;
    });
    let hash = 5381;
    for (const letter of parts.join("\n")) hash = (hash * 33 + letter.codePointAt(0)) % 4294967296;
    return hash;
  }

  /* ---- keeping ------------------------------------------------------------------------------------------------ */

  let waiting = null;
  let timer = 0;

  function keep(form, state) {
    const all = forms();
    if (!all.includes(form)) return;
    const entry = read(here) || { forms: {} };
    const values = controls(form).map((one) => [one.name, one.type, ticked(one) ? one.value : "", value(one)]);
    entry.forms[nameOf(form, all)] = { print: print(form), values };
    write(here, { ...entry, login, state: state || (entry.state === "kept" ? "kept" : "typing") });
  }

  function flush() {
    window.clearTimeout(timer);
    if (waiting) keep(waiting);
    waiting = null;
  }

  /* ---- putting back --------------------------------------------------------------------------------------------- */

  function notice(form, which, values) {
    const box = document.getElementById(which).content.firstElementChild.cloneNode(true);
    const list = box.querySelector("ul");
    for (const [, type, , typed] of values) {
      if (!list || typeof typed !== "string" || !typed.trim() || type.startsWith("select")) continue;
      list.appendChild(document.createElement("li")).textContent = typed;
    }
    box.querySelector("[data-throw]").addEventListener("click", () => {
      waiting = null;
      store.removeItem(here);
      if (which === "typed-back") form.reset();
      box.remove();
      const first = controls(form)[0];
      if (first) first.focus();
    });
    form.prepend(box);
  }

  function fill(form, values) {
    const free = controls(form);
    for (const [name, type, choice, typed] of values) {
      const at = free.findIndex((one) => one.name === name && one.type === type && (!ticked(one) || one.value === choice));
      if (at < 0) continue;
      const [one] = free.splice(at, 1);
      if (ticked(one)) one.checked = typed;
      else if (Array.isArray(typed)) for (const option of one.options) option.selected = typed.includes(option.value);
      else one.value = typed;
      one.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  }

  function putBack() {
    const entry = read(here);
    if (!entry) return;
    if (entry.state !== "kept" && entry.login === login) {
      store.removeItem(here); // she left it herself
      return;
    }
    const all = forms();
    write(here, { ...entry, state: "kept", login });
    for (const form of all) {
      const kept = entry.forms[nameOf(form, all)];
      if (!kept) continue;
      const same = kept.print === print(form);
      if (same) fill(form, kept.values);
      notice(form, same ? "typed-back" : "typed-beside", kept.values);
    }
  }

  if (!user) return;
  putBack();
  const { logout } = document.querySelector("[data-session]").dataset;

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !event.isTrusted || form.method !== "post") return;
    if (waiting && waiting !== form) flush();
    waiting = form;
    window.clearTimeout(timer);
    timer = window.setTimeout(flush, 400);
  });
  window.addEventListener("pagehide", flush);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    flush();
    if (form.getAttribute("action") === logout) names().forEach((name) => store.removeItem(name));
    else if (form.closest("[data-typed-lost]")) lost.forEach((name) => setState(name, "sent"));
    else if (read(here) && read(here).forms[nameOf(form, forms())]) setState(here, "sent");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, xhr } = event.detail;
    if (elt.matches("form") && successful && !xhr.getResponseHeader("HX-Redirect")) store.removeItem(here);
  });
})();
