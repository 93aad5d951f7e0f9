"use strict";
// What every page needs of script: very little. The pages work without it.

// After a form was refused, the summary of what is wrong takes the focus, once.
const focusSummary = (root) => {
  const summary = root.querySelector("[data-takes-focus]");
  if (summary) summary.focus();
};
document.addEventListener("DOMContentLoaded", () => focusSummary(document));
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

// A link in the summary goes to the control itself, not only to its place on the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".ds-error-summary a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  const label = target.labels && target.labels[0];
  (label || target).scrollIntoView({ block: "center" });
});

// Every call that htmx makes carries the safety key of the moment: it changes when one logs in anew.
document.addEventListener("htmx:configRequest", (event) => {
  const key = document.cookie.match(/(?:^|; )portal_csrf=([^;]+)/);
  if (key) event.detail.headers["X-CSRFToken"] = key[1];
});

// The folded part of the menu closes by Escape, and by a click beside it.
const closeMore = (event) => {
  const open = document.querySelector(".site-more[open]");
  if (!open || (event.type === "click" && open.contains(event.target))) return;
  if (event.type === "keydown" && event.key !== "Escape") return;
  const within = open.contains(document.activeElement);
  open.open = false;
  if (within && event.type === "keydown") open.querySelector("summary").focus();
};
document.addEventListener("click", closeMore);
document.addEventListener("keydown", closeMore);
