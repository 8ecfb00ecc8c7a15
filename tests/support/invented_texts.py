"""Tables of what a model wrote, under which circumstances, and what of it may stay."""

import re
from dataclasses import dataclass

from app.captions.filters import FilterVerdict, judge
from app.captions.rates import spoken_s
from app.decode.hypothesis import Hypothesis, Word, join_words
from app.decode.scripts import UNSPACED
from tests.fakes.speaker import VoicedWords


@dataclass(frozen=True)
class WrittenText:
    """A hypothesis, and what it is worth."""

    language: str
    """The language of the window, not always that of the text."""
    text: str
    kept: str = ""
    """What must stay, empty if nothing."""
    n_voiced: int | None = None
    """How many of its words, from the first, have voice under them; None: all."""
    avg_logprob: float = -0.2
    no_speech_prob: float = 0.0

    def words(self) -> tuple[Word, ...]:
        """Return its words, said at an ordinary pace one after the other; Chinese, Japanese and Thai by letters."""
        is_spaced = self.language not in UNSPACED or self.text.isascii()
        parts = self.text.split() if is_spaced else re.findall(r"[A-Za-z.]+|\s|\S[^\w\s]*", self.text)
        words: list[Word] = []
        at_s = 0.2
        for i, part in enumerate(parts):
            if not part.strip():
                continue
            end_s = at_s + max(0.15, 1.8 * spoken_s(part))
            words.append(Word(part, at_s, end_s, 0.9, is_spaced or (i > 0 and parts[i - 1] == " ")))
            at_s = end_s
        return tuple(words)

    def judge(self) -> FilterVerdict:
        """Return the verdict of the filters."""
        words = self.words()
        sound = VoicedWords(words if self.n_voiced is None else words[: self.n_voiced])
        hypothesis = Hypothesis(words, self.avg_logprob, no_speech_prob=self.no_speech_prob)
        return judge(hypothesis, language=self.language, sound=sound, start_s=0.0, end_s=words[-1].end_s + 0.3)

    def shown(self) -> str:
        """Return what the filters leave, and would commit."""
        return join_words(self.judge().words)


def dropped(language: str, *texts: str) -> list[WrittenText]:
    """Return texts of which nothing may stay: said confidently, with voice under them."""
    return [WrittenText(language, text) for text in texts]


def unspoken(language: str, *texts: str) -> list[WrittenText]:
    """Return texts of which nothing may stay, since no voice is under them."""
    return [WrittenText(language, text, n_voiced=0, avg_logprob=-0.5) for text in texts]


def appended(language: str, real: str, invented: str) -> WrittenText:
    """Return a real text with one after it that has no voice."""
    n_voiced = len(WrittenText(language, real).words())
    return WrittenText(language, f"{real} {invented}", kept=real, n_voiced=n_voiced)


def credited(language: str, real: str, credit: str) -> WrittenText:
    """Return a real text with a credit after it that even has voice."""
    return WrittenText(language, f"{real} {credit}", kept=real)


def kept(language: str, *texts: str, avg_logprob: float = -0.3) -> list[WrittenText]:
    """Return real texts, of which everything must stay."""
    return [WrittenText(language, text, text, avg_logprob=avg_logprob) for text in texts]


