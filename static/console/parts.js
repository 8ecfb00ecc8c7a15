// @ts-check
// Parts of the page that are fetched when the operator opens them first.

/**
 * Fetch the markup of a part; throws if the service does not answer.
 *
 * A request reads it as a document, because the policy of the pages lets no script turn text into markup.
 * @param {string} name
 * @returns {Promise<Node[]>}
 */
export function fetchPart(name) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", `/static/console/${name}.html`);
    request.addEventListener("load", () => {
      if (request.status === 200 && request.responseXML) resolve([...request.responseXML.body.childNodes]);
      else
        reject(new Error(`Expected the part ${name} of this page, but got status ${request.status}. Reload the page.`));
    });
    request.addEventListener("error", () => reject(new Error(`The service does not answer; ${name} is not ready.`)));
    request.send();
  });
}

/**
 * Load the style sheet of a part; throws if the service does not answer.
 * @param {string} name
 */
export function fetchStyle(name) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: `/static/console/${name}.css`,
    });
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`The service does not answer; ${name} is not ready.`));
    });
    document.head.append(link);
  });
}
