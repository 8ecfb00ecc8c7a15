// @ts-check
// Where the service writes a subtitle file, with a button that copies the path.

import { copyText } from "../room/copy_text.js";
import { setText } from "../room/page.js";

const COPIED_MS = 2000;
const WHOLE = /^(\/|[A-Za-z]:|\\\\)/; // a path from the root of a disk

/**
 * Say where a file is.
 * @param {string} path
 */
const describePath = (path) => (WHOLE.test(path) ? path : `${path} in the data folder of the service`);

/**
 * Show the path that is in the data of an output's row, now and whenever it changes.
 * @param {HTMLElement} row
 */
export function addPath(row) {
  const [line, text, button] = ["p", "code", "button"].map((tag) => document.createElement(tag));
  line.className = "line path";
  text.className = "name";
  Object.assign(button, { type: "button", className: "small", textContent: "Copy" });
  button.setAttribute("aria-label", "Copy the path of the file");
  button.addEventListener("click", async () => {
    setText(button, (await copyText(row.dataset.path ?? "")) ? "Copied" : "Not copied");
    setTimeout(() => setText(button, "Copy"), COPIED_MS);
  });
  line.append(text, button);
  row.append(line);
  const show = () => {
    const { path } = row.dataset;
    line.hidden = !path;
    setText(text, path ? describePath(path) : "");
  };
  new MutationObserver(show).observe(row, { attributeFilter: ["data-path"] });
  show();
}
