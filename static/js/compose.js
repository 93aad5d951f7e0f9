"use strict";
// The round builder without a script works by its buttons. With it, the fields of a kind of answer come and go as the
// kind is chosen, the focus stays at the question that was moved, and nobody leaves what is not saved unasked.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-compose-editor]");
  const kind = document.querySelector("[data-compose-kind]");
  const fit = () => {
    for (const part of form.querySelectorAll("[data-for-kind]")) {
      part.hidden = !part.dataset.forKind.split(" ").includes(kind.value);
    }
  };
  if (form && kind) {
    kind.addEventListener("change", fit);
    fit();
  }

  const moved = location.hash.startsWith("#sp-") && document.getElementById(location.hash.slice(1));
  const target = moved && (moved.querySelector("button:not([disabled])") || moved.querySelector("a"));
  // After the browser has gone to the place in the address, which takes the focus away.
  if (target) addEventListener("load", () => setTimeout(() => target.focus({ preventScroll: true }), 0));

  if (!form) return;
  let unsaved = "unsaved" in form.dataset;
  let sending = false;
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => {
    if (unsaved && !sending) event.preventDefault();
  });
});
