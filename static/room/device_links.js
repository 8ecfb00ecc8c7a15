// @ts-check
// Links for other devices, such as phones. The operator's own address may be 127.0.0.1, which other devices cannot open.

/** What to say instead of a link or a QR code where only this machine can open the pages. */
export const ONLY_HERE =
  "Only this computer can open the room. To let phones in, start Surtitle again with --host 0.0.0.0 or --public-url.";

/**
 * Return a link to a page that other devices can open, or null if only this machine can.
 * @param {string | null} address The room's `address`.
 * @param {string} path Such as `v/main`.
 * @param {string} [fragment] Such as `#KEY`.
 */
export const deviceLink = (address, path, fragment = "") => address && `${address}/${path}${fragment}`;
