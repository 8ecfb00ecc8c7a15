// Writes one phrase into its place in the document: solid and grey words, and quiet marks of what an operator changed.

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/u;

/** The space between solid and grey words, which some scripts do not have. */
const between = (before, after) =>
  !before || !after || /\s$/.test(before) || CJK.test(before.at(-1)) || CJK.test(after[0]) ? "" : " ";

export const textOf = (caption) =>
  caption && caption.state !== "withdrawn" ? caption.committed + caption.tentative : "";

/** Change a text as little as possible, so that what somebody has selected stays selected. */
function setText(node, text) {
  if (node.data === text) return;
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

function part(name) {
  const span = document.createElement("span");
  span.className = name;
  span.append("");
  return span;
}

function line() {
  const made = document.createElement("p");
  made.dir = "auto";
  made.append(part("solid"), part("tentative"));
  return made;
}

function mark(node, text) {
  const shown = node.querySelector(".mark");
  if (!text) {
    shown?.remove();
  } else {
    const span = shown ?? part("mark");
    Object.assign(span, {
      lang: "en",
      dir: "ltr",
      title:
        text === "corrected"
          ? "The organiser corrected this text."
          : "The original text was corrected after this was translated.",
    });
    setText(span.firstChild, text);
    if (!shown) node.append(" ", span);
  }
}

function put(node, caption, place) {
  const isEmpty = textOf(caption) === "";
  node.className = place ? "text second" : "text";
  node.hidden = isEmpty;
  if (isEmpty) return;
  if (node.lang !== caption.language) node.lang = caption.language;
  setText(node.children[0].firstChild, caption.committed);
  setText(node.children[1].firstChild, between(caption.committed, caption.tentative) + caption.tentative);
  mark(node, caption.is_outdated ? "the original was corrected" : caption.state === "corrected" ? "corrected" : "");
}

/** Write `phrase` into `node`, one paragraph for each of `tracks`; `isNew` says that another speaker spoke before. */
export function write(node, phrase, tracks, isNew) {
  const shown = tracks.map((track) => phrase.captions.get(track));
  const speaker = isNew ? shown.find((caption) => textOf(caption))?.speaker : null;
  let name = node.querySelector(".speaker");
  if (!speaker) {
    name?.remove();
  } else {
    if (!name) {
      name = part("speaker");
      name.dir = "auto";
      node.prepend(name);
    }
    setText(name.firstChild, speaker);
  }
  const lines = [...node.querySelectorAll("p")];
  while (lines.length > tracks.length) lines.pop().remove();
  shown.forEach((caption, i) => {
    lines[i] ??= node.appendChild(line());
    put(lines[i], caption, i);
  });
}