MUST_DROP: list[WrittenText] = [
    *dropped("de", "Untertitelung des ZDF, 2020", "Untertitelung. BR 2018", "Untertitel der Amara.org-Community"),
    *dropped("de", "Untertitel im Auftrag des ZDF für funk, 2017", "SWR 2021", "Copyright WDR 2021", "Amara.org"),
    *dropped("de", "Untertitel von Stephanie Geiges", "Vielen Dank fürs Zuschauen!", "Abonniert meinen Kanal!"),
    *dropped("de", "Untertitelung aufgrund der Amara.org-Community", "Wir sehen uns im nächsten Video. Bis dann."),
    *dropped("de", "Thank you for watching!", "ご視聴ありがとうございました", "untertitelung des zdf, 2021 "),
    *dropped("de", "<i>Untertitel im Auftrag des ZDF, 2019</i>", '"Untertitelung des NDR, 2022"', "[Musik]", "♪ ♪"),
    *dropped("en", "Thank you for watching!", "Thanks for watching, everyone!", "Subtitles by the Amara.org community"),
    *dropped("en", "Please subscribe.", "Don't forget to like and subscribe!", "See you in the next video. Bye!"),
    *dropped("en", "Transcription by CastingWords", "Subtitles by John Smith", "© BBC 2019", "www.mooji.org"),
    *dropped("en", "Captioning by CBC Radio-Canada", "All rights reserved.", "Subs by www.zeoranger.co.uk"),
    *dropped("en", "Untertitelung des ZDF, 2020", "MBC 뉴스 이덕영입니다", "Субтитры сделал DimaTorzok"),
    *dropped("fr", "Sous-titrage Société Radio-Canada", "Sous-titrage ST' 501", "Merci d'avoir regardé cette vidéo !"),
    *dropped("fr", "Sous-titres réalisés par la communauté d'Amara.org", "❤️ par SousTitreur.com", "Abonnez-vous !"),
    *dropped("fr", "Sous-titres réalisés para la communauté d'Amara.org", "Sous-titrage FR 2021"),
    *dropped("es", "Subtítulos realizados por la comunidad de Amara.org", "¡Gracias por ver el video!", "¡Suscríbete!"),
    *dropped("es", "Subtítulos por la comunidad de Amara.org", "Más información www.alimmenta.com"),
    *dropped("pt", "Legendas pela comunidade Amara.org", "Obrigado por assistir!", "Inscreva-se no canal!"),
    *dropped("pt", "Transcrição e Legendas pela comunidade de Amara.org", "Legenda Adriana Zanotto"),
    *dropped("it", "Sottotitoli creati dalla comunità Amara.org", "Sottotitoli e revisione a cura di QTSS"),
    *dropped("it", "Grazie per aver guardato il video!", "Iscrivetevi al canale!"),
    *dropped("nl", "Ondertiteld door de Amara.org gemeenschap", "TV GELDERLAND 2021", "Bedankt voor het kijken!"),
    *dropped("pl", "Napisy stworzone przez społeczność Amara.org", "Dzięki za oglądanie!"),
    *dropped("ru", "Редактор субтитров А.Семкин Корректор А.Егорова", "Субтитры сделал DimaTorzok"),
    *dropped("ru", "Субтитры создавал DimaTorzok", "Продолжение следует...", "Подписывайтесь на наш канал!"),
    *dropped("ja", "ご視聴ありがとうございました", "チャンネル登録をお願いいたします", "次の動画でお会いしましょう"),
    *dropped("ko", "MBC 뉴스 이덕영입니다.", "시청해 주셔서 감사합니다.", "구독과 좋아요 부탁드립니다."),
    *dropped("zh", "字幕由Amara.org社区提供", "字幕志愿者 李宗盛", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"),
    *dropped("zh", "谢谢观看", "优优独播剧场——YoYo Television Series Exclusive"),
    *dropped("tr", "Altyazı M.K.", "İzlediğiniz için teşekkür ederim.", "Abone olmayı unutmayın."),
    *dropped("ar", "ترجمة نانسي قنقر", "اشتركوا في القناة"),
    *unspoken("en", "Thank you.", "Bye.", "You", "Thanks for listening."),
    *unspoken("de", "Vielen Dank.", "Tschüss!", "Vielen Dank für Ihre Aufmerksamkeit."),
    *unspoken("fr", "Merci."),
    *unspoken("ja", "ありがとうございました"),
]

MUST_DROP_TAIL: list[WrittenText] = [
    appended("en", "We meet again on Monday.", "Thank you."),
    appended("en", "We meet again on Monday.", "Thanks for watching!"),
    appended("de", "Wir treffen uns am Montag wieder.", "Vielen Dank."),
    appended("de", "Das war der letzte Punkt.", "Bis zum nächsten Mal!"),
    appended("fr", "On se retrouve lundi.", "Merci beaucoup."),
    appended("ja", "会議は月曜日です。", "ありがとうございました。"),
    credited("de", "Wir treffen uns am Montag wieder.", "Untertitelung des ZDF, 2020"),
    credited("en", "We meet again on Monday.", "Subtitles by the Amara.org community"),
    credited("fr", "On se retrouve lundi.", "Sous-titrage Société Radio-Canada"),
    credited("es", "Nos vemos el lunes.", "Subtítulos realizados por la comunidad de Amara.org"),
    credited("ru", "Мы встретимся в понедельник.", "Субтитры сделал DimaTorzok"),
    credited("zh", "我们星期一再开会。", "字幕由Amara.org社区提供"),
]

MUST_KEEP: list[WrittenText] = [
    *kept(
        "de", "Die Untertitel sind heute auf Englisch.", "Untertitel helfen allen im Saal.", "Vielen Dank.", "Danke."
    ),
    *kept("de", "Wir danken dem ZDF für die Untertitelung.", "Die Untertitelung des ZDF ist besser als unsere."),
    *kept("de", "Untertitel gibt es seit 2019.", "Das Copyright liegt beim WDR.", "Im Jahr 2020 hat der SWR gespart."),
    *kept("de", "Abonnieren Sie den Newsletter bis Freitag.", "Vielen Dank für Ihre Aufmerksamkeit.", "Ja."),
    *kept("de", "Danke fürs Anschauen der Unterlagen vor der Sitzung.", "Bis zum nächsten Mal!", "Genau."),
    *kept("de", "Im nächsten Video sehen wir, wie das Gerät gereinigt wird.", "Das Video ist auf unserem Kanal."),
    *kept("de", "Vielen Dank, Frau Müller, wir kommen zu Punkt zwei.", "Applaus für unsere Gäste!", avg_logprob=-0.75),
    *kept("en", "Please subscribe to the mailing list by Friday", "Copyright is a topic for the lawyers", "Thank you."),
    *kept("en", "Thank you for watching the demo, now to questions", "Subtitles by default are off.", "Okay."),
    *kept("en", "The subtitles were made by volunteers from our office.", "All rights reserved seats are taken."),
    *kept("en", "Captions help people who cannot hear well.", "Thank you for your attention.", "Music is my hobby."),
    *kept("en", "You can watch the next video after lunch.", "Translated by hand, it took a week.", "Bye bye."),
    *kept("en", "We like the channel and the new button.", "I subscribe to that view.", "See you next time!"),
    *kept("en", "Subscribe to our newsletter if you want the slides.", "Yes.", "No, thank you.", avg_logprob=-0.75),
    *kept("en", "Amara.org is a site where volunteers write subtitles.", "We licensed the film from the BBC in 2019."),
    *kept(
        "fr", "Les sous-titres sont disponibles en anglais.", "Merci beaucoup.", "Merci d'avoir regardé les documents."
    ),
    *kept("fr", "Abonnez-vous à la lettre d'information avant vendredi.", "Radio-Canada nous a envoyé une équipe."),
    *kept("es", "Los subtítulos están en inglés.", "Gracias.", "Gracias por ver la demostración conmigo."),
    *kept("es", "Suscríbanse a la lista de correo antes del viernes.", "La comunidad traduce los vídeos."),
    *kept("pt", "As legendas estão em inglês.", "Obrigado.", "Obrigado por assistirem à apresentação de hoje."),
    *kept("it", "I sottotitoli sono in inglese.", "Grazie mille.", "Il canale era chiuso per lavori."),
    *kept("it", "Iscrivetevi alla gita entro venerdì."),
    *kept("nl", "De ondertiteling staat aan.", "Bedankt voor het kijken naar onze cijfers.", "Dank je wel."),
    *kept("pl", "Napisy są po angielsku.", "Dziękuję za uwagę.", "Dziękuję, przechodzimy do pytań."),
    *kept("ru", "Субтитры сегодня на английском.", "Спасибо за внимание.", "Подпишитесь на рассылку до пятницы."),
    *kept("ru", "Редактор нашего журнала сейчас выступит."),
    *kept("ja", "字幕は英語です。", "ありがとうございます。", "ご清聴ありがとうございました。"),
    *kept("ko", "자막은 영어로 나옵니다.", "감사합니다.", "저는 매일 아침 MBC 뉴스를 봅니다."),
    *kept("zh", "今天的字幕是英文的。", "谢谢大家。", "字幕志愿者在门口等你们。"),
    *kept("en", "Test. Test. Test. Test.", "No, no, no, no, that is wrong."),
    *kept("de", "sehr sehr sehr sehr gut", "eins zwei eins zwei eins zwei", "Test Test Test Test"),
]
