"""Agenda files for tests: dates count from today in the office's time zone, so that a test passes on any day.

The calendar is computed here a second time, by itself: what the engine makes of a file is compared with it.
"""

import datetime
import itertools
import secrets
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def now():
    return datetime.datetime.now(PARIS)


def zone_of_noon():
    """A time zone in which it is between eleven and one: an opening of today is neither over nor about to be."""
    west = datetime.datetime.now(datetime.timezone.utc).hour - 12  # "Etc/GMT+5" is five hours west of Greenwich
    return "Etc/GMT" + (f"{west:+d}" if west else "")


def day(offset):
    """The local date so many days from today."""
    return now().date() + datetime.timedelta(days=offset)


def agenda(name, *, first=1, last=14, hours="09:00-12:00", minutes=20, web=1, phone=0, hold_s=600, more="",
           opening=""):
    """The text of an agenda that is open every day, with one session. `more`: lines for the top of the file."""
    return f"""
agenda   = "{name}"
title    = "Titres de séjour : dépôt, {name}"
office   = "Préfecture, Bobigny"
timezone = "Europe/Paris"
policy   = "direct"
identity = [["dossier", "birth_date"], ["passport", "birth_date"]]
hold_s   = {hold_s}
notice_hours = 0
horizon_days = 90
alternative  = "Au guichet, 124 rue Carnot, lundi à vendredi."
{more}
{opening}
[[session]]
weekdays = {WEEKDAYS}
from     = {day(first)}
until    = {day(last)}
hours    = ["{hours}"]
minutes  = {minutes}
seats    = {{ web = {web}, phone = {phone} }}
holidays = "open"
"""


def counts(**some):
    """What an agenda says of a channel's seats: those given, and of all else there is none."""
    every = dict.fromkeys(("published", "free", "held", "reserved", "confirmed", "cooling", "offered", "cancelled",
                           "by_agents", "by_helpers", "shifted_in", "shifted_out"), 0)
    return every | {"confirmed": some.get("reserved", 0)} | some


def opening(weekday, opens="09:00", closes="10:00"):
    return f"""[opening]
weekdays = ["{WEEKDAYS[weekday]}"]
gather   = "{opens}"
open     = "{opens}"
close    = "{closes}"
"""


def slots(*, first=1, last=14, hours="09:00-12:00", minutes=20):
    """The names of the slots that agenda(...) with the same words gives."""
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in hours.split("-"))
    starts = range(begin, end - minutes + 1, minutes)
    return [f"{day(d)}T{start // 60:02}:{start % 60:02}"
            for d, start in itertools.product(range(first, last + 1), starts)]


def starts_at(slot):
    """RFC 3339 with the office's offset."""
    return datetime.datetime.fromisoformat(slot).replace(tzinfo=PARIS).isoformat()


_next_applicant = itertools.count(1)


def applicant(number=None):
    """Somebody nobody has seen before, or the same one for the same number."""
    if number is None:
        number = 500_000_000 + next(_next_applicant)
    return {"dossier": f"{number:010}", "birth_date": f"{1950 + number % 50}-{1 + number % 12:02}-17"}


def key():
    """An Idempotency-Key."""
    return secrets.token_urlsafe(16)
