"""Seats from one channel to another, end to end by API and by CLI, with kill -9 after each step (trust_test.py's Story): what the
agenda's flow has made due, and what an operator gives by hand, stays so over kills and publications of the same file."""

import datetime
import json
import time

import agendas
from creneau import ctl
from desk_cases import channels

AGENDA = "77-titres"
FLOW = """
[[flow]]
from = "phone"
to = "web"
hours_before = 80
"""


def office():
    """One slot a day, from tomorrow on."""
    text = agendas.agenda(AGENDA, hours="09:00-09:20", web=1, phone=2, more="").replace(
        "phone = 2 }", "phone = 2, desk = 1, post = 2, court = 1 }")
    return text.replace("[[session]]", FLOW + "[[session]]")


def due():
    """How many of the slots are within the flow's 80 hours."""
    now = agendas.now()
    starts = (now.replace(hour=9, minute=0, second=0, microsecond=0) + datetime.timedelta(days=d) for d in range(1, 15))
    return sum(start - now <= datetime.timedelta(hours=80) for start in starts)


def free(story, offset):
    day = agendas.day(offset)
    slots = story.ask("GET", f"/v1/agendas/{AGENDA}/slots?from={day}&to={day}").json["slots"]
    return [slot["free"] for slot in slots]


def wait_for_flow(story):
    until = time.monotonic() + 20
    while channels(story, AGENDA)["web"]["shifted_in"] == 0 and time.monotonic() < until:
        time.sleep(0.05)
    return channels(story, AGENDA)["web"]["shifted_in"]


def flow(story):
    text = office()
    story.daemon.must_publish(AGENDA, text)
    before = due()
    story.kill()  # the steward looks when it begins, and then once a minute
    moved = wait_for_flow(story)
    assert moved in (2 * before, 2 * due()) and moved >= 4, channels(story, AGENDA)
    assert free(story, 1) == [3] and free(story, 9) == [1], "two of the telephone's seats, of the first days only"
    shares = channels(story, AGENDA)
    assert shares["phone"]["shifted_out"] == moved and shares["web"]["published"] == 14 + moved, shares
    assert story.ask("GET", f"/v1/agendas/{AGENDA}").json["rules"]["flow"] == [{"from": "phone", "to": "web", "hours_before": 80}]
    story.kill()
    assert channels(story, AGENDA) == shares
    with story.daemon.admin() as operator:
        again = operator.request("PUT", f"/v1/agendas/{AGENDA}", text, Content_Type="application/toml").json
    assert again["seats_added"] == again["seats_withdrawn"] == 0, again
    story.kill()
    assert channels(story, AGENDA) == shares
    return moved


def by_hand(story):
    day = str(agendas.day(9))
    arguments = ("agenda", "shift", AGENDA, "--from", "post", "--to", "web", "--day", day)
    dry = story.operate(*arguments, "--dry-run")
    assert dry["seats"] == 2 and dry["dry_run"] and free(story, 9) == [1], dry
    done = story.operate(*arguments, "--seats", "1")
    assert done["seats"] == 1 and done["slots"] == 1 and done["version"] == dry["version"] + 1, done
    assert free(story, 9) == [2]
    back = ("agenda", "shift", AGENDA, "--from", "web", "--to", "post", "--slot", f"{day}T09:00", "--seats", "1")
    assert story.operate(*back)["seats"] == 1 and free(story, 9) == [1]
    with story.daemon.admin() as operator:
        path = f"/v1/agendas/{AGENDA}/shift"
        for body, words in [({"from": "web", "to": "web", "day": day}, "/to"), ({"from": "web", "to": "desk"}, "/slot"),
                            ({"from": "fax", "to": "desk", "day": day}, "/from"),
                            ({"from": "web", "to": "desk", "day": day, "seats": 0}, "/seats"),
                            ({"from": "web", "to": "desk", "day": "tomorrow"}, "/day")]:
            reply = operator.request("POST", path, body)
            assert reply.code == "validation-failed" and words in reply.body.decode(), reply
        assert operator.request("POST", path + "?dryrun=1", {"from": "web", "to": "desk", "day": day}).code == "validation-failed"


def told(story, site, moved):
    """The website hears of it; a calendar that only shifts is no publication."""
    lines = story.ask("GET", f"/v1/events?after=0&wait_s=0&agenda={AGENDA}", None, site).body.decode().splitlines()
    events = [json.loads(line) for line in lines if line]
    shifts = [event for event in events if event["event"] == "seats-shifted"]
    assert [event["cause"] for event in shifts] == ["flow", "by-hand", "by-hand"], events
    assert shifts[0]["moved"] == [{"from": "phone", "to": "web", "seats": moved, "slots": moved // 2}], shifts
    assert sum(event["event"] == "published" for event in events) == 2, events


def check_lists(story):
    """A list of slots is held to seats without a computer where it is checked, and where it is published."""
    text = office().replace(AGENDA, "60-titres")
    text = "\n".join(line for line in text[:text.index("[[flow]]")].splitlines() if "alternative" not in line)
    toml, slots = story.home / "60-titres.toml", story.home / "60-titres.csv"
    toml.write_text(text)
    for seats, valid in (("2,0,1", False), ("2,1,0", True)):
        slots.write_text(f"slot,minutes,web,phone,court\n{agendas.day(3)}T09:00,20,{seats}\n")
        code, said, _ = ctl(story.ctl_program, "--json", "agenda", "check", toml, slots)
        assert code == (0 if valid else 3) and ("every seat is on the web" in said) != valid, (code, said)


def shares(story, site):
    check_lists(story)
    moved = flow(story)
    by_hand(story)
    told(story, site, moved)
