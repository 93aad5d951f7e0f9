"use strict";
/* The work list's boxes: the button names how many are chosen. Without this file the form works all the same. */
(function () {
  for (const form of document.querySelectorAll("form[data-pick]")) {
    const button = form.querySelector("[data-approve]");
    if (!button) continue;
    const boxes = Array.from(form.querySelectorAll('input[name="rapport"]'));
    const told = form.querySelector("[data-picked]");
    const all = form.querySelector("[data-pick-all]");
    const none = form.querySelector("[data-pick-none]");
    told.setAttribute("role", "status");

    const word = (count, one, many) => (count === 1 ? one : many.replace("%s", String(count)));
    const show = () => {
      const count = boxes.filter((box) => box.checked).length;
      for (const box of boxes) box.closest("tr").classList.toggle("is-picked", box.checked);
      const data = button.dataset;
      button.textContent = count ? word(count, data.one, data.many) : data.none;
      told.hidden = false;
      told.textContent = count ? word(count, data.countOne, data.countMany) : "";
      all.hidden = count === boxes.length;
      none.hidden = count === 0;
    };
    form.addEventListener("change", show);
    form.addEventListener("reset", () => setTimeout(show));
    all.addEventListener("click", () => {
      for (const box of boxes) box.checked = true;
      show();
      button.focus();
    });
    form.addEventListener("submit", (event) => {
      if (boxes.some((box) => box.checked)) return;
      event.preventDefault();
      told.hidden = false;
      told.textContent = button.dataset.why;
      boxes[0].focus();
    });
    window.addEventListener("pageshow", show); // boxes that the browser remembers
    show();
  }
})();
