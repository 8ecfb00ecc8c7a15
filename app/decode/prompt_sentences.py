"""The sentences around a prompt's terms, by language; data only.

Whisper follows a prompt that reads like text that was said before better than a bare list. Source: OpenAI's Whisper
prompting guide; arXiv 2406.05806, which also finds that the gain differs by language.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromptSentences:
    """What a language's prompt is made of."""

    terms: str
    """A sentence with a place for the terms."""
    opening: str
    """Text that any talk could begin with; its end fills a prompt whose previous text is too short."""
    comma: str = ", "
    """What stands between two terms."""

    def write(self, terms: tuple[str, ...]) -> str:
        """Return the sentence with the terms."""
        return self.terms.format(self.comma.join(terms))


SENTENCES = {
    "de": PromptSentences(
        "Es geht um {}.",
        "Guten Tag und herzlich willkommen. Schön, dass Sie heute dabei sind. Wir haben viel vor, darum "
        "fangen wir gleich an. Zuerst sagen wir ein paar Worte über den Ablauf, und danach gehen wir "
        "Schritt für Schritt weiter. Am Ende ist noch Zeit für Ihre Fragen.",
    ),
    "en": PromptSentences(
        "This is about {}.",
        "Good afternoon and a warm welcome. It is good to have you with us today. We have a lot to talk "
        "about, so let us begin right away. First there are a few words about the schedule, and then we go "
        "on step by step. At the end there is time for your questions.",
    ),
    "fr": PromptSentences(
        "Nous parlons de : {}.",
        "Bonjour et bienvenue. Nous sommes heureux de vous retrouver aujourd'hui. Nous avons beaucoup de "
        "choses à voir, alors commençons tout de suite. D'abord quelques mots sur le programme, puis nous "
        "avancerons pas à pas. À la fin, il restera du temps pour vos questions.",
    ),
    "es": PromptSentences(
        "Hablamos de {}.",
        "Buenas tardes y bienvenidos. Nos alegra que estén hoy con nosotros. Tenemos mucho que hacer, así "
        "que empezamos enseguida. Primero diremos unas palabras sobre el programa y después seguiremos "
        "paso a paso. Al final habrá tiempo para sus preguntas.",
    ),
    "it": PromptSentences(
        "Parliamo di {}.",
        "Buongiorno e benvenuti. Siamo contenti che siate qui con noi oggi. Abbiamo molto da fare, quindi "
        "cominciamo subito. Prima diciamo qualche parola sul programma e poi andiamo avanti passo dopo "
        "passo. Alla fine ci sarà tempo per le vostre domande.",
    ),
    "pt": PromptSentences(
        "Falamos de {}.",
        "Boa tarde e sejam bem-vindos. É bom ter vocês hoje aqui. Temos muito para ver, por isso vamos "
        "começar já. Primeiro algumas palavras sobre o programa, e depois seguimos passo a passo. No fim "
        "há tempo para perguntas.",
    ),
    "nl": PromptSentences(
        "Het gaat over {}.",
        "Goedemiddag en van harte welkom. Fijn dat u er vandaag bij bent. We hebben veel te bespreken, dus "
        "laten we meteen beginnen. Eerst zeggen we een paar woorden over het programma, en daarna gaan we "
        "stap voor stap verder. Aan het eind is er tijd voor uw vragen.",
    ),
    "pl": PromptSentences(
        "Tematy: {}.",
        "Dzień dobry, serdecznie witamy. Cieszymy się, że są dziś państwo z nami. Mamy wiele do omówienia, "
        "więc zaczynamy od razu. Najpierw kilka słów o programie, a potem pójdziemy dalej krok po kroku. "
        "Na końcu będzie czas na pytania.",
    ),
    "cs": PromptSentences(
        "Témata: {}.",
        "Dobrý den a srdečně vás vítáme. Jsme rádi, že jste dnes s námi. Máme toho hodně, a tak hned "
        "začneme. Nejprve řekneme pár slov o programu a potom budeme pokračovat krok za krokem. Na konci "
        "bude čas na otázky.",
    ),
    "sv": PromptSentences(
        "Det handlar om {}.",
        "God eftermiddag och varmt välkomna. Vad roligt att ni är med i dag. Vi har mycket att prata om, "
        "så vi börjar med en gång. Först säger vi några ord om programmet, och sedan går vi vidare steg "
        "för steg. Till sist finns det tid för frågor.",
    ),
    "da": PromptSentences(
        "Det handler om {}.",
        "Goddag og hjertelig velkommen. Det er godt, at I er med i dag. Vi har meget at tale om, så vi "
        "begynder med det samme. Først siger vi et par ord om programmet, og derefter går vi videre skridt "
        "for skridt. Til sidst er der tid til spørgsmål.",
    ),
    "no": PromptSentences(
        "Det handler om {}.",
        "God dag og hjertelig velkommen. Det er fint at dere er med i dag. Vi har mye å snakke om, så vi "
        "begynner med en gang. Først sier vi noen ord om programmet, og deretter går vi videre steg for "
        "steg. Til slutt er det tid til spørsmål.",
    ),
    "ru": PromptSentences(
        "Темы: {}.",
        "Добрый день и добро пожаловать. Мы рады, что вы сегодня с нами. У нас много тем, поэтому начнём "
        "сразу. Сначала скажем несколько слов о программе, а потом пойдём дальше шаг за шагом. В конце "
        "будет время для вопросов.",
    ),
    "uk": PromptSentences(
        "Теми: {}.",
        "Добрий день і ласкаво просимо. Ми раді, що ви сьогодні з нами. У нас багато тем, тому почнемо "
        "одразу. Спочатку скажемо кілька слів про програму, а потім підемо далі крок за кроком. Наприкінці "
        "буде час для запитань.",
    ),
    "tr": PromptSentences(
        "Konular: {}.",
        "İyi günler ve hoş geldiniz. Bugün bizimle olduğunuz için mutluyuz. Konuşacak çok şeyimiz var, bu "
        "yüzden hemen başlayalım. Önce program hakkında birkaç söz söyleyeceğiz, sonra adım adım devam "
        "edeceğiz. Sonunda sorularınız için zaman olacak.",
    ),
    "ja": PromptSentences(
        "{}について話します。",
        "皆さん、こんにちは。本日はお集まりいただき、ありがとうございます。お話しすることがたくさんあります"
        "ので、さっそく始めましょう。最初に今日の予定を簡単に説明して、それから順番に進めていきます。最後に"
        "質問の時間があります。",
        "、",
    ),
    "zh": PromptSentences(
        "我们来谈谈{}。",
        "大家好，欢迎各位。很高兴今天能和大家在一起。我们要讲的内容很多，所以马上开始。首先简单介绍一下今天"
        "的安排，然后我们一步一步往下讲。最后会留出时间回答大家的问题。",
        "、",
    ),
    "ko": PromptSentences(
        "오늘의 주제는 {}입니다.",
        "안녕하세요, 여러분 환영합니다. 오늘 함께해 주셔서 감사합니다. 이야기할 것이 많으니 바로 "
        "시작하겠습니다. 먼저 오늘 일정에 대해 간단히 말씀드리고, 그다음에 차례대로 진행하겠습니다. "
        "마지막에 질문 시간이 있습니다.",
    ),
    "ar": PromptSentences(
        "نتحدث عن {}.",
        "مساء الخير وأهلا وسهلا بكم. يسعدنا أن تكونوا معنا اليوم. لدينا الكثير لنتحدث عنه، لذلك نبدأ الآن. "
        "في البداية كلمات قليلة عن البرنامج، ثم نتابع خطوة بعد خطوة. وفي النهاية هناك وقت لأسئلتكم.",
        "، ",
    ),
}
"""Sentences by Whisper's language code; a prompt in another language is a plain list without a filling."""
