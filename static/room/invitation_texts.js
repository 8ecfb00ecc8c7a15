// @ts-check
// What slides and posters say to readers, in their languages.

/**
 * @typedef {object} Texts
 * @property {string} own That people can read along in this language.
 * @property {string} plain That people can read along.
 * @property {string} scan The first step.
 * @property {string} open The second step.
 * @property {string} read The third step.
 * @property {string} choose That there are several languages.
 * @property {string} type What to do without a camera; the address follows.
 * @property {string} wifi What to do first if the address is one of a local network.
 */

/** @type {Record<string, [own: string, plain: string, scan: string, open: string, read: string, choose: string, type: string, wifi: string]>} */
const TEXTS = {
  en: [
    "Read along in your own language on your phone",
    "Read along on your phone",
    "Point your phone’s camera at the code.",
    "Tap the link that appears.",
    "Read along while people speak.",
    "You can choose the language.",
    "Or type this address into your phone’s browser:",
    "First connect your phone to the Wi-Fi here.",
  ],
  de: [
    "Lesen Sie auf Ihrem Handy in Ihrer Sprache mit",
    "Lesen Sie auf Ihrem Handy mit",
    "Richten Sie die Kamera Ihres Handys auf den Code.",
    "Tippen Sie auf den Link, der erscheint.",
    "Lesen Sie mit, während gesprochen wird.",
    "Sie können die Sprache wählen.",
    "Oder geben Sie diese Adresse im Browser Ihres Handys ein:",
    "Verbinden Sie Ihr Handy zuerst mit dem WLAN hier.",
  ],
  fr: [
    "Suivez les sous-titres dans votre langue sur votre téléphone",
    "Suivez les sous-titres sur votre téléphone",
    "Pointez l’appareil photo de votre téléphone vers le code.",
    "Touchez le lien qui apparaît.",
    "Lisez en direct ce qui est dit.",
    "Vous pouvez choisir la langue.",
    "Ou saisissez cette adresse dans le navigateur de votre téléphone :",
    "Connectez d’abord votre téléphone au Wi-Fi sur place.",
  ],
  es: [
    "Siga los subtítulos en su idioma en su teléfono",
    "Siga los subtítulos en su teléfono",
    "Apunte la cámara de su teléfono al código.",
    "Toque el enlace que aparece.",
    "Lea en directo lo que se dice.",
    "Puede elegir el idioma.",
    "O escriba esta dirección en el navegador de su teléfono:",
    "Conecte primero su teléfono a la red wifi del lugar.",
  ],
  it: [
    "Segui i sottotitoli nella tua lingua sul tuo telefono",
    "Segui i sottotitoli sul tuo telefono",
    "Inquadra il codice con la fotocamera del telefono.",
    "Tocca il link che appare.",
    "Leggi in diretta ciò che viene detto.",
    "Puoi scegliere la lingua.",
    "Oppure scrivi questo indirizzo nel browser del telefono:",
    "Collega prima il telefono al Wi-Fi del luogo.",
  ],
  pt: [
    "Acompanhe as legendas no seu idioma pelo telefone",
    "Acompanhe as legendas pelo telefone",
    "Aponte a câmera do telefone para o código.",
    "Toque no link que aparece.",
    "Leia em tempo real o que é dito.",
    "É possível escolher o idioma.",
    "Ou digite este endereço no navegador do telefone:",
    "Primeiro, conecte o telefone ao Wi-Fi do local.",
  ],
  nl: [
    "Lees mee in uw eigen taal op uw telefoon",
    "Lees mee op uw telefoon",
    "Richt de camera van uw telefoon op de code.",
    "Tik op de link die verschijnt.",
    "Lees mee terwijl er gesproken wordt.",
    "U kunt de taal kiezen.",
    "Of typ dit adres in de browser van uw telefoon:",
    "Verbind uw telefoon eerst met de wifi hier.",
  ],
  pl: [
    "Czytaj napisy w swoim języku na telefonie",
    "Czytaj napisy na telefonie",
    "Skieruj aparat telefonu na kod.",
    "Dotknij linku, który się pojawi.",
    "Czytaj na bieżąco to, co jest mówione.",
    "Możesz wybrać język.",
    "Albo wpisz ten adres w przeglądarce telefonu:",
    "Najpierw połącz telefon z tutejszym Wi-Fi.",
  ],
  uk: [
    "Читайте субтитри своєю мовою на телефоні",
    "Читайте субтитри на телефоні",
    "Наведіть камеру телефона на код.",
    "Торкніться посилання, що з’явиться.",
    "Читайте наживо те, що говорять.",
    "Мову можна вибрати.",
    "Або введіть цю адресу у браузері телефона:",
    "Спочатку під’єднайте телефон до місцевого Wi-Fi.",
  ],
  ru: [
    "Читайте субтитры на своём языке на телефоне",
    "Читайте субтитры на телефоне",
    "Наведите камеру телефона на код.",
    "Нажмите на ссылку, которая появится.",
    "Читайте в реальном времени то, что говорят.",
    "Язык можно выбрать.",
    "Или введите этот адрес в браузере телефона:",
    "Сначала подключите телефон к местному Wi-Fi.",
  ],
  tr: [
    "Konuşmaları telefonunuzda kendi dilinizde okuyun",
    "Konuşmaları telefonunuzda okuyun",
    "Telefonunuzun kamerasını koda tutun.",
    "Beliren bağlantıya dokunun.",
    "Konuşulanları canlı olarak okuyun.",
    "Dili seçebilirsiniz.",
    "Ya da bu adresi telefonunuzun tarayıcısına yazın:",
    "Önce telefonunuzu buradaki Wi-Fi ağına bağlayın.",
  ],
  ar: [
    "تابع القراءة بلغتك على هاتفك",
    "تابع القراءة على هاتفك",
    "وجّه كاميرا هاتفك نحو الرمز.",
    "اضغط على الرابط الذي يظهر.",
    "اقرأ ما يُقال مباشرةً.",
    "يمكنك اختيار اللغة.",
    "أو اكتب هذا العنوان في متصفح هاتفك:",
    "صِل هاتفك أولًا بشبكة Wi-Fi هنا.",
  ],
  ja: [
    "お使いの言語の字幕をスマートフォンで読めます",
    "字幕をスマートフォンで読めます",
    "スマートフォンのカメラをコードに向けます。",
    "表示されたリンクをタップします。",
    "話の内容をその場で読めます。",
    "言語を選べます。",
    "または、スマートフォンのブラウザーに次のアドレスを入力します：",
    "先に、スマートフォンを会場のWi-Fiに接続してください。",
  ],
  zh: [
    "用手机阅读您所用语言的字幕",
    "用手机阅读字幕",
    "将手机相机对准二维码。",
    "点按出现的链接。",
    "实时阅读发言内容。",
    "您可以选择语言。",
    "或在手机浏览器中输入此网址：",
    "请先将手机连接到现场的 Wi-Fi。",
  ],
};

