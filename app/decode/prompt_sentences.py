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
        "Guten Tag und herzlich willkommen. Schön, dass Sie heute alle mit dabei sind. Wir haben viel vor, "
        "darum fangen wir gleich an. Zuerst sagen wir ein paar Worte über den Ablauf, und danach gehen wir "
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
        "Boa tarde e sejam bem-vindos. É bom ter vocês hoje aqui com a gente. Temos muito para ver, por isso vamos "
        "começar já. Primeiro algumas palavras sobre o programa, e depois seguimos passo a passo. No fim "
        "haverá tempo para perguntas e comentários.",
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
        "시작하겠습니다. 오늘도 즐거운 시간이 되시기를 바랍니다. 먼저 오늘 일정에 대해 간단히 말씀드리고, "
        "그다음에 차례대로 진행하겠습니다. 마지막에 질문 시간이 있습니다.",
    ),
    "ar": PromptSentences(
        "نتحدث عن {}.",
        "مساء الخير وأهلا وسهلا بكم. يسعدنا أن تكونوا معنا اليوم. لدينا الكثير لنتحدث عنه، لذلك نبدأ الآن. "
        "في البداية كلمات قليلة عن البرنامج، ثم نتابع خطوة بعد خطوة. وفي النهاية هناك وقت لأسئلتكم.",
        "، ",
    ),
    "ca": PromptSentences(
        "Parlem de {}.",
        "Bona tarda i benvinguts. Estem contents que avui sigueu aquí amb nosaltres. Tenim moltes coses "
        "per comentar, així que comencem de seguida. Primer direm unes paraules sobre el programa i "
        "després continuarem pas a pas. Al final hi haurà temps per a les preguntes.",
    ),
    "ro": PromptSentences(
        "Vorbim despre {}.",
        "Bună ziua și bine ați venit. Ne bucurăm că sunteți astăzi alături de noi. Avem multe de discutat, "
        "așa că începem imediat. Mai întâi câteva cuvinte despre program, apoi mergem mai departe pas cu "
        "pas. La sfârșit va fi timp pentru întrebări.",
    ),
    "hu": PromptSentences(
        "Témák: {}.",
        "Jó napot kívánok, szeretettel köszöntök mindenkit. Örülünk, hogy ma velünk vannak. Sok mindenről "
        "szeretnénk beszélni, ezért kezdjük is el. Először néhány szót mondunk a programról, aztán "
        "lépésről lépésre haladunk tovább. A végén lesz idő a kérdésekre.",
    ),
    "fi": PromptSentences(
        "Aiheet: {}.",
        "Hyvää päivää ja lämpimästi tervetuloa. Mukava, että olette tänään mukana. Meillä on paljon "
        "puhuttavaa, joten aloitetaan heti. Ensin sanomme muutaman sanan ohjelmasta, ja sitten jatkamme "
        "askel kerrallaan. Lopuksi on aikaa kysymyksille.",
    ),
    "el": PromptSentences(
        "Θέματα: {}.",
        "Καλησπέρα και καλώς ήρθατε. Χαιρόμαστε που είστε σήμερα μαζί μας. Έχουμε πολλά να πούμε, γι' αυτό "
        "ας ξεκινήσουμε αμέσως. Πρώτα θα πούμε λίγα λόγια για το πρόγραμμα και μετά θα συνεχίσουμε βήμα "
        "βήμα. Στο τέλος θα υπάρχει χρόνος για ερωτήσεις.",
    ),
    "sk": PromptSentences(
        "Témy: {}.",
        "Dobrý deň a srdečne vás vítame. Sme radi, že ste dnes s nami. Máme toho veľa, a tak hneď začneme. "
        "Najprv povieme pár slov o programe a potom budeme pokračovať krok za krokom. Na konci bude čas na "
        "otázky.",
    ),
    "hr": PromptSentences(
        "Teme: {}.",
        "Dobar dan i srdačno dobro došli. Drago nam je što ste danas s nama. Imamo puno tema, pa ćemo "
        "odmah početi. Najprije ćemo reći nekoliko riječi o programu, a zatim idemo dalje korak po korak. "
        "Na kraju će biti vremena za pitanja.",
    ),
    "bg": PromptSentences(
        "Теми: {}.",
        "Добър ден и добре дошли. Радваме се, че днес сте с нас. Имаме много теми, затова да започнем "
        "веднага. Първо ще кажем няколко думи за програмата, а после ще продължим стъпка по стъпка. Накрая "
        "ще има време за въпроси.",
    ),
    "id": PromptSentences(
        "Kita berbicara tentang {}.",
        "Selamat siang dan selamat datang. Kami senang Anda bersama kami hari ini. Ada banyak hal yang "
        "akan kita bicarakan, jadi mari kita mulai. Pertama beberapa kata tentang acara, lalu kita "
        "lanjutkan langkah demi langkah. Di akhir ada waktu untuk pertanyaan.",
    ),
    "vi": PromptSentences(
        "Chúng ta nói về {}.",
        "Xin chào và chào mừng quý vị. Chúng tôi rất vui vì hôm nay quý vị có mặt ở đây. Chúng ta có nhiều "
        "điều để nói, vì vậy hãy bắt đầu ngay. Trước hết là vài lời về chương trình, sau đó chúng ta sẽ "
        "tiếp tục từng bước một. Cuối cùng sẽ có thời gian cho các câu hỏi.",
    ),
    "he": PromptSentences(
        "נדבר על {}.",
        "שלום וברוכים הבאים. אנחנו שמחים שאתם איתנו היום. יש לנו הרבה על מה לדבר, אז בואו נתחיל מיד. קודם "
        "כמה מילים על התוכנית, ואחר כך נמשיך צעד אחר צעד. בסוף יהיה זמן לשאלות.",
    ),
    "hi": PromptSentences(
        "हम {} के बारे में बात करेंगे।",
        "नमस्ते और आप सबका स्वागत है। हमें खुशी है कि आज आप हमारे साथ हैं। हमें बहुत सी बातों पर चर्चा "
        "करनी है, इसलिए अभी शुरू करते हैं। पहले कार्यक्रम के बारे में कुछ शब्द, फिर हम एक एक कदम आगे "
        "बढ़ेंगे। अंत में सवालों के लिए समय होगा।",
    ),
}
"""Sentences by Whisper's language code; a prompt in another language is a plain list without a filling."""
