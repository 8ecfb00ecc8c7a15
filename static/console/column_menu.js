// @ts-check
// The menu in which the operator chooses which of many tracks are shown.

import { trackName } from "../room/languages.js";
import { find } from "../room/page.js";

/** @import { TrackColumns } from "./track_columns.js" */

/**
 * Show the menu instead of a button for each track.
 * @param {TrackColumns} columns
 */
export function showMenu(columns) {
  const place = find("views");
  const old = place.querySelector("details");
  const details = document.createElement("details");
  details.className = "menu";
  details.open = old?.open ?? false;
  const summary = document.createElement("summary");
  summary.className = "button small";
  summary.textContent = describe(columns);
  const list = document.createElement("div");
  list.className = "panel";
  list.append(...columns.tracks.map((track) => makeChoice(columns, track)));
  details.append(summary, list);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    summary.focus();
  });
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !details.contains(relatedTarget)) details.open = false;
  });
  const focused = document.activeElement;
  const track = focused instanceof HTMLInputElement && place.contains(focused) ? focused.value : null;
  const hadFocus = place.contains(focused);
  place.replaceChildren(details);
  if (track !== null) list.querySelectorAll("input").forEach((input) => input.value === track && input.focus());
  else if (hadFocus) summary.focus();
}

/**
 * Name the tracks that are shown.
 * @param {TrackColumns} columns
 */
function describe({ shown, tracks }) {
  const names = shown.slice(0, 2).map(trackName).join(", ");
  return shown.length === tracks.length
    ? `All ${tracks.length} languages`
    : `${names}${shown.length > 2 ? ` +${shown.length - 2}` : ""}`;
}

/**
 * @param {TrackColumns} columns
 * @param {string} track
 */
function makeChoice(columns, track) {
  const label = document.createElement("label");
  label.className = "switch";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = track;
  box.checked = columns.shown.includes(track);
  box.disabled = box.checked && columns.shown.length === 1;
  box.addEventListener("change", () => columns.pick(track, box.checked));
  label.append(box, ` ${trackName(track)}`);
  return label;
}
