"""Reservations that courts have ordered, end to end by API and by CLI, with kill -9 after each step (trust_test.py's Story): two
persons, the court's share first, then what the agenda says, openly; what is due is told; what the court wrote is in no file."""

import json
import time

import agendas

ADDS, COUNTS = "78-titres", "91-titres"
SENT = [f"78200112233{n:02}" for n in range(6)]
ORDER = "ordonnance n° 2612345, M. Charles-Edouard Untel, né à Tunis"


def person(dossier):
    return {"dossier": dossier, "birth_date": "1987-03-09"}


def publish(story, name, overflow):
    """One slot a day; the court has a seat of each."""
    text = agendas.agenda(name, hours="09:00-09:20", web=1, phone=1, more=f'court_overflow = "{overflow}"')
    story.daemon.must_publish(name, text.replace("phone = 1 }", "phone = 1, desk = 2, court = 1 }"))
    story.kill()


def order(agenda, dossier, deadline=1):
    return {"agenda": agenda, "applicant": person(dossier), "court": "TA Versailles", "decision": ORDER,
            "date": str(agendas.day(-10)), "deadline": str(agendas.day(deadline)), "penalty_eur": 150}


def court(story, name):
    return story.ask("GET", f"/v1/agendas/{name}").json["court"]


def approved(story, paul, mandate, home=None):
    made = story.must(201, "POST", f"/v1/mandates/{mandate}/approve", None, paul)
    story.secrets.append(made["key"])
    return made


def two_persons(story, claire, paul):
    entered = story.must(202, "POST", "/v1/mandates", order(ADDS, SENT[0]), claire)
    name = entered["mandate"]
    assert name[0] == "M" and entered["mandate_state"] == "proposed" and entered["days_left"] == 1, entered
    assert story.must(200, "POST", "/v1/mandates", order(ADDS, SENT[0]), claire)["existed"]
    path = f"/v1/mandates/{name}/approve"
    assert story.ask("POST", path, None, claire).code == "second-person-needed"
    assert story.ask("POST", "/v1/mandates/M0000000000000/approve", None, paul).code == "unknown-mandate"
    assert story.ask("POST", path).code == "unknown-route", "the public listener has none"
    made = approved(story, paul, name)
    assert made["state"] == "confirmed" and made["seat"] == "share" and made["channel"] == "court", made
    assert "en exécution d’une décision de justice" in made["letter"] and made["approved_by"] == "paul.durand", made
    assert story.read(made["reservation"], made["key"]).json["state"] == "confirmed"
    again = story.must(200, "POST", path, None, paul)
    assert again["existed"] and again["key"] == made["key"], again
    assert story.ask("DELETE", f"/v1/mandates/{name}", None, claire).code == "act-settled"


def beyond_the_share(story, claire, paul):
    """A court seat is added to the slot; where the agenda counts instead, the channel that has most gives one."""
    name = story.must(202, "POST", "/v1/mandates", order(ADDS, SENT[1]), claire)["mandate"]
    made = approved(story, paul, name)
    assert made["seat"] == "added" and made["channel"] == "court" and made["slot"] == f"{agendas.day(1)}T09:00", made
    assert court(story, ADDS) == {"published": 15, "given": 2, "added": 1, "overflow": 0}, court(story, ADDS)
    publish(story, COUNTS, "count")
    for dossier, seat in ((SENT[2], "share"), (SENT[3], "court-overflow")):
        name = story.must(202, "POST", "/v1/mandates", order(COUNTS, dossier), claire)["mandate"]
        made = approved(story, paul, name)
        assert made["seat"] == seat, made
    assert made["channel"] == "desk" and "décision de justice" in made["letter"], made
    assert court(story, COUNTS) == {"published": 14, "given": 2, "added": 0, "overflow": 1}, court(story, COUNTS)


def by_cli(story, claire, paul):
    decision = story.home / "order.txt"
    decision.write_text(ORDER + "\n")
    arguments = ("mandate", "new", ADDS, "--applicant", story.file(person(SENT[4])), "--court", "TA Versailles", "--decision", decision,
                 "--date", agendas.day(-3), "--deadline", agendas.day(2), "--penalty", 100)
    dry = story.run(claire, *arguments, "--dry-run")
    assert dry["dry_run"] and "Untel" not in json.dumps(dry) and SENT[4] not in json.dumps(dry), dry
    name = story.run(claire, *arguments)["mandate"]
    due = story.run(paul, "mandate", "due")["mandates"]
    assert [one["mandate"] for one in due] == [name] and due[0]["decision"] == ORDER, due
    files = {end: story.home / f"convened.{end}" for end in ("key", "txt", "ics")}
    made = story.run(paul, "mandate", "approve", name, "--key-file", files["key"], "--letter", files["txt"], "--ics", files["ics"])
    story.secrets.append(files["key"].read_text().strip())
    assert "key" not in made and made["mandate_state"] == "given" and story.secrets[-1] in files["txt"].read_text(), made
    assert "BEGIN:VEVENT" in files["ics"].read_text()
    assert story.run(paul, "mandate", "due")["mandates"] == []
    assert len(story.run(paul, "mandate", "list")["mandates"]) == 5


def told(story, claire, site):
    """What is due is told once, and stands in the metrics; who may not read what a court wrote, does not."""
    name = story.must(202, "POST", "/v1/mandates", order(ADDS, SENT[5], deadline=2), claire)["mandate"]
    assert story.daemon.metric(f'creneau_mandates_due{{agenda="{ADDS}"}}') == 1
    with story.daemon.admin() as operator:
        listed = operator.request("GET", "/v1/mandates?due=4").json["mandates"]
        assert [one["mandate"] for one in listed] == [name] and "decision" not in listed[0], listed
        assert operator.request("GET", "/v1/mandates?due=soon").code == "validation-failed"
        assert operator.request("POST", "/v1/mandates", order(ADDS, SENT[5])).code == "forbidden"
    events, due, until = [], [], time.monotonic() + 20
    while name not in due and time.monotonic() < until:  # the steward looks when it begins
        lines = story.ask("GET", f"/v1/events?after=0&wait_s=0&agenda={ADDS}", None, site).body.decode().splitlines()
        events = [json.loads(line) for line in lines if line]
        due = [event["mandate"] for event in events if event["event"] == "mandate-due"]
    assert name in due and len(due) == len(set(due)), due
    assert "Untel" not in json.dumps(events) and '"seats-shifted"' in json.dumps(events)
    assert story.run(claire, "mandate", "withdraw", name)["mandate_state"] == "withdrawn"


def mandates(story, claire, paul, site):
    publish(story, ADDS, "add")
    two_persons(story, claire, paul)
    beyond_the_share(story, claire, paul)
    by_cli(story, claire, paul)
    told(story, claire, site)
