"""The demo world in French: what each German value and template of `world` is in it.

A template has the world's slots and these forms of them: {of_thing} is "du produit" or "de la plateforme", and
{thing_quality} is a quality that agrees with the thing. Nothing stands after "de" that may begin with a vowel.
"""

from app.demo.training.world import Pair

SLOTS: dict[str, dict[str, str]] = {
    "day": {"Montag": "lundi", "Dienstag": "mardi", "Mittwoch": "mercredi", "Donnerstag": "jeudi",
            "Freitag": "vendredi"},
    "month": {"Januar": "janvier", "Februar": "février", "März": "mars", "April": "avril", "Mai": "mai",
              "Juni": "juin", "Juli": "juillet", "August": "août", "September": "septembre", "Oktober": "octobre",
              "November": "novembre", "Dezember": "décembre"},
    "number": {"zwei": "deux", "drei": "trois", "vier": "quatre", "fünf": "cinq", "sechs": "six", "sieben": "sept",
               "acht": "huit", "neun": "neuf", "zehn": "dix", "elf": "onze", "zwölf": "douze", "fünfzehn": "quinze",
               "zwanzig": "vingt", "dreißig": "trente", "vierzig": "quarante", "fünfzig": "cinquante",
               "hundert": "cent"},
    "city": {"München": "Munich", "Berlin": "Berlin", "Hamburg": "Hambourg", "Wien": "Vienne", "Prag": "Prague",
             "Lissabon": "Lisbonne", "Dublin": "Dublin", "Sydney": "Sydney", "Köln": "Cologne", "Zürich": "Zurich",
             "Warschau": "Varsovie", "Mailand": "Milan", "Frankfurt": "Francfort", "London": "Londres"},
    "team": {"das Vertriebsteam": "l'équipe commerciale", "das Entwicklungsteam": "l'équipe de développement",
             "das Supportteam": "l'équipe d'assistance", "das Marketingteam": "l'équipe marketing",
             "die Buchhaltung": "la comptabilité", "die Personalabteilung": "le service du personnel",
             "die Geschäftsführung": "la direction", "das neue Team": "la nouvelle équipe"},
    "thing": {"das Produkt": "le produit", "das Projekt": "le projet", "das Angebot": "l'offre",
              "die Plattform": "la plateforme", "die Strategie": "la stratégie",
              "die neue Version": "la nouvelle version", "das Programm": "le programme", "die Webseite": "le site web",
              "das Budget": "le budget", "die Dokumentation": "la documentation", "das System": "le système",
              "die Datenbank": "la base de données", "die Übersetzung": "la traduction",
              "das Handbuch": "le manuel"},
    "soon": {"heute": "aujourd'hui", "morgen": "demain", "nächste Woche": "la semaine prochaine",
             "nächsten Monat": "le mois prochain", "im nächsten Quartal": "au prochain trimestre",
             "am Ende des Jahres": "à la fin de l'année", "in zwei Wochen": "dans deux semaines",
             "am Nachmittag": "dans l'après-midi"},
    "past": {"gestern": "hier", "letzte Woche": "la semaine dernière", "letzten Monat": "le mois dernier",
             "im letzten Quartal": "au dernier trimestre", "letztes Jahr": "l'année dernière",
             "vor zwei Tagen": "il y a deux jours", "am Vormittag": "dans la matinée"},
    "people": {"unsere Kunden": "nos clients", "unsere Partner": "nos partenaires", "die Kollegen": "les collègues",
               "die Entwickler": "les développeurs", "viele Mitarbeiter": "de nombreux employés",
               "alle Teilnehmer": "tous les participants", "die Besucher": "les visiteurs",
               "die Zuschauer": "les spectateurs"},
}  # fmt: skip

QUALITIES: dict[str, Pair] = {
    "gut": ("bon", "bonne"), "schlecht": ("mauvais", "mauvaise"), "wichtig": ("important", "importante"),
    "schwierig": ("difficile", "difficile"), "einfach": ("facile", "facile"), "teuer": ("cher", "chère"),
    "fertig": ("terminé", "terminée"), "neu": ("nouveau", "nouvelle"), "schnell": ("rapide", "rapide"),
    "langsam": ("lent", "lente"), "sicher": ("sûr", "sûre"), "bereit": ("prêt", "prête"),
    "zuverlässig": ("fiable", "fiable"),
}  # fmt: skip
"""Masculine and feminine."""

