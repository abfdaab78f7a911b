"""The desk, end to end by API and by CLI, with kill -9 after each step (trust_test.py's Story): somebody without a computer is
booked for, by an agent and by a helper, and has a letter."""

import json

import agendas

AGENDA = "95-titres"
CALLER, VISITOR, WRITER = "9540012233445", "9540012233446", "9540012233447"
HELPED = [f"95500998877{n:02}" for n in range(3)]
FAMILY = ["9300510001", "9300510002", "9300510003"]
SENT = [CALLER, VISITOR, WRITER, *HELPED, *FAMILY]


def person(dossier):
    return {"dossier": dossier, "birth_date": "1987-03-09"}


def office(name, more=""):
    """One slot a day with a seat of each channel."""
    text = agendas.agenda(name, hours="09:00-09:20", web=1, phone=1, more=more)
    return text.replace("phone = 1 }", "phone = 1, desk = 2, post = 1, court = 1 }")


def channels(story, name=AGENDA):
    return story.ask("GET", f"/v1/agendas/{name}").json["channels"]


def by_api(story, claire):
    path = f"/v1/agendas/{AGENDA}/desk"
    body = {"channel": "phone", "applicant": person(CALLER)}
    key = "by-telephone-0123456789"
    made = story.must(201, "POST", path, body, claire, Idempotency_Key=key)
    story.secrets += [made["key"], key]
    assert made["state"] == "confirmed" and made["channel"] == "phone" and made["office"].startswith("Préfecture"), made
    for words in (made["reservation"], made["key"], "Ce qui est conservé", "annulez ce rendez-vous", "9\u00a0h (20 minutes)"):
        assert words in made["letter"], made["letter"]
    again = story.must(200, "POST", path, body, claire, Idempotency_Key=key)
    assert again["existed"] and again["reservation"] == made["reservation"] and again["key"] == made["key"], again
    other = story.ask("POST", path, body, claire, Idempotency_Key="somebody-elses-0123456789")
    assert other.code == "already-reserved" and made["reservation"] not in other.body.decode(), other
    assert story.read(made["reservation"], made["key"]).json["state"] == "confirmed"
    entry = story.ask("POST", path, body, claire, Idempotency_Key=key, Accept="text/calendar")
    assert entry.status == 200 and b"STATUS:CONFIRMED" in entry.body and made["key"].encode() not in entry.body, entry
    refusals = [({"channel": "web", "applicant": person(VISITOR)}, "validation-failed", "/channel"),
                ({"channel": "court", "applicant": person(VISITOR)}, "validation-failed", "mandate"),
                ({"applicant": person(VISITOR)}, "validation-failed", "/channel"),
                ({"channel": "desk"}, "validation-failed", "/applicant")]
    for wrong, code, words in refusals:
        reply = story.ask("POST", path, wrong, claire)
        assert reply.code == code and words in reply.body.decode(), reply
    assert story.ask("POST", path, body).code == "unknown-route", "the public listener has no desk"
    assert channels(story)["phone"]["by_agents"] == 1 and channels(story)["web"]["free"] == 14, channels(story)


def by_cli(story, claire):
    home = story.home
    files = {name: home / f"visitor.{name}" for name in ("key", "txt", "ics")}
    made = story.run(claire, "reserve", "desk", AGENDA, "--channel", "post", "--applicant", story.file(person(WRITER)),
                     "--key-file", files["key"], "--letter", files["txt"], "--ics", files["ics"])
    key = files["key"].read_text().strip()
    story.secrets.append(key)
    assert "key" not in made and "letter" not in made and made["state"] == "confirmed", made
    letter = files["txt"].read_text()
    assert key in letter and "par courrier" in letter and files["txt"].stat().st_mode & 0o077 == 0, letter
    assert "BEGIN:VEVENT" in files["ics"].read_text()
    assert story.read(made["reservation"], key).status == 200
    dry = story.run(claire, "reserve", "desk", AGENDA, "--channel", "desk", "--applicant", story.file(person(VISITOR)), "--dry-run")
    assert dry["dry_run"] and VISITOR not in json.dumps(dry), dry
    refused = story.run(claire, "reserve", "desk", AGENDA, "--channel", "post", "--applicant", story.file(person(VISITOR)),
                        "--slot", made["slot"], code=3)
    assert refused["code"] == "slot-taken" and made["slot"] not in refused["alternatives"], refused


def a_helper(story, leila):
    """So many a week, across kills; the fourth is told when it can go on."""
    path = f"/v1/agendas/{AGENDA}/desk"
    for number, who in enumerate(HELPED):
        reply = story.ask("POST", path, {"channel": "desk", "applicant": person(who)}, leila)
        story.kill()
        if number < 2:
            assert reply.status == 201, reply
            story.secrets.append(reply.json["key"])
        else:
            assert reply.code == "cap-reached" and reply.headers["retry-after"], reply
    assert story.ask("POST", path, {"channel": "post", "applicant": person(VISITOR)}, leila).code == "validation-failed"
    assert channels(story)["desk"]["by_helpers"] == 2


def a_family(story, claire):
    """Seats of one slot for all of them, by CLI, and the same again after a kill; one letter to print, a page for each."""
    people = [person(who) for who in FAMILY[:2]]
    letters, key = story.home / "family.txt", story.home / "family.idempotency"
    key.write_text("a-family-comes-0123456789")
    command = ("reserve", "desk", AGENDA, "--channel", "desk", "--applicant", story.file(people), "--idempotency-key", key)
    made = story.run(claire, *command, "--letter", letters)
    held = made["reservations"]
    story.secrets += [one["key"] for one in held]
    assert len(held) == 2 and held[0]["slot"] == held[1]["slot"] and "letter" not in made, made
    assert letters.read_text().count("\f") == 1 and all(one["key"] in letters.read_text() for one in held)
    story.kill()
    again = story.run(claire, *command)
    assert again["existed"] and again["party"] == made["party"] and again["reservations"] == held, again
    for one in held:
        assert story.read(one["reservation"], one["key"]).json["state"] == "confirmed"
    path = f"/v1/agendas/{AGENDA}/desk"
    refused = story.ask("POST", path, {"channel": "desk", "applicants": [person(FAMILY[2]), people[0]]}, claire)
    assert refused.code == "already-reserved", refused
    both = story.ask("POST", path, {"channel": "desk", "applicants": people, "applicant": people[0]}, claire)
    assert both.code == "validation-failed", both
    assert channels(story)["desk"]["by_agents"] == 2


def desk(story, claire):
    leila = story.agent_key("leila.haddad", "helper")
    story.daemon.must_publish(AGENDA, office(AGENDA, more="helper_cap = 2"))
    story.kill()
    by_api(story, claire)
    by_cli(story, claire)
    a_helper(story, leila)
    a_family(story, claire)
