// @ts-check
// Sample text, word by word, to set the look of a page without a speaker.

/** @import { DisplayedCaption } from "./messages" */

/** @type {Record<string, string>} */
const TEXTS = {
  en: "This is how your subtitles will look. Solid words stay where they are, grey words may still change.",
  de: "So werden Ihre Untertitel aussehen. Feste Wörter bleiben stehen, graue können sich noch ändern.",
  fr: "Voici vos sous-titres. Les mots fixes restent en place, les mots gris peuvent encore changer.",
  es: "Así se verán sus subtítulos. Las palabras fijas no se mueven, las grises aún pueden cambiar.",
  ar: "هكذا ستبدو الترجمة على الشاشة. الكلمات الثابتة تبقى في مكانها، والكلمات الرمادية قد تتغير.",
  he: "כך ייראו הכתוביות שלכם. מילים קבועות נשארות במקומן, מילים אפורות עדיין עשויות להשתנות.",
  ja: "字幕はこのように表示されます。確定した言葉は動きません。灰色の言葉は「まだ」変わることがあります。",
  zh: "您的字幕将会这样显示。已确定的文字不会移动，灰色的文字仍可能改变。",
  ko: "자막은 이렇게 표시됩니다. 확정된 단어는 움직이지 않고, 회색 단어는 아직 바뀔 수 있습니다.",
};
const SPEAKERS = ["Anna", "Ben"];
const AHEAD = 4; // tentative words
const STEP_MS = 350;

/**
 * Play one phrase after another, without end.
 * @param {() => string[]} tracks Returns the tracks to play; the original is German if a translation is shown too.
 * @param {(caption: DisplayedCaption) => void} show
 */
export function play(tracks, show) {
  let [said, rev, phrase] = [AHEAD * 2, 0, 0];
  const step = () => {
    rev += 1;
    const names = tracks();
    let isOver = true;
    names.forEach((track) => {
      const language = TEXTS[track] ? track : track === "original" && names.length > 1 ? "de" : "en";
      const text = TEXTS[language];
      const pieces = text.match(/^(ja|zh)$/.test(language) ? /.{1,3}/gu : /\S+\s*/g) ?? [];
      const isDone = said > pieces.length + AHEAD;
      isOver &&= isDone;
      show({
        phrase: `demo-${phrase}`,
        track,
        rev,
        state: isDone ? "final" : "open",
        language,
        speaker: SPEAKERS[phrase % 2],
        committed: isDone ? text : pieces.slice(0, Math.max(0, said - AHEAD)).join(""),
        tentative: isDone ? "" : pieces.slice(Math.max(0, said - AHEAD), said).join(""),
      });
    });
    said += 1;
    if (isOver) [said, phrase] = [1, phrase + 1];
  };
  step();
  setInterval(step, STEP_MS);
}
