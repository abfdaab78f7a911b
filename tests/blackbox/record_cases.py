"""What everybody can check: the counts, the notice, the release calendar, and the service record across kill -9."""

import contextlib
import datetime
import json
import os
import select
import shutil
import time

import agendas
from api_case import ApiCase
from creneau import Daemon, Scratch, ctl


class Asked(ApiCase):
    def assert_parameter(self, reply, parameter):
        problem = self.assert_problem(reply, 422, "validation-failed")
        self.assertEqual([error["parameter"] for error in problem["errors"]], [parameter], reply)


class Counters(ApiCase):
    def test_a_seat_is_in_one_count_at_a_time_and_a_cancellation_in_its_own_for_ever(self):
        self.daemon.must_publish("counted", agendas.agenda("counted", web=1, phone=1, first=1, last=1))
        every = len(agendas.slots(last=1))

        def seen(free, held, reserved, cooling, cancelled):
            counts = self.counts("counted")
            self.assertEqual(counts, agendas.counts(published=every, free=free, held=held, reserved=reserved,
                                                    cooling=cooling, cancelled=cancelled))

        seen(every, 0, 0, 0, 0)
        held = self.hold("counted")
        seen(every - 1, 1, 0, 0, 0)
        self.must(self.act("POST", held, "confirm"))
        seen(every - 1, 0, 1, 0, 0)
        for _ in range(2):  # a repeat counts once
            self.must(self.act("DELETE", held))
            seen(every - 1, 0, 0, 1, 1)
        given_up = self.hold("counted")
        self.must(self.act("DELETE", given_up))  # was never confirmed
        seen(every - 2, 0, 0, 2, 1)
        shown = self.must(self.client.request("GET", "/v1/agendas/counted"))
        self.assertEqual((shown["by_mandate"], shown["channels"]["phone"]["cancelled"]), (0, 0))
        self.assertEqual(self.daemon.metric('creneau_reservations_cancelled_total{agenda="counted",channel="web"}'), 1)


class Notices(Asked):
    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("told", agendas.agenda("told", more="retention_days = 400"))

    def get(self, query="", **headers):
        return self.client.request("GET", "/v1/agendas/told/notice" + query, **headers)

    def test_in_the_language_that_is_asked_for(self):
        for query, headers, lang, words in (
                ("", {}, "fr", "400 jours"),
                ("", {"Accept_Language": "en-GB,en;q=0.8"}, "en", "400 days"),
                ("?lang=fr", {"Accept_Language": "en"}, "fr", "L. 311-3-1"),
                ("?lang=en", {}, "en", "first one received")):
            reply = self.get(query, **headers)
            notice = self.must(reply)
            self.assertEqual((notice["lang"], reply.headers["content-language"]), (lang, lang))
            self.assertIn(words, notice["text"].replace("\u00a0", " "))
            self.assertEqual(notice["text"], "\n".join(part["text"] + "\n" for part in notice["paragraphs"]))
            self.assertEqual((notice["rules"]["hold_s"], notice["rules"]["retention_days"]), (600, 400))
            self.assertEqual(reply.headers["cache-control"], "max-age=60")

    def test_as_text_and_not_again(self):
        reply = self.get(Accept="text/plain")
        self.assertEqual((reply.status, reply.headers["content-type"]), (200, "text/plain; charset=utf-8"))
        self.assertEqual(reply.body.decode(), self.must(self.get())["text"])
        again = self.get(Accept="text/plain", If_None_Match=reply.headers["etag"])
        self.assertEqual((again.status, again.body), (304, b""))
        self.assert_problem(self.get(Accept="image/png"), 406, "not-acceptable")
        self.assert_parameter(self.get("?lang=de"), "lang")


