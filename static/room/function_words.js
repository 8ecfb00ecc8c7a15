// @ts-check
// Words that belong to the next one, so that a line should not end with them: articles, prepositions, and, or.

const WORDS = {
  de: `der die das den dem des ein eine einen einem einer eines kein keine keinen keiner und oder am an ans auf aus bei beim bis
durch für gegen hinter im in ins mit nach neben ohne seit über um unter vom von vor während wegen zu zum zur zwischen`,
  en: `a an the and or about above across after against around as at before behind below between by during for from in into near
of off on onto over per since than through to toward towards under until upon via with within without`,
  es: `el la los las un una unos unas y e o u a al ante bajo con contra de del desde durante en entre hacia hasta para por según
sin sobre tras`,
  fr: `le la les un une des du de au aux et ou à avec avant après chez contre dans depuis derrière devant durant en entre par
pendant pour sans selon sous sur vers`,
  it: `il lo la i gli le un uno una e ed o a ad al allo alla ai agli alle con contro da dal dallo dalla dai dagli dalle di del
dello della dei degli delle dopo durante fra in nel nello nella nei negli nelle per prima senza sopra sotto su sul sullo sulla
sui sugli sulle tra verso`,
  nl: `de het een en of aan achter als bij binnen buiten door in met na naar naast om onder op over per sinds te tegen tijdens tot
tussen uit van via voor zonder`,
  pt: `o a os as um uma uns umas e ou ao aos à às ante após até com contra da das de desde do dos durante em entre na nas no nos
num numa para pela pelas pelo pelos per perante por sem sob sobre`,
};

/** @type {Map<string, Set<string>>} */
const SETS = new Map(Object.entries(WORDS).map(([language, words]) => [language, new Set(words.split(/\s+/))]));

/**
 * Whether a word is a function word of a language; one with a punctuation mark behind it is none.
 * @param {string} word
 * @param {string} language
 */
export const isFunctionWord = (word, language) =>
  SETS.get(language.split("-")[0])?.has(word.toLowerCase().replace(/^[^\p{L}]+/u, "")) ?? false;
