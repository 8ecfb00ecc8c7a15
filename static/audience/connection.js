// What the page says of its own state: in few words, and true.

const LATE_S = 4;
const SOURCES = {
  listening: "live",
  starting: "starting",
  waiting: "no sound arrives",
  retrying: "the sound is interrupted",
};

/** Return [kind, words] for the state of a room and of the connection to it. */
export function describe(status, room) {
  if (status === "refused") return ["lost", "not connected"];
  if (status === "closed") return ["lost", "reconnecting"];
  if (status !== "open" || !room) return ["connecting", "connecting"];
  if (room.showing.is_paused) return ["paused", "paused by the organiser"];
  const behindS = Math.max(0, ...room.sources.map((source) => source.behind_s));
  if (behindS >= LATE_S) return ["late", `behind by ${Math.round(behindS)} s`];
  // of several speakers the best tells
  const best = Object.keys(SOURCES).find((name) => room.sources.some((source) => source.status === name));
  if (!best) return ["idle", room.sources.length ? "nobody speaks now" : "nobody speaks yet"];
  return [best === "listening" ? "live" : best === "starting" ? "idle" : "late", SOURCES[best]];
}

export class Connection {
  constructor(line, text, told) {
    Object.assign(this, { line, text, told, status: "connecting", room: null });
  }

  /** Those who do not see the line hear only of a loss and its end. */
  set(status) {
    const wasLost = this.isLost;
    this.status = status;
    if (this.isLost && !wasLost) this.told.textContent = "The connection is lost. Reconnecting.";
    if (status === "open" && wasLost) this.told.textContent = "Connected again.";
    this.draw();
  }

  get isLost() {
    return this.status === "closed" || this.status === "refused";
  }

  draw(room = this.room) {
    this.room = room;
    const [kind, words] = describe(this.status, room);
    this.line.className = `state ${kind}`;
    if (this.text.textContent !== words) this.text.textContent = words;
  }
}
