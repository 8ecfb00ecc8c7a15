// @ts-check
// The form that makes a new link: for whom, what it allows, and how long.

import { KINDS, make } from "./link_row.js";

/** @typedef {{ label: string, role: string, lasts_s: number }} NewLink */

const DAY_S = 86_400;
const PERIODS = { "1 day": 1, "1 week": 7, "30 days": 30, "90 days": 90, "1 year": 365 };

/**
 * Return the folded form.
 * @param {(made: NewLink) => Promise<boolean>} onSubmit Makes the link and returns whether that worked.
 */
export function makeForm(onSubmit) {
  const label = make("input", {
    maxLength: 64,
    autocomplete: "off",
    placeholder: "Press, or Room 2",
    id: "link-label",
  });
  const role = make("select", { id: "link-role" });
  for (const [value, { does }] of Object.entries(KINDS)) role.append(new Option(does, value));
  const period = make("select", { id: "link-period" });
  for (const [text, days] of Object.entries(PERIODS)) period.append(new Option(text, String(days * DAY_S)));
  period.selectedIndex = 1;
  const form = make(
    "form",
    { autocomplete: "off" },
    make("label", {}, "For whom", label),
    make("label", {}, "What they may do", role),
    make("label", {}, "Ends after", period),
    make("button", { className: "primary", textContent: "Make the link" }),
  );
  const details = make("details", { id: "new-link" }, make("summary", { textContent: "New link" }), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const isDone = await onSubmit({ label: label.value.trim(), role: role.value, lasts_s: Number(period.value) });
    if (isDone) label.value = "";
  });
  details.addEventListener("toggle", () => {
    if (details.open) label.focus();
  });
  return details;
}
