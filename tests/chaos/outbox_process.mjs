// Runs one Outbox of the page and does what the lines on standard input ask: {"call": "add", "pcm": base64}, ….
// Answers each line with {"sent": [base64, …], "next", "n_kept", "lost_s"}. The first argument is the path of outbox.js.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { Outbox } = await import(pathToFileURL(process.argv[2]));
let sent = [];
const outbox = new Outbox((bytes) => sent.push(Buffer.from(bytes).toString("base64")));

function samples(pcm) {
  const bytes = Buffer.from(pcm, "base64");
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const calls = {
  add: ({ pcm }) => outbox.add(samples(pcm)),
  acknowledge: ({ sample }) => outbox.acknowledge(sample),
  resume: ({ sample }) => outbox.resume(sample),
  pause: () => outbox.pause(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  calls[asked.call](asked);
  const { next, kept, lostS } = outbox;
  process.stdout.write(`${JSON.stringify({ sent, next, n_kept: kept.length, lost_s: lostS })}\n`);
  sent = [];
}
