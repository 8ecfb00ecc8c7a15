// The rooms of this service, and where to go in each.

import { makeKey } from "../room/keys.js";
import { key } from "../room/socket.js";

const list = document.getElementById("rooms");
const warning = document.getElementById("warning");
const template = document.getElementById("room");
const cards = new Map();

async function card(name) {
  if (cards.has(name)) return cards.get(name);
  const node = template.content.cloneNode(true).querySelector("section");
  const [viewer, source, operator] = [
    await makeKey(name, "viewer"),
    await makeKey(name, "source"),
    await makeKey(name, "operator"),
  ];
  const link = (page, fragment, query = "") => `/${page}/${encodeURIComponent(name)}${query}${fragment}`;
  node.querySelector("h2").textContent = `Room ${name}`;
  node.querySelector(".console").href = link("operator", operator);
  node.querySelector(".audience").href = link("v", viewer);
  node.querySelector(".stage").href = link("stage", viewer);
  node.querySelector(".overlay").href = link("overlay", viewer);
  node.querySelector(".microphone").href = link("microphone", source);
  node.querySelector(".builder").href = link("builder", viewer);
  const copy = node.querySelector(".copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(new URL(link("overlay", viewer), location.href).href);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Copying is not allowed here";
    }
    setTimeout(() => {
      copy.textContent = "Copy overlay link";
    }, 2000);
  });
  list.append(node);
  cards.set(name, node);
  return node;
}

const words = {
  starting: "is starting",
  listening: "is listening",
  waiting: "is silent: no sound arrives",
  retrying: "is being opened again",
  ended: "has ended",
  failed: "has failed",
};

function describe(state) {
  const late = (source) =>
    source.behind_s >= 4
      ? `, ${source.behind_s.toFixed(0)} s behind`
      : source.cadence_s > 1
        ? ", a little late: the machine is busy"
        : "";
  const sources = state.sources.map(
    (source) => `${source.name} ${words[source.status]}${late(source)}${source.message ? ` (${source.message})` : ""}`,
  );
  const model = state.model === "demo" ? "the demo model, which knows a small world only" : `the model ${state.model}`;
  const problems = state.problems.map((problem) => ` ${problem}`).join("");
  return `${sources.length ? sources.join("; ") : "Nobody is speaking yet"}. Decoded with ${model}; ${state.n_readers} reading.${problems}`;
}

async function refresh() {
  try {
    const answer = await fetch("/api/rooms", { headers: key() ? { Authorization: `Bearer ${key()}` } : {} });
    if (!answer.ok) throw new Error((await answer.json()).message);
    const rooms = await answer.json();
    for (const [name, node] of cards)
      if (!rooms.some((room) => room.name === name)) {
        node.remove();
        cards.delete(name);
      }
    for (const room of rooms) {
      const line = (await card(room.name)).querySelector(".state");
      const text = room.is_open ? describe(room.state) : "This room is closed.";
      if (line.textContent !== text) line.textContent = text;
    }
    warning.textContent = "";
  } catch (error) {
    warning.textContent = error instanceof TypeError ? "The service does not answer; trying again." : error.message;
  }
  setTimeout(refresh, 2000);
}

refresh();
