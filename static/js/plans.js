"use strict";
/* The areas of a decision: each says how many of its rows are mentioned, and on a narrow screen those without an
   answer begin closed. Without this file all are open and the form works all the same. */
(function () {
  const narrow = window.matchMedia("(max-width: 799.98px)").matches;
  for (const group of document.querySelectorAll(".plan-matrix > details")) {
    const rows = Array.from(group.querySelectorAll('[role="radiogroup"]'));
    const told = group.querySelector("[data-told]");
    const mentioned = () => rows.filter((row) => row.querySelector('input:checked:not([value=""])')).length;
    const show = () => {
      told.textContent = told.dataset.text.replace("{done}", String(mentioned())).replace("{total}", String(rows.length));
    };
    if (narrow && !mentioned() && !group.querySelector("[data-invalid]")) group.open = false;
    group.addEventListener("change", show);
    show();
  }
})();
