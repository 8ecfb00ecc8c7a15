"""Where sentences and clauses end, by the text alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.sentences import ABBREVIATIONS, CLAUSE_ENDS, SENTENCE_ENDS, ends_clause, ends_sentence
from app.captions.sentences import strip_sentence_end as strip

# sentences end at |, and nowhere else; the first version of the rules met these texts with 440 of 464 ends right
TEXTS = [
    ("de", "Am 24. Dezember 2025 trafen sich Prof. Dr. Weber und Fr. Krüger um 14.30 Uhr. | Danach kam Tee. |"),
    ("de", "Die Müller GmbH & Co. KG hat 3,5 Mio. Euro Umsatz, d. h. rund 10 Prozent mehr. | Wir sind froh. |"),
    ("de", "Bitte beachten Sie u. a. §§ 5 ff. BGB, vgl. auch Art. 12 Abs. 3 der Verordnung. | Fragen? | Keine. |"),
    ("de", "Er sagte: „Ich komme nicht.“ | Sie antwortete: »Schade!« | (Das stimmt.) | Wirklich?! | Weiter. |"),
    ("de", "Wir verkaufen Tische, Stühle, Lampen usw. | Dann kommen wir zum 2. Punkt der Tagesordnung. |"),
    ("de", "Hermann J. Abs war Bankier, und Ludwig XIV. war König. | Also ... das weiß ich… nicht genau. |"),
    ("de", "Das ist i. d. R. am 1. und 3. Mo. im Monat. | Ich heiße Max. | Er wohnt in der Goethestr. 12, 3. Stock. |"),
    ("de", "Das kostet ca. 20 Euro, max. 25 Euro bzw. zzgl. MwSt. | Wir haben 150. | Das reicht. |"),
    ("en", "Mr. Smith and Dr. Jones met at 3 p.m. on Jan. 5 in St. Louis. | They left the U.S. capital. |"),
    (
        "en",
        "Apple Inc. announced products, e.g. a phone. | We bought from Smith & Co. last year. | Is it good?! | Yes. |",
    ),
    ("en", 'She said, "I am done." | He nodded. | (It was late.) | No. | We need No. 5, see Fig. 3 and vol. 2 too. |'),
    (
        "en",
        "J. R. R. Tolkien wrote it, i.e. the book. | The company is Acme Corp. | They make things. | Well... maybe. |",
    ),
    ("en", "Gen. Lee met Sen. Brown vs. Gov. Hill in Washington, D.C. | He left. | We meet at 10 a.m. tomorrow. |"),
    ("en", "It costs approx. 20 dollars. | I was there in 1998. | Then I left. | Prof. Adams, Ph.D., spoke. |"),
    ("fr", "M. Dupont et Mme Martin sont arrivés à 14 h. | Ils ont parlé avec le Dr. Bernard et le Pr. Petit. |"),
    ("fr", "Des pommes, des poires, etc. | C'est bien. | Voir p. 12 et fig. 3, cf. le chap. 2 du livre. | Oui. |"),
    (
        "fr",
        "La société S.A. Durand, av. Victor Hugo, tél. 01 23, est ici. | J.-C. Martin est là depuis sept. 2019 déjà. |",
    ),
    ("fr", "Ils sont sept. | J. K. Rowling est là... enfin presque. | Vraiment ? | D'accord ! |"),
    ("es", "El Sr. García y la Sra. López llegaron a las 3 p.m. a EE. UU. con el Dr. Ruiz. | Hablaron mucho. |"),
    ("es", "Pan, leche, etc. | ¿Qué más? | ¡Nada! | Véase el art. 5, pág. 12, núm. 3 de la Avda. de América. |"),
    ("es", "Ud. puede venir, p. ej. mañana. | Fue en 1998. | Entonces era joven. | J. L. Borges escribió... mucho. |"),
    ("it", "Il sig. Rossi e il dott. Bianchi, con l'avv. Verdi, sono qui. | Hanno parlato con la prof.ssa Neri. |"),
    ("it", "Mele, pere, ecc. | Poi siamo andati. | Vedi pag. 12, art. 5 e fig. 3, cfr. cap. 2 qui. | Davvero? | Sì. |"),
    ("it", "La Fiat S.p.A. ha sede a Torino. | Nel 44 a.C. morì Cesare. | G. Verdi compose... molto. | È così. |"),
    ("pt", "O Sr. Silva e a Sra. Costa chegaram às 15 h com o Dr. Lima. | Falaram muito. | São dez. | A av. Brasil. |"),
    (
        "pt",
        "Pão, leite, etc. | Depois fomos embora. | Ver pág. 12, art. 5, n. 3 aqui. | O prof. Alves, p. ex., disse. |",
    ),
    ("nl", "Dhr. Jansen en mevr. de Vries kwamen om 15.00 uur met dr. Bakker. | Zij spraken lang. |"),
    ("nl", "Appels, peren, enz. | Dan gaan we verder. | Zie blz. 12, art. 5, o.a. de fig. 3 hier. | Echt? | Ja. |"),
    ("nl", "Het kost ca. 20 euro, d.w.z. max. 25 euro. | Op 3 jan. 2020 begon Philips N.V. in Eindhoven. |"),
    ("pl", "Dr. Kowalski i prof. Nowak przyszli o godz. 15 na ul. Długą. | Rozmawiali długo. | To 3. punkt. |"),
    (
        "pl",
        "Jabłka, gruszki itd. | Potem idziemy. | Zob. art. 5 ust. 3, m.in. tu, tzn. ten. | W 2020 r. było inaczej. |",
    ),
    ("ru", "Проф. Иванов и г. Петров пришли на ул. Ленина, д. 5 вчера. | Они говорили в 2020 г. в Москве. |"),
    (
        "ru",
        "Яблоки и т. д. | Потом мы ушли. | См. стр. 12, т. е. здесь. | А. С. Пушкин писал. | Помог им. | Это всё. |",
    ),
    (
        "tr",
        "Prof. Dr. Yılmaz ve Av. Demir geldi. | Elma vb. | Sonra gittik. | Bkz. s. 12, örn. bu 20. yüzyıl. | Evet. |",
    ),
    (
        "sv",
        "Dr. Svensson kom kl. 15. | De har äpplen osv. | Sedan gick vi. | Se s. 12, t.ex. här, dvs. ca. 20 kr nu. |",
    ),
    ("da", "Hr. Jensen kom den 3. oktober. | Vi har æbler osv. | Så gik vi. | Se s. 12, f.eks. her, dvs. nu. | Ja. |"),
    ("cs", "Dr. Novák přišel 3. října na tř. Míru. | Mluvil dlouho. | To je smrt. | Ano? |"),
    ("uk", "Проф. Шевченко прийшов. | Це добре. | Так? |"),
    ("el", "Ο κ. Παπαδόπουλος ήρθε. | Τι κάνεις; | Καλά. |"),
    ("hy", "Ես եկա։ | Ինչպե՞ս ես։ | Լավ եմ: | Այո՛։ |"),
    ("ar", "جاء د. أحمد، اليوم. | كيف حالك؟ | بخير! |"),
    ("ur", "وہ آیا۔ | کیا حال ہے؟ | ٹھیک ہے۔ |"),
    ("hi", "डॉ. शर्मा आए। | आप कैसे हैं? | ठीक हूँ। | वह गया॥ |"),
    ("bn", "ডা. রায় এলেন। | কেমন আছেন? | ভালো। |"),
    ("am", "እሱ መጣ። | እንዴት ነህ፧ | ደህና ነኝ። |"),
    ("my", "သူလာပြီ။ | နေကောင်းလား။ |"),
    ("km", "គាត់មក។ | តើសុខសប្បាយទេ? | បាទ។ |"),
    ("bo", "ང་འགྲོ། | ཡིན། |"),
    ("ja", "はい。 | 行きますか？ | 「はい。」 | えーと… そうです。 | すごい！ |"),
    ("zh", "你好。 | 是吗？ | 好！ | 嗯…… 是的。 | “好。” |"),
    ("ko", "네. | 갑니다. | 정말요? | 김 박사님입니다. |"),
    ("th", "ดร. สมชาย มาครับ. | ใช่ไหม? |"),
    ("he", "ד״ר כהן בא. | מה שלומך? | טוב. |"),
]

KNOWN: dict[str, dict[str, list[str]]] = json.loads(ABBREVIATIONS.read_text(encoding="utf-8"))
LANGUAGES = sorted(KNOWN.keys() - {"source", "any"})


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_sentences_end_where_they_end(language: str, text: str) -> None:
    """In running text every end of a sentence is found, and no other."""
    words = [word for word in text.split() if word != "|"]
    marked = text.replace(" |", "|").split()
    found = [
        word + ("|" if ends_sentence(word, language, following) else "")
        for word, following in zip(words, [*words[1:], None], strict=True)
    ]
    assert found == marked


@pytest.mark.parametrize("language", LANGUAGES)
def test_abbreviations_end_a_sentence_only_before_an_opener(language: str) -> None:
    """A title never ends a sentence, "etc." does before a word that begins one, "No. 5" is no end."""
    opener = next(word for word in KNOWN[language]["openers"] if len(word) > 1 and "'" not in word).capitalize()
    assert ends_sentence("abracadabra.", language, opener)
    for word in KNOWN[language]["inside"]:
        assert not ends_sentence(f"{word}.", language, opener), word
        assert not ends_sentence(f"({word}.", language, "5"), word
    for word in KNOWN[language]["may_end"]:
        assert not ends_sentence(f"{word}.", language), word
        assert not ends_sentence(f"{word}.", language, "Berlin"), word
        assert ends_sentence(f"{word}.", language, opener), word
    for word in KNOWN[language]["before_number"]:
        assert not ends_sentence(f"{word}.", language, "5"), word


@pytest.mark.parametrize("language", ["any", *LANGUAGES])
def test_the_lists_are_in_order(language: str) -> None:
    """No abbreviation is of two kinds, none has its last full stop, and openers are in lower case."""
    kinds = [set(KNOWN[language][kind]) for kind in ("inside", "may_end", "before_number")]
    assert sum(map(len, kinds)) == len(set.union(*kinds))
    assert not [word for kind in kinds for word in kind if word.endswith(".") or " " in word]
    assert [word.lower() for word in KNOWN[language]["openers"]] == KNOWN[language]["openers"]


@pytest.mark.parametrize(
    ("language", "word", "following", "expected"),
    [
        ("de", "3.", None, False),
        ("de", "3.", "Das", False),
        ("de", "1998.", "Das", True),
        ("de", "1998.", "Oktober", False),
        ("de", "3.10.", "um", False),
        ("en", "2.0.", "beta", False),
        ("en", "B.", "The", False),
        ("en", "?!", None, True),
        ("fr", "?", "Oui.", True),
        ("de", "...", "Das", True),
        ("de", "so…", "das", False),
        ("de", "so…?", "das", True),
        ("de", "usw.", None, False),
        ("de", "Hm.", "Das", True),
        ("de", "SPD.", "Das", True),
        ("xx", "Dr.", "Who", False),
        ("xx", "word.", None, True),
        ("es", "etc.", "¿Qué", True),
        ("de", "gut", "Das", False),
        ("de", "-", None, False),
    ],
)
def test_single_cases(language: str, word: str, following: str | None, expected: bool) -> None:
    """Numbers, initials, hesitation and bare marks follow the rules of the docstring."""
    assert ends_sentence(word, language, following) is expected


@given(
    word=st.text(st.characters(categories=["L"]), min_size=1, max_size=12),
    mark=st.sampled_from([mark for mark in SENTENCE_ENDS if mark not in ".．…"]),
    closing=st.sampled_from(["", '"', "“", "”", "»", "«", "’", ")", "」", ".“"]),
    language=st.sampled_from([*LANGUAGES, "ja", "xx"]),
)
def test_every_other_mark_ends_a_sentence(word: str, mark: str, closing: str, language: str) -> None:
    """Only full stops and ellipses are ambiguous; closing quotes do not matter."""
    assert ends_sentence(word + mark + closing, language)
    assert ends_clause(word + mark + closing, language)


@given(st.text(st.sampled_from("aB1.?!…。”“)'-,"), min_size=1, max_size=8))
def test_a_stripped_word_is_a_word(text: str) -> None:
    """Stripping leaves something and removes only end marks."""
    stripped = strip(text)
    assert stripped
    assert [letter for letter in stripped if letter not in SENTENCE_ENDS] == [
        letter for letter in text if letter not in SENTENCE_ENDS
    ]


def test_clause_end() -> None:
    """A comma of any script ends a clause, the full stop of an abbreviation does not."""
    assert all(ends_clause(f"abc{mark}", "de") for mark in ",;:、，；：،؛፣՝")
    assert ends_clause("also,“", "de")
    assert not ends_clause("Dr.", "de", "Müller")
    assert set("،۔։።।။។؟…。！？") <= set(CLAUSE_ENDS)


def test_sentence_end_is_stripped() -> None:
    """The marks at the end go, a closing quote stays, and a word of marks only is kept."""
    assert strip("gut.“") == "gut“"
    assert strip("gut?!") == "gut"
    assert strip("...") == "..."