class Releases(Asked):
    def test_the_days_that_come_within_the_horizon(self):
        # Ninety days ahead: of a calendar that goes on beyond, one day of appointments comes every day.
        self.daemon.must_publish("later", agendas.agenda("later", first=80, last=100, web=2, phone=1))
        reply = self.client.request("GET", "/v1/agendas/later/releases?days=5")
        document = self.must(reply)
        tomorrow = next(day for day in document["releases"] if day["day"] == str(agendas.day(1)))
        every = len(agendas.slots(last=1))
        (appointments,) = tomorrow["appointments"]
        self.assertEqual(appointments["day"], str(agendas.day(91)))
        self.assertEqual((appointments["first"], appointments["slots"]), (f"{agendas.day(91)}T09:00", every))
        self.assertEqual(appointments["seats"], {"web": 2 * every, "phone": every, "desk": 0, "post": 0, "court": 0})
        self.assertEqual(document["until"], str(agendas.day(4)))
        self.assertEqual(reply.headers["cache-control"], "max-age=60")
        tag = reply.headers["etag"]
        again = self.client.request("GET", "/v1/agendas/later/releases?days=5", If_None_Match=tag)
        self.assertEqual(again.status, 304)

    def test_openings_as_a_calendar(self):
        weekday = agendas.day(2).weekday()
        text = agendas.agenda("weekly", opening=agendas.opening(weekday))
        self.daemon.must_publish("weekly", text)
        days = [agendas.day(2 + 7 * week) for week in range(4)]
        shown = self.must(self.client.request("GET", "/v1/agendas/weekly/releases"))["releases"]
        self.assertEqual([day["day"] for day in shown], [str(day) for day in days])
        self.assertEqual(shown[0]["opens_at"], agendas.starts_at(f"{days[0]}T09:00"))
        reply = self.client.request("GET", "/v1/agendas/weekly/releases", Accept="text/calendar")
        self.assertEqual((reply.status, reply.headers["content-type"]), (200, "text/calendar; charset=utf-8"))
        self.assertEqual(reply.body.count(b"BEGIN:VEVENT"), 4)
        at = datetime.datetime.fromisoformat(shown[0]["opens_at"]).astimezone(datetime.timezone.utc)
        self.assertIn(f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\n".encode(), reply.body)

    def test_what_is_no_number_of_days(self):
        for days in ("0", "93", "x", ""):
            self.assert_parameter(self.client.request("GET", f"/v1/agendas/weekly/releases?days={days}"), "days")


class Record(Asked):
    programs = None

    def record(self, daemon, query=""):
        with daemon.client() as client:
            return self.must(client.request("GET", "/v1/agendas/kept/record" + query))

    def wait_for(self, daemon, what):
        until = time.monotonic() + 20
        while not what(record := self.record(daemon)):
            self.assertLess(time.monotonic(), until, record)
            time.sleep(0.1)
        return record

    def test_it_is_in_the_log_and_outlives_kill_9_and_the_loss_of_its_files(self):
        program, creneauctl = self.programs
        with Scratch() as home, Daemon(program, home) as daemon:
            daemon.must_publish("kept", agendas.agenda("kept", web=2))
            daemon.kill()
            daemon.start()
            # What a start says of itself: how everything stands, and since when it was away.
            first = self.wait_for(daemon, lambda record: record["engine"])
            (minute,), (start,) = first["minutes"], first["engine"]
            self.assertEqual((minute["phase"], minute["free"]["web"]), ("open", 2 * len(agendas.slots())))
            self.assertLessEqual(start["down_since"], start["from"])
            self.assertEqual(minute["lsn"], start["lsn"])
            daemon.kill()
            daemon.start()
            second = self.wait_for(daemon, lambda record: len(record["engine"]) == 2)
            self.assertEqual((second["minutes"][0], second["engine"][0]), (minute, start))
            daemon.stop()
            # The same by the log, under the same number.
            code, told, _ = ctl(creneauctl, "--json", "log", "show", daemon.data, "--from",
                                         minute["lsn"], "--limit", "1")
            self.assertEqual(code, 0)
            logged = json.loads(told.splitlines()[0])
            self.assertIn("service", json.dumps(logged))
            self.assertEqual(ctl(creneauctl, "log", "verify", daemon.data)[0], 0)
            # The files are made from the log, and can be made again.
            shutil.rmtree(daemon.data / "record")
            daemon.start()
            third = self.wait_for(daemon, lambda record: len(record["engine"]) >= 3)
            self.assertEqual(third["minutes"][:2], second["minutes"][:2])
            self.assertEqual(third["engine"][:2], second["engine"][:2])

    def test_a_disk_that_does_not_answer_holds_up_nobody(self):
        """A file of the record that cannot be opened, as a pipe cannot without a writer, and more who ask for it than may: the
        one thread that citizens have goes on with what they book, and refuses those that are too many."""
        program, _ = self.programs
        most, more = 128, 5  # limits::kMaxReadings
        with Scratch() as home, Daemon(program, home, "--threads", "1") as daemon, contextlib.ExitStack() as stack:
            daemon.must_publish("kept", agendas.agenda("kept"))
            pipe = daemon.data / "record" / "2026-W01.kept"
            os.mkfifo(pipe)
            asked = [stack.enter_context(daemon.raw()) for _ in range(most + more)]
            for one in asked:
                one.sendall(b"GET /v1/agendas/kept/record?week=2026-W01 HTTP/1.1\r\nHost: x\r\n\r\n")
            refused = set()
            until = time.monotonic() + 20
            while len(refused) < more and time.monotonic() < until:
                refused.update(select.select(set(asked) - refused, [], [], 0.5)[0])
            self.assertEqual(len(refused), more)
            for one in refused:
                self.assertRegex(one.recv(4096), rb"^HTTP/1.1 503 .*(?s:.)*overloaded")
            with daemon.client() as client:
                held = self.must(client.request("POST", "/v1/agendas/kept/holds", {"applicant": agendas.applicant()},
                                                Idempotency_Key=agendas.key()), 201)
                self.must(client.request("POST", f"/v1/reservations/{held['reservation']}/confirm", Creneau_Key=held["key"]))
                self.must(client.request("GET", "/v1/agendas/kept"))
            writer = os.open(pipe, os.O_WRONLY)
            for one in set(asked) - refused:
                self.assertRegex(one.recv(4096), rb"^HTTP/1.1 200 (?s:.)*2026-W01")
            os.close(writer)
            pipe.unlink()
            self.assertEqual(self.record(daemon, "?week=2026-W01")["minutes"], [])

    def test_what_is_no_week_or_no_place_in_one(self):
        self.daemon.must_publish("kept", agendas.agenda("kept"))
        for query, parameter in (("?week=2026-W54", "week"), ("?week=now", "week"), ("?after=7", "after"),
                                 ("?week=2020-W01&after=1-1", "after"), ("?week=2026-W49&week=2026-W50", "week")):
            self.assert_parameter(self.client.request("GET", "/v1/agendas/kept/record" + query), parameter)
        reply = self.client.request("GET", "/v1/agendas/kept/record?week=2020-W01")
        self.assertEqual((self.must(reply)["minutes"], reply.headers["cache-control"]), ([], "max-age=60"))