/** Languages that are always there, for visitors. */
const ALWAYS = ["en", "de"];

/**
 * Return the languages that readers can choose, as far as they are known: the spoken ones and the translations.
 * @param {{ languages: string[], tracks: string[] }} room
 */
export const offered = ({ languages, tracks }) => [
  ...new Set([...languages, ...tracks.filter((track) => track !== "original")]),
];

/**
 * Return the languages to speak to readers, and their texts: those of the room that are known here, English and German.
 * @param {{ languages: string[], tracks: string[] }} room
 * @param {number} most
 * @returns {{ language: string, isOffered: boolean, texts: Texts }[]}
 */
export function textsFor(room, most) {
  const here = offered(room);
  const others = here.filter((language) => Object.hasOwn(TEXTS, language) && !ALWAYS.includes(language));
  const chosen = new Set([...others.slice(0, most - ALWAYS.length), ...ALWAYS]);
  const known = [...here.filter((language) => chosen.has(language)), ...ALWAYS];
  return [...new Set(known)].map((language) => {
    const [own, plain, scan, open, read, choose, type, wifi] = TEXTS[language];
    const texts = { own, plain, scan, open, read, choose, type, wifi };
    return { language, isOffered: here.includes(language) && room.tracks.length > 1, texts };
  });
}

/**
 * Return the name of a language in that language.
 * @param {string} language
 */
export function ownName(language) {
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  } catch {
    return language;
  }
}
