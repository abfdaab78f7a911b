"""What the mails say: by event and language, subject and body. What happened, when, and one next step."""

MAILS = {
    ("confirmed", "fr"): (
        "Votre rendez-vous du {slot}",
        """
Votre rendez-vous est confirmé : {slot}.
Référence : {reservation}.

Pour le déplacer ou l'annuler : {link}
"""),
    ("confirmed", "en"): (
        "Your appointment on {slot}",
        """
Your appointment is confirmed: {slot}.
Reference: {reservation}.

To move or cancel it: {link}
"""),
    ("moved", "fr"): (
        "Votre rendez-vous est déplacé au {slot}",
        """
Votre rendez-vous du {before} est déplacé au {slot}.
Référence : {reservation}, comme avant.

Si ce n'est pas vous qui l'avez déplacé, adressez-vous au guichet avec une pièce d'identité.
"""),
    ("moved", "en"): (
        "Your appointment was moved to {slot}",
        """
Your appointment of {before} was moved to {slot}.
Reference: {reservation}, as before.

If it was not you who moved it, come to the desk with your papers.
"""),
    ("cancelled", "fr"): (
        "Votre rendez-vous du {slot} est annulé",
        """
Votre rendez-vous du {slot} ({reservation}) est annulé, et sa place est rendue.

Si ce n'est pas vous qui l'avez annulé, adressez-vous au guichet avec une pièce d'identité.
"""),
    ("cancelled", "en"): (
        "Your appointment on {slot} was cancelled",
        """
Your appointment on {slot} ({reservation}) was cancelled, and its seat given back.

If it was not you who cancelled it, come to the desk with your papers.
"""),
    ("expired", "fr"): (
        "Le créneau du {slot} n'a pas été confirmé",
        """
Le créneau du {slot} ({reservation}) n'a pas été confirmé à temps : il n'est plus réservé.

Pour en choisir un autre : {link}
"""),
    ("expired", "en"): (
        "The slot on {slot} was not confirmed",
        """
The slot on {slot} ({reservation}) was not confirmed in time: it is no longer kept.

To choose another one: {link}
"""),
    ("recovery-asked", "fr"): (
        "Retrouver votre rendez-vous",
        """
Quelqu'un a demandé à retrouver le rendez-vous {reservation}. Si c'est vous : {link}

Sinon, il n'y a rien à faire : cette adresse seule a reçu ce message.
"""),
    ("recovery-asked", "en"): (
        "The way back to your appointment",
        """
Somebody has asked for the way back to the appointment {reservation}. If it was you: {link}

If not, there is nothing to do: this address alone has got this message.
"""),
    ("asked-again", "fr"): (
        "Une tentative de réservation à votre nom",
        """
Quelqu'un a essayé de prendre un autre rendez-vous à votre nom. Rien n'a changé : {reservation} reste le vôtre.

Si ce n'est pas vous, gardez ce message ; en cas de doute, adressez-vous au guichet avec une pièce d'identité.
"""),
    ("asked-again", "en"): (
        "Somebody tried to book in your name",
        """
Somebody has tried to take another appointment in your name. Nothing has changed: {reservation} is still yours.

If it was not you, keep this message; if in doubt, come to the desk with your papers.
"""),
    ("repaired", "fr"): (
        "Les droits sur le rendez-vous {reservation} ont changé",
        """
Au guichet, le rendez-vous {reservation} a été rendu à la personne au nom de laquelle il est pris. Les liens envoyés auparavant ne sont plus valables.

Pour toute question, adressez-vous au guichet avec une pièce d'identité.
"""),
    ("repaired", "en"): (
        "Who may act on the appointment {reservation} has changed",
        """
At the desk, the appointment {reservation} was given back to the person in whose name it is. Links that were sent before are no longer good.

For any question come to the desk with your papers.
"""),
}
