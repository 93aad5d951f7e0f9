/* The matrix of solutions: counts as answers are given, the way to the one that is missing, and all areas open. */
(function (app) {
  "use strict";

  function count(matrix) {
    let answered = 0;
    let changed = 0;
    const groups = matrix.querySelectorAll("[data-matrix-group]");
    groups.forEach((group) => {
      const rows = Array.from(group.querySelectorAll("[data-key]"));
      const done = rows.filter((row) => app.fields.read(row) !== "");
      const differs = rows.filter((row) => row.dataset.last && app.fields.read(row) && app.fields.read(row) !== row.dataset.last);
      rows.forEach((row) => row.toggleAttribute("data-changed", differs.includes(row)));
      const place = group.querySelector("[data-matrix-count]");
      place.textContent = (differs.length ? place.dataset.textChanged : place.dataset.text)
        .replace("{done}", done.length)
        .replace("{total}", rows.length)
        .replace("{changed}", differs.length);
      answered += done.length;
      changed += differs.length;
    });
    const place = matrix.querySelector("[data-matrix-total]");
    place.textContent = place.dataset.text.replace("{done}", answered).replace("{changed}", changed);
    const missing = matrix.querySelector("[data-matrix-missing]");
    missing.hidden = answered === matrix.querySelectorAll("[data-key]").length;
  }

  function toMissing(matrix) {
    const row = Array.from(matrix.querySelectorAll("[data-key]")).find((one) => app.fields.read(one) === "");
    if (!row) return;
    row.closest("details").open = true;
    row.querySelector("input").focus();
  }

  function start(matrix) {
    const all = matrix.querySelector("[data-matrix-open]");
    all.hidden = false;
    all.addEventListener("click", () => {
      const open = all.getAttribute("aria-pressed") !== "true";
      matrix.querySelectorAll("[data-matrix-group]").forEach((group) => {
        group.open = open;
      });
      all.setAttribute("aria-pressed", String(open));
    });
    matrix.querySelector("[data-matrix-missing]").addEventListener("click", () => toMissing(matrix));
    matrix.addEventListener("change", () => count(matrix));
    count(matrix);
  }

  app.matrix = { start, count };
})((window.reportForm = window.reportForm || {}));
