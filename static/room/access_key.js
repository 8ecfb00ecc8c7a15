// @ts-check
// The page's access key. A link brings it after #. It leaves the address bar at once and is stored for this page's address.

/** @typedef {"sessionStorage" | "localStorage"} Place Of the tab, or of the device. */

/** What the button that forgets asks before it does. */
export const REALLY_FORGET = "Really forget? You will need your links again.";
const PREFIX = "surtitle-key ";
const FORGOTTEN = "surtitle-forgotten";
/** @type {Place[]} */
const PLACES = ["sessionStorage", "localStorage"];
let current = "";
let isRemembered = false;

/**
 * Return a part of an address decoded, or unchanged where it is not valid.
 * @param {string} text
 */
export const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * Return a stored key, "" if there is none or the browser forbids storage.
 * @param {Place} place
 * @param {string} name
 */
export function readStored(place, name = location.pathname) {
  try {
    return window[place].getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

/**
 * Store a key, and return whether the browser allows that.
 * @param {Place} place
 * @param {string} secret
 * @param {string} name
 */
export function store(place, secret, name = location.pathname) {
  try {
    window[place].setItem(PREFIX + name, secret);
    return true;
  } catch {
    return false;
  }
}

/** The page's access key, or "". */
export const key = () => current;

/** Use the key of the link, or else the stored one. Every page begins with this. */
export function takeKey() {
  readAddress();
  addEventListener("hashchange", () => {
    if (location.hash.length < 2) return;
    readAddress();
    location.reload();
  });
  addEventListener("storage", ({ key: name, newValue }) => {
    if (name === FORGOTTEN && newValue) forget();
  });
}

function readAddress() {
  const given = decoded(location.hash.slice(1));
  // the tab's first, because two tabs may show the page with different keys
  current = given || readStored("sessionStorage") || readStored("localStorage");
  // where nothing can be stored, the key stays in the address, so that a reload works
  if (given && PLACES.some((place) => store(place, given))) clearAddress();
}

/** Store the key for the next visit. Called when the service accepts it, so that a wrong link replaces no good key. */
export function rememberKey() {
  if (current && !isRemembered) isRemembered = store("localStorage", current);
}

/**
 * Go on with another key, because the service has renewed the page's own.
 * @param {string} secret
 */
export function replaceKey(secret) {
  current = secret;
  isRemembered = false;
  store("sessionStorage", secret);
  rememberKey();
}

/** Delete all keys of this service from this device, and load all its open pages again. */
export function forgetDevice() {
  try {
    // the other tabs notice this
    localStorage.setItem(FORGOTTEN, String(Date.now()));
    localStorage.removeItem(FORGOTTEN);
  } catch {
    // without storage, no tab has stored anything
  }
  forget();
}

function forget() {
  current = "";
  for (const place of PLACES) {
    try {
      const names = Object.keys(window[place]).filter((name) => name.startsWith(PREFIX));
      for (const name of names) window[place].removeItem(name);
    } catch {
      // nothing is stored there
    }
  }
  clearAddress();
  location.reload();
}

function clearAddress() {
  history.replaceState(history.state, "", location.pathname + location.search);
}
