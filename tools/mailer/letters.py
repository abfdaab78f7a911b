"""What each event comes to as a mail, in French and English. Pure: an event, an agenda, a contact in, a subject and a text
out; the same again for the same event, so that a mail that goes out twice is the same mail twice.

Each says what happened, when and where, and one next step.
"""

import datetime
from dataclasses import dataclass

DAYS = {"fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]}
MONTHS = {"fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
                 "décembre"],
          "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
                 "December"]}


@dataclass(frozen=True)
class Contact:
    """What the website keeps of a holder: this program's sample of it."""
    mail: str
    language: str = "fr"
    link: str = ""  # the website's own way to the reservation, for its holder only


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def when(slot, language):
    """The office's local time: "Mardi 9 mars 2027, 9 h 20"; "Tuesday 9 March 2027, 9:20"."""
    at = datetime.datetime.fromisoformat(slot)
    day, month = DAYS[language][at.weekday()], MONTHS[language][at.month - 1]
    if language == "en":
        return f"{day} {at.day} {month} {at.year}, {at.hour}:{at.minute:02}"
    number = "1er" if at.day == 1 else at.day
    clock = f"{at.hour} h {at.minute:02}" if at.minute else f"{at.hour} h"
    return f"{day.capitalize()} {number} {month} {at.year}, {clock}"


def kind_of(event):
    """Which letter; None: nobody is written to. A hold that is moved or given up is its holder's own doing, on the page. `offered`:
    what lapsed was offered by the office, not chosen."""
    name = event["event"]
    if name in ("moved", "cancelled"):
        return name if event.get("was") == "confirmed" else None
    if name == "expired" and event.get("offered"):
        return "offer-lapsed"
    return name if name in TEXTS else None


def whom(event):
    """Under which name its reader's contact was entered: that of a place in the waitlist, of an entry in a draw, of a reservation."""
    return event.get("place") or event.get("entry") or event.get("reservation")


def about(event):
    """Mails about the same name go out in their order."""
    return event.get("reservation") or whom(event)


