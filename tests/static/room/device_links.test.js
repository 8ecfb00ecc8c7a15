import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceLink } from "../../../static/room/device_links.js";

test("a link for other devices begins with the address that they can open", () => {
  assert.equal(deviceLink("https://192.0.2.7:8000", "v/main", "#KEY"), "https://192.0.2.7:8000/v/main#KEY");
});

test("there is no link where only this machine can open the pages", () => {
  assert.equal(deviceLink(null, "v/main", "#KEY"), null);
});
