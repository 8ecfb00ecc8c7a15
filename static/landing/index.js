// @ts-check
// The landing page: the steps of a meeting for each room that the page's key may run, and help for everybody else.

import { REALLY_FORGET, forgetDevice, key, takeKey } from "../room/access_key.js";
import { find } from "../room/page.js";
import { ServiceError, messageOf, request } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { RoomList } from "./room_list.js";

/** @import { OwnKey } from "../room/messages" */

const AGAIN_MS = 2000;

/** Ask what the page's key opens, until the service answers; null if the service refuses it. */
async function askKey() {
  for (;;) {
    try {
      /** @type {OwnKey} */
      const own = await (await request("/api/key")).json();
      return { own, refusal: "" };
    } catch (error) {
      if (error instanceof ServiceError && error.isAnswered) return { own: null, refusal: messageOf(error) };
      find("lost").textContent = "Surtitle does not answer. This page tries again by itself.";
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/**
 * Show what a visitor without the rights of an operator can do.
 * @param {OwnKey | null} own
 * @param {string} refusal
 */
async function showVisitor(own, refusal) {
  const { showHelp } = await import("./visitor.js");
  showHelp(find("rooms"), own, refusal);
  find("foot").hidden = !key();
}

takeKey();
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
const { own, refusal } = key() ? await askKey() : { own: null, refusal: "" };
if (own?.role === "admin" || own?.role === "operator") {
  const list = new RoomList(own.room);
  find("new").addEventListener("click", () => list.openNew());
  list.follow();
} else showVisitor(own, refusal);