_FEMININE = ("la ", "l'offre")
_OF = {"le ": "du ", "la ": "de la ", "l'": "de l'"}
_VOWELS = "aeiouéèêàâîôûäöüáíóøå"

TEMPLATES: dict[str, str] = {
    "Guten Morgen zusammen.": "Bonjour à tous.",
    "Herzlich willkommen zu unserer Besprechung am {day}.": "Bienvenue à notre réunion de {day}.",
    "Schön, dass ihr alle da seid.": "C'est un plaisir de vous voir tous ici.",
    "Vielen Dank für eure Aufmerksamkeit.": "Merci beaucoup de votre attention.",
    "Vielen Dank, {name}.": "Merci beaucoup, {name}.",
    "Danke für die Frage.": "Merci pour la question.",
    "Gibt es noch Fragen?": "Y a-t-il encore des questions\u00a0?",
    "Hat jemand eine Frage dazu?": "Quelqu'un a-t-il une question à ce sujet\u00a0?",
    "Das ist eine gute Frage.": "C'est une bonne question.",
    "Wir beginnen mit den Neuigkeiten aus {city}.": "Nous commençons par les nouvelles de {city}.",
    "Ich möchte heute über {thing} sprechen.": "Aujourd'hui, je voudrais parler {of_thing}.",
    "Zuerst sprechen wir über {thing}.": "Nous parlons d'abord {of_thing}.",
    "Danach zeigt uns {name} die Zahlen.": "Ensuite, {name} nous montre les chiffres.",
    "{name} ist neu bei uns in {city}.": "{name} vient de nous rejoindre à {city}.",
    "Bitte begrüßt {name} ganz herzlich.": "Veuillez accueillir {name} très chaleureusement.",
    "{name} arbeitet seit {month} in {city}.": "{name} travaille à {city} depuis {month}.",
    "Wir haben {number} neue Kollegen.": "Nous avons {number} nouveaux collègues.",
    "Wir haben {past} {number} Verträge unterschrieben.": "Nous avons signé {number} contrats {past}.",
    "{team} hat {past} {number} Kunden gewonnen.": "{team} a gagné {number} clients {past}.",
    "Der Umsatz ist um {number} Prozent gestiegen.": "Le chiffre d'affaires a augmenté de {number} pour cent.",
    "Der Umsatz ist {past} um {number} Prozent gesunken.":
        "Le chiffre d'affaires a baissé de {number} pour cent {past}.",
    "Die Kosten sind {past} gleich geblieben.": "Les coûts sont restés les mêmes {past}.",
    "Das Ergebnis war sehr {quality}.": "Le résultat était très {quality}.",
    "{thing} ist jetzt {quality}.": "{thing} est maintenant {thing_quality}.",
    "{thing} ist noch nicht {quality}.": "{thing} n'est pas encore {thing_quality}.",
    "Ich glaube, {thing} ist zu {quality}.": "Je crois que {thing} est trop {thing_quality}.",
    "Leider war {thing} nicht {quality}.": "Malheureusement, {thing} n'était pas {thing_quality}.",
    "{team} arbeitet {soon} an der Lösung.": "{team} travaille sur la solution {soon}.",
    "Wir treffen uns {soon} in {city}.": "Nous nous retrouvons {soon} à {city}.",
    "Die nächste Besprechung ist am {day}.": "La prochaine réunion a lieu {day}.",
    "Die Konferenz beginnt im {month} in {city}.": "La conférence commence en {month} à {city}.",
    "Die Konferenz dauert {number} Tage.": "La conférence dure {number} jours.",
    "Wir erwarten {number} Gäste aus {city}.": "Nous attendons {number} invités de {city}.",
    "Das Büro in {city} wird {soon} geöffnet.": "Le bureau de {city} ouvrira {soon}.",
    "Das Büro in {city} bleibt am {day} geschlossen.": "Le bureau de {city} reste fermé {day}.",
    "{people} waren sehr zufrieden.": "{people} étaient très satisfaits.",
    "{people} warten auf {thing}.": "{people} attendent {thing}.",
    "{people} haben {past} viele Fragen gestellt.": "{people} ont posé beaucoup de questions {past}.",
    "Wir wollen {thing} {soon} verbessern.": "Nous voulons améliorer {thing} {soon}.",
    "Wir müssen {thing} bis {day} fertig machen.": "Nous devons terminer {thing} d'ici {day}.",
    "Wir können {thing} {soon} testen.": "Nous pouvons tester {thing} {soon}.",
    "Wir haben ein Problem mit dem Server.": "Nous avons un problème avec le serveur.",
    "Der Fehler wurde {past} behoben.": "Le bug a été corrigé {past}.",
    "Es dauert noch {number} Minuten.": "Cela prendra encore {number} minutes.",
    "Es gibt {number} offene Aufgaben.": "Il y a {number} tâches ouvertes.",
    "Könnt ihr mich gut hören?": "M'entendez-vous bien\u00a0?",
    "Ich teile jetzt meinen Bildschirm.": "Je partage maintenant mon écran.",
    "Auf dieser Folie seht ihr die Zahlen für {month}.":
        "Sur cette diapositive, vous voyez les chiffres pour {month}.",
    "Auf der nächsten Folie seht ihr {thing}.": "Sur la diapositive suivante, vous voyez {thing}.",
    "Das ist für uns sehr {quality}.": "C'est très {quality} pour nous.",
    "Ich bin sehr stolz auf euch.": "Je suis très fier de vous.",
    "Ihr habt großartige Arbeit geleistet.": "Vous avez fait un travail formidable.",
    "Wir machen jetzt {number} Minuten Pause.": "Nous faisons maintenant une pause de {number} minutes.",
    "Nach der Pause spricht {name} über {thing}.": "Après la pause, {name} parlera {of_thing}.",
    "Die Untertitel werden live übersetzt.": "Les sous-titres sont traduits en direct.",
    "Alle Daten bleiben in unserem Haus.": "Toutes les données restent chez nous.",
    "Unsere Firma wurde vor {number} Jahren gegründet.": "Notre entreprise a été fondée il y a {number} ans.",
    "Heute arbeiten {number} Menschen in {city}.": "Aujourd'hui, {number} personnes travaillent à {city}.",
    "Jeder kann in seiner Sprache sprechen.": "Chacun peut parler dans sa langue.",
    "Das freut mich sehr.": "Cela me fait très plaisir.",
    "Das müssen wir {soon} besprechen.": "Nous devons en discuter {soon}.",
    "Ich sehe das anders.": "Je vois les choses autrement.",
    "Ich stimme {name} zu.": "Je suis d'accord avec {name}.",
    "Wer kann {soon} helfen?": "Qui peut aider {soon}\u00a0?",
    "Bitte schickt mir {thing} per Mail.": "Envoyez-moi {thing} par e-mail, s'il vous plaît.",
    "Am {day} feiern wir zusammen.": "Nous faisons la fête ensemble {day}.",
    "Wir sehen uns {soon} wieder.": "Nous nous reverrons {soon}.",
    "Bis zum nächsten Mal.": "À la prochaine.",
    "Auf Wiedersehen.": "Au revoir.",
    "Kommen wir zum nächsten Punkt.": "Passons au point suivant.",
    "Zum Schluss noch eine Ankündigung.": "Pour finir, encore une annonce.",
    "Das Wetter in {city} ist {soon} sehr {quality}.": "Le temps à {city} est très {quality} {soon}.",
    "Heute haben wir {number} Punkte auf der Tagesordnung.":
        "Aujourd'hui, nous avons {number} points à l'ordre du jour.",
    "Der erste Punkt ist {thing}.": "Le premier point est {thing}.",
    "Der letzte Punkt auf der Liste ist {thing}.": "Le dernier point de la liste est {thing}.",
    "Wir suchen {number} neue Entwickler in {city}.": "Nous cherchons {number} nouveaux développeurs à {city}.",
    "{name} leitet ab {month} das Büro in {city}.": "{name} dirigera le bureau de {city} dès {month}.",
    "{name} verlässt uns leider im {month}.": "Malheureusement, {name} nous quitte en {month}.",
    "Das Budget für {month} ist noch offen.": "Le budget pour {month} n'est pas encore fixé.",
    "Wir haben {past} {number} Prozent der Kosten gespart.":
        "Nous avons économisé {number} pour cent des coûts {past}.",
    "Wir investieren {number} Millionen Euro in {thing}.":
        "Nous investissons {number} millions d'euros dans {thing}.",
    "Das kostet ungefähr {number} Millionen Euro.": "Cela coûte environ {number} millions d'euros.",
    "Wir haben unser Ziel für {month} erreicht.": "Nous avons atteint notre objectif pour {month}.",
    "Die nächste Version kommt im {month}.": "La prochaine version arrive en {month}.",
    "Die neue Version läuft seit {day} ohne Fehler.":
        "La nouvelle version fonctionne sans erreur depuis {day}.",
    "Wir veröffentlichen {thing} {soon}.": "Nous publierons {thing} {soon}.",
    "Wir haben {past} {number} Fehler gefunden.": "Nous avons trouvé {number} bugs {past}.",
    "{people} haben {past} {thing} getestet.": "{people} ont testé {thing} {past}.",
    "{people} brauchen {soon} mehr Unterstützung.": "{people} ont besoin de plus de soutien {soon}.",
    "Ein Kunde aus {city} hat {past} angerufen.": "Un client de {city} a appelé {past}.",
    "Wir haben {number} neue Kunden in {city}.": "Nous avons {number} nouveaux clients à {city}.",
    "Wer ist für {thing} verantwortlich?": "Qui est responsable {of_thing}\u00a0?",
    "Darüber entscheidet {team} {soon}.": "{team} en décidera {soon}.",
    "Die Untertitel erscheinen nach {number} Sekunden.": "Les sous-titres apparaissent après {number} secondes.",
    "Wer kein Deutsch versteht, liest die Untertitel.":
        "Si vous ne comprenez pas l'allemand, lisez les sous-titres.",
    "Gute Untertitel helfen allen.": "De bons sous-titres aident tout le monde.",
    "Die Übersetzung seht ihr auf dem Bildschirm.": "Vous voyez la traduction à l'écran.",
    "Ihr könnt die Sprache auf dem Telefon wählen.": "Vous pouvez choisir la langue sur votre téléphone.",
    "Bitte sprecht langsam und deutlich.": "Parlez lentement et distinctement, s'il vous plaît.",
    "Das Mikrofon ist jetzt an.": "Le micro est maintenant allumé.",
    "Die Aufzeichnung findet ihr {soon} auf der Webseite.":
        "Vous trouverez l'enregistrement sur le site web {soon}.",
    "Bitte stellt eure Fragen im Chat.": "Posez vos questions dans le chat, s'il vous plaît.",
    "Ich habe eine Frage zu den Zahlen aus {city}.": "J'ai une question sur les chiffres de {city}.",
    "Die Frage kommt von {name} aus {city}.": "La question est posée par {name}, de {city}.",
    "Kannst du das bitte wiederholen, {name}?": "Peux-tu répéter, s'il te plaît, {name}\u00a0?",
    "Wie viele Kollegen arbeiten in {city}?": "Combien de collègues travaillent à {city}\u00a0?",
    "Ich übergebe jetzt an {name}.": "Je passe maintenant la parole à {name}.",
    "Vielen Dank für die Einladung nach {city}.": "Merci beaucoup pour l'invitation à {city}.",
    "Wir warten noch auf {name}.": "Nous attendons encore {name}.",
    "Die Schulung dauert {number} Stunden.": "La formation dure {number} heures.",
}  # fmt: skip


def forms(german: dict[str, str]) -> dict[str, str]:
    """Return what stands in French for every slot and form, from the German value of each slot.

    A value that the world does not know stands as it is, with its article if it has one; without one it is
    masculine.
    """
    values = {slot: SLOTS.get(slot, {}).get(value, value) for slot, value in german.items()}
    for article, own in (("das ", "le "), ("die ", "la ")):
        if values["thing"].startswith(article):
            values["thing"] = own + values["thing"].removeprefix(article)
    thing = values["thing"]
    masculine, feminine = QUALITIES[german["quality"]]
    return values | {
        "quality": masculine,
        "thing_quality": feminine if thing.startswith(_FEMININE) else masculine,
        "of_thing": _of(thing),
    }


def _of(thing: str) -> str:
    for article, joined in _OF.items():
        if thing.startswith(article):
            return joined + thing.removeprefix(article)
    return ("d'" if thing[0].lower() in _VOWELS else "de ") + thing
