"use strict";
// The tile map with the keyboard: one stop, then the arrows go from tile to tile as the map lies. A finger's first touch
// says which tile it hit. Without script every tile is a plain link.

const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest tile in a direction: straight on if there is one, else the least to the side.
const nearest = (tiles, from, [dx, dy]) => {
  let best = null;
  let least = Infinity;
  for (const tile of tiles) {
    const x = tile.dataset.x - from.dataset.x;
    const y = tile.dataset.y - from.dataset.y;
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead <= 0) continue;
    const far = ahead + 3 * aside;
    if (far < least) [best, least] = [tile, far];
  }
  return best;
};

const prepare = (figure) => {
  const tiles = [...figure.querySelectorAll("a.t")];
  const here = figure.querySelector("[data-tilemap-here]");
  if (!tiles.length) return;
  const stop = (tile) => tiles.forEach((other) => other.setAttribute("tabindex", other === tile ? "0" : "-1"));
  const say = (tile, link) => {
    here.hidden = !tile;
    here.replaceChildren();
    tiles.forEach((other) => other.toggleAttribute("data-here", Boolean(link) && other === tile));
    if (!tile) return;
    const text = document.createElement("span");
    text.textContent = tile.querySelector("title").textContent;
    here.append(text);
    if (!link) return;
    const open = document.createElement("a");
    open.className = "ds-link";
    open.href = tile.getAttribute("href");
    open.textContent = here.dataset.open;
    here.append(open);
  };
  stop(tiles[0]);
  let touched = null;
  let byFinger = false;
  figure.addEventListener("pointerdown", (event) => { byFinger = event.pointerType === "touch"; });
  figure.addEventListener("keydown", (event) => {
    const tile = event.target.closest("a.t");
    if (!tile || event.ctrlKey || event.altKey || event.metaKey) return;
    byFinger = false;
    let next = null;
    if (event.key in STEP) next = nearest(tiles, tile, STEP[event.key]);
    else if (event.key === "Home") next = tiles[0];
    else if (event.key === "End") next = tiles[tiles.length - 1];
    else if (event.key === "Escape") say(null);
    else return;
    event.preventDefault();
    if (!next) return;
    stop(next);
    next.focus();
  });
  figure.addEventListener("focusin", (event) => {
    const tile = event.target.closest("a.t");
    if (!tile || byFinger) return;
    stop(tile);
    say(tile);
  });
  figure.addEventListener("pointerover", (event) => {
    const tile = event.target.closest("a.t");
    if (tile && event.pointerType === "mouse") say(tile);
  });
  figure.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") say(null); });
  figure.addEventListener("focusout", (event) => { if (!figure.contains(event.relatedTarget) && !touched) say(null); });
  figure.addEventListener("click", (event) => {
    const tile = event.target.closest("a.t");
    if (!tile || !byFinger || touched === tile) return;
    event.preventDefault();
    touched = tile;
    say(tile, true);
  });
};

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-tilemap]").forEach(prepare));
