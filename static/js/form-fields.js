/* Reading and writing the fields of a form, their errors, and which questions are asked at all.
   A field is an element with data-key; its controls are inside it. */
(function (app) {
  "use strict";

  /* Its own controls: the explanation of a warning is a field inside the field it is about. */
  const controls = (field) =>
    Array.from(field.querySelectorAll("[data-control]")).filter((input) => input.closest("[data-key]") === field);

  /* The value as the server takes it: a string, or a list of strings where several may be chosen. */
  function read(field) {
    const inputs = controls(field);
    if (field.dataset.many !== undefined) return inputs.filter((input) => input.checked).map((input) => input.value);
    if (inputs[0].type === "radio") {
      const chosen = inputs.find((input) => input.checked);
      return chosen ? chosen.value : "";
    }
    return inputs[0].value;
  }

  function write(field, value) {
    const wanted = new Set(Array.isArray(value) ? value.map(String) : [String(value ?? "")]);
    controls(field).forEach((input) => {
      if (input.type === "radio" || input.type === "checkbox") input.checked = wanted.has(input.value);
      else input.value = value ?? "";
    });
    count(field);
  }

  /* How many characters a long text has used. */
  function count(field) {
    const place = field.querySelector("[data-count]");
    const area = field.querySelector("textarea");
    if (place && area) place.textContent = place.dataset.count.replace("{used}", Array.from(area.value).length);
  }

  /* The sentence at the field, and the tie to it for a screen reader: the error first, then the help. */
  function showError(field, message) {
    const place = field.querySelector("[data-error]");
    if (!place) return;
    place.textContent = message || "";
    place.hidden = !message;
    field.toggleAttribute("data-invalid", Boolean(message));
    const carrier = field.querySelector("[data-describes]");
    if (!carrier) return;
    const described = [message ? place.id : "", carrier.dataset.describes].filter(Boolean).join(" ");
    if (described) carrier.setAttribute("aria-describedby", described);
    else carrier.removeAttribute("aria-describedby");
    controls(field).forEach((input) => {
      if (message) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  }

  /* A question is asked when every one of its conditions holds, by the rules of the server's form: the answer is
     among any_of, given and not among none_of, or a number of at least at_least. null: the other question is not on
     this page. */
  function holds(rule, root) {
    const parent = root.querySelector(`[data-key="${CSS.escape(rule.question)}"]`);
    if (!parent) return null;
    if (parent.hidden) return false;
    const given = [read(parent)].flat().filter((one) => one !== "");
    if (rule.none_of && rule.none_of.length) {
      return given.length > 0 && !given.some((one) => rule.none_of.includes(one));
    }
    if (rule.at_least === null) return given.some((one) => rule.any_of.includes(one));
    return given.some((one) => Number(one.replace(",", ".").replace(/\s/g, "")) >= rule.at_least);
  }

  function conditions(root) {
    root.querySelectorAll("[data-shown-when]").forEach((field) => {
      const verdicts = JSON.parse(field.dataset.shownWhen).map((rule) => holds(rule, root));
      if (verdicts.includes(null)) return;
      field.hidden = verdicts.includes(false);
    });
    root.querySelectorAll("[data-follow]").forEach((group) => {
      group.hidden = !group.querySelector("[data-key]:not([hidden])");
    });
  }

  app.fields = { controls, read, write, count, showError, conditions };
})((window.reportForm = window.reportForm || {}));