# What a line has in braces: title, office, when, before (the slot that was left), until (of what is offered), reservation, link,
# site, alternative.
# A line whose braces have nothing to stand for is left out.
TEXTS = {
    "confirmed": {
        "fr": ("Rendez-vous confirmé : {when}",
               ["Votre rendez-vous est confirmé.", "", "{title}", "{when}", "{office}", "Référence : {reservation}", "",
                "Pour le déplacer ou l'annuler : {link}",
                "Présentez-vous quelques minutes avant l'heure, avec les pièces demandées et cette référence."]),
        "en": ("Appointment confirmed: {when}",
               ["Your appointment is confirmed.", "", "{title}", "{when}", "{office}", "Reference: {reservation}", "",
                "To move or cancel it: {link}",
                "Come a few minutes early, with the documents asked for and this reference."])},
    "moved": {
        "fr": ("Rendez-vous déplacé : {when}",
               ["Votre rendez-vous a été déplacé.", "", "{title}", "Nouvelle date : {when}", "{office}",
                "Ancienne date : {before}", "Référence : {reservation}", "",
                "Venez à la nouvelle date ; l'ancienne place n'est plus la vôtre.",
                "Si vous ne l'avez pas demandé, ouvrez votre rendez-vous : {link}"]),
        "en": ("Appointment moved: {when}",
               ["Your appointment has been moved.", "", "{title}", "New date: {when}", "{office}", "Old date: {before}",
                "Reference: {reservation}", "", "Come at the new date; the old place is no longer yours.",
                "If you did not ask for this, open your appointment: {link}"])},
    "cancelled": {
        "fr": ("Rendez-vous annulé : {when}",
               ["Votre rendez-vous est annulé et la place a été rendue.", "", "{title}", "{when}", "{office}",
                "Référence : {reservation}", "", "Pour en prendre un autre : {site}"]),
        "en": ("Appointment cancelled: {when}",
               ["Your appointment is cancelled and the place has been given back.", "", "{title}", "{when}", "{office}",
                "Reference: {reservation}", "", "To take another one: {site}"])},
    "expired": {
        "fr": ("Créneau non confirmé : {when}",
               ["Le créneau que vous aviez choisi n'a pas été confirmé à temps : la place a été rendue.",
                "Vous n'avez pas de rendez-vous.", "", "{title}", "{when}", "{office}", "",
                "Pour choisir un autre créneau : {site}", "Sans internet : {alternative}"]),
        "en": ("Slot not confirmed: {when}",
               ["The slot you had chosen was not confirmed in time: the place has been given back.",
                "You have no appointment.", "", "{title}", "{when}", "{office}", "", "To choose another slot: {site}",
                "Without the internet: {alternative}"])},
    "place-offered": {
        "fr": ("Une place vous est proposée : {when}",
               ["Une place s'est libérée, et c'est votre tour sur la liste d'attente.", "", "{title}", "{when}", "{office}",
                "Référence : {reservation}", "", "À confirmer avant : {until}", "Pour la confirmer ou la refuser : {link}",
                "Sans confirmation, elle sera proposée à quelqu'un d'autre."]),
        "en": ("A place is offered to you: {when}",
               ["A place has become free, and it is your turn on the waitlist.", "", "{title}", "{when}", "{office}",
                "Reference: {reservation}", "", "To be confirmed before: {until}", "To confirm or decline it: {link}",
                "If you do not confirm it, it will be offered to somebody else."])},
    "entry-offered": {
        "fr": ("Le tirage au sort vous donne une place : {when}",
               ["Votre inscription au tirage au sort a obtenu une place.", "", "{title}", "{when}", "{office}",
                "Référence : {reservation}", "", "À confirmer avant : {until}", "Pour la confirmer ou la refuser : {link}",
                "Sans confirmation, elle sera proposée à quelqu'un d'autre."]),
        "en": ("The draw gives you a place: {when}",
               ["Your entry in the draw has won a place.", "", "{title}", "{when}", "{office}", "Reference: {reservation}", "",
                "To be confirmed before: {until}", "To confirm or decline it: {link}",
                "If you do not confirm it, it will be offered to somebody else."])},
    "slot-closed": {
        "fr": ("Votre rendez-vous ne peut pas avoir lieu à cette date : {when}",
               ["L'accueil sera fermé le jour de votre rendez-vous. Ne vous déplacez pas ce jour-là.", "", "{title}",
                "Date qui n'est plus possible : {when}", "{office}", "Référence : {reservation}", "",
                "Si une autre place peut vous être gardée, un autre message vous dit laquelle, et jusqu'à quand la confirmer.",
                "Sans ce message, choisissez une autre date, s'il en reste : {link}", "Sans internet : {alternative}"]),
        "en": ("Your appointment cannot take place on this date: {when}",
               ["The office will be closed on the day of your appointment. Do not come on that day.", "", "{title}",
                "Date that is not possible any more: {when}", "{office}", "Reference: {reservation}", "",
                "If another place can be kept for you, another message says which, and until when to confirm it.",
                "Without that message choose another date, if there is one left: {link}",
                "Without the internet: {alternative}"])},
    "displaced": {
        "fr": ("Votre rendez-vous change de date : à confirmer, {when}",
               ["L'accueil sera fermé le jour de votre rendez-vous. Une autre place vous est gardée : confirmez-la.", "", "{title}",
                "Nouvelle date : {when}", "{office}", "Ancienne date, qui n'est plus possible : {before}",
                "Référence : {reservation}", "", "À confirmer avant : {until}", "Pour la confirmer : {link}",
                "Sans confirmation, vous n'aurez plus de rendez-vous."]),
        "en": ("Your appointment changes: to be confirmed, {when}",
               ["The office will be closed on the day of your appointment. Another place is kept for you: please confirm it.", "",
                "{title}", "New date: {when}", "{office}", "Old date, which is not possible any more: {before}",
                "Reference: {reservation}", "", "To be confirmed before: {until}", "To confirm it: {link}",
                "If you do not confirm it, you will have no appointment."])},
    "offer-lapsed": {
        "fr": ("Place non confirmée : {when}",
               ["La place qui vous était proposée n'a pas été confirmée à temps : elle a été rendue.",
                "Vous n'avez pas de rendez-vous.", "", "{title}", "{when}", "{office}", "", "Pour en prendre un : {site}",
                "Sans internet : {alternative}"]),
        "en": ("Place not confirmed: {when}",
               ["The place that was offered to you was not confirmed in time: it has been given back.",
                "You have no appointment.", "", "{title}", "{when}", "{office}", "", "To take one: {site}",
                "Without the internet: {alternative}"])},
    "place-lapsed": {
        "fr": ("Liste d'attente : votre inscription a pris fin",
               ["Les places qui vous ont été proposées n'ont pas été confirmées à temps : vous n'êtes plus sur la liste d'attente.",
                "", "{title}", "{office}", "", "Pour vous inscrire de nouveau : {site}", "Sans internet : {alternative}"]),
        "en": ("Waitlist: your place on it has ended",
               ["What was offered to you was not confirmed in time: you are no longer on the waitlist.", "", "{title}",
                "{office}", "", "To join it again: {site}", "Without the internet: {alternative}"])},
    "recovery-asked": {
        "fr": ("Votre rendez-vous : le lien demandé",
               ["Quelqu'un a demandé à retrouver votre rendez-vous, sans doute vous.", "", "{title}", "{when}",
                "Référence : {reservation}", "", "Votre rendez-vous : {link}",
                "Si vous n'avez rien demandé, ne faites rien : rien n'a changé, et ce lien n'a été envoyé qu'à vous."]),
        "en": ("Your appointment: the link that was asked for",
               ["Somebody has asked for the way to your appointment, probably you.", "", "{title}", "{when}",
                "Reference: {reservation}", "", "Your appointment: {link}",
                "If you asked for nothing, do nothing: nothing has changed, and this link was sent to you only."])},
    "asked-again": {
        "fr": ("Quelqu'un a voulu prendre un rendez-vous à votre nom",
               ["Quelqu'un a demandé un rendez-vous à votre nom. Vous en avez déjà un : la demande a été refusée.", "",
                "{title}", "{when}", "Référence : {reservation}", "", "Rien n'a changé. Si c'était vous, rien à faire.",
                "Sinon, quelqu'un connaît votre numéro de dossier ; dites-le au guichet. Votre rendez-vous : {link}"]),
        "en": ("Somebody tried to book in your name",
               ["Somebody asked for an appointment in your name. You have one already: this was refused.", "", "{title}",
                "{when}", "Reference: {reservation}", "", "Nothing has changed. If it was you, there is nothing to do.",
                "If not, somebody knows your file number; tell the office. Your appointment: {link}"])},
}


def write(event, agenda, contact, site="", slot=None):
    """The letter of an event that kind_of has one for. `agenda`: as GET /v1/agendas/{agenda} shows it, or {}; `slot`: of an
    event that does not say it."""
    language = contact.language if contact.language in DAYS else "fr"
    slot = event.get("slot", slot)
    known = {"reservation": event.get("reservation"), "link": contact.link, "site": site, "title": agenda.get("title"),
             "office": agenda.get("office"), "alternative": agenda.get("alternative"),
             "when": when(slot, language) if slot else None,
             "before": when(event["from"]["slot"], language) if "from" in event else None,
             "until": when(event["expires_at"], language) if "expires_at" in event else None}
    missing = ["{" + name + "}" for name, value in known.items() if not value]
    subject, lines = TEXTS[kind_of(event)][language]
    told = [line.format_map(known) for line in lines if not any(name in line for name in missing)]
    return Letter(subject.format_map({**known, "when": known["when"] or known["reservation"]}),
                  "\n".join(told).strip() + "\n")
