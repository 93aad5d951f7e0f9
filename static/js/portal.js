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
  const key = document.cookie.match(/(?:^|; )(?:__Host-)?portal_csrf=([^;]+)/);
  if (key) event.detail.headers["X-CSRFToken"] = key[1];
  // What no click or key began (how far is the job?) is no sign of life: it must not keep anybody logged in.
  if (!event.detail.triggeringEvent) event.detail.headers["X-Background"] = "1";
});

// The server says that the key of this page's forms was out of date, and that the page is hers still.
document.addEventListener("portal:key", (event) => {
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = event.detail.token;
});

// The folded parts of the head close by Escape, and by a click beside them.
const closeMore = (event) => {
  if (event.type === "keydown" && event.key !== "Escape") return;
  for (const open of document.querySelectorAll(".site-more[open]")) {
    if (event.type === "click" && open.contains(event.target)) continue;
    const within = open.contains(document.activeElement);
    open.open = false;
    if (within && event.type === "keydown") open.querySelector("summary").focus();
  }
};
document.addEventListener("click", closeMore);
document.addEventListener("keydown", closeMore);
