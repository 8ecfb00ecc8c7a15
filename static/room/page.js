// @ts-check
// Helpers that find the elements of a page.

/**
 * Return the element with this id, which must be of the given kind.
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function find(id, kind) {
  return checked(document.getElementById(id), id, kind);
}

/**
 * Return the first element inside `root` that a selector finds.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function query(root, selector, kind) {
  return checked(root.querySelector(selector), selector, kind);
}

/**
 * Return a copy of the only element of a template.
 * @param {string} id
 */
export function clone(id) {
  const copy = find(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  return checked(/** @type {Element} */ (copy), id, HTMLElement);
}

/**
 * Set a text only where it changes, so that a selection in it stays.
 * @param {Node | null} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/**
 * Set a sentence in which the names of options, such as --public-url, are not broken at their hyphens.
 * @param {Node | null} node
 * @param {string} text
 */
export function setSentence(node, text) {
  if (!(node instanceof Element) || node.textContent === text) return;
  const parts = text.split(/(--[a-z][a-z-]*)/);
  const option = (/** @type {string} */ name) =>
    Object.assign(document.createElement("span"), { className: "option", textContent: name });
  node.replaceChildren(...parts.map((part, i) => (i % 2 ? option(part) : part)));
}

/**
 * @template {Element} T
 * @param {Element | null} node
 * @param {string} name
 * @param {new () => T} [kind]
 * @returns {T}
 */
function checked(node, name, kind) {
  if (!(node instanceof (kind ?? HTMLElement))) throw new TypeError(`The page has no ${name} of the expected kind.`);
  return /** @type {T} */ (node);
}
