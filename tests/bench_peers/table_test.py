"""The arithmetic of bench/run: what a row says for given rounds, and what is read out of Google Benchmark's JSON."""

import json
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench" / "table"))

import micro  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402

AT_LEAST_2 = rows.Row("log", "a ÷ b", "a", "b", rows.AT_LEAST, 2, "1/s")
AT_MOST_2 = rows.Row("log", "a ÷ b", "a", "b", rows.AT_MOST, 2, "1/s")
ABOUT = {"machine": {"cores": 2, "cpu": "<cpu>", "memory_gib": 1, "kernel": "k", "disk": "d", "compiler": "c", "commit": "x"},
         "rounds": 3, "mode": "full", "groups": ["log"], "seconds": 1}


def evaluate(row, rounds, reasons=None):
    return rows.evaluate(row, rounds, reasons or {}, {})


class Rows(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_rounds_ratios(self):
        # A slow second round is slow for both: the ratio of the medians would be 300 / 10.
        told = evaluate(AT_LEAST_2, [{"a": 300, "b": 100}, {"a": 30, "b": 10}, {"a": 900, "b": 10}])
        self.assertEqual((told["ratio"], told["min"], told["max"], told["rounds"]), (3, 3, 90, 3))
        self.assertEqual((told["numerator_value"], told["denominator_value"], told["met"]), (300, 10, True))

    def test_targets_are_met_at_the_bound_itself(self):
        for row, above, below in ((AT_LEAST_2, True, False), (AT_MOST_2, False, True)):
            for a, met in ((2, True), (2.01, above), (1.99, below)):
                self.assertIs(evaluate(row, [{"a": a, "b": 1}])["met"], met, (row.bound, a))

    def test_a_round_without_one_of_the_figures_does_not_count(self):
        told = evaluate(AT_LEAST_2, [{"a": 1}, {"a": 4, "b": 1}, {"b": 3}])
        self.assertEqual((told["ratio"], told["rounds"]), (4, 1))

    def test_a_row_that_could_not_be_measured_says_why(self):
        told = evaluate(AT_LEAST_2, [{"a": 1}, {"a": 2, "b": 0}], {"b": "no b here", "log": "no log"})
        self.assertEqual((told["met"], told["ratio"], told["why"]), (None, None, "no b here"))
        self.assertEqual(evaluate(AT_LEAST_2, [{}], {"log": "no log"})["why"], "no log")
        self.assertEqual(evaluate(AT_LEAST_2, [])["why"], "not measured")

    def test_missed(self):
        table = [evaluate(AT_LEAST_2, [{"a": a, "b": 1}]) for a in (1, 3)] + [evaluate(AT_LEAST_2, [])]
        self.assertEqual(rows.missed(table), table[:1])

    def test_a_figure_alone(self):
        told = evaluate(rows.Row("startup", "s", "a", "", rows.AT_MOST, 5, "s"), [{"a": 4}, {"a": 6}, {"a": 4.5}])
        self.assertEqual((told["ratio"], told["denominator"], told["met"]), (4.5, None, True))

    def test_a_generator_at_its_limit_is_mentioned(self):
        row = rows.Row("http", "a ÷ b", "a.requests", "b.requests", rows.AT_LEAST, 2, "1/s")
        for a, b, said in ((0.5, 0.5, ""), (0.5, 0.95, "denominator (95% of a core)"), (0.95, 0.5, "numerator (95% of a core)")):
            note = evaluate(row, [{"a.requests": 1, "b.requests": 1, "a.client_cpu": a, "b.client_cpu": b}])["note"]
            self.assertIn(said, note)
            self.assertEqual(bool(said), bool(note))

    def test_the_table_is_the_issues(self):
        self.assertEqual([row.target for row in rows.ROWS],
                         [1.7, 4, 0.9, 1.25, 0.8, 0.8, 1.3, 0.8, 3, 0.8, 3, 10, 40, 2, 5, 4, 4, 100, 5, 3])
        self.assertLessEqual({row.group for row in rows.ROWS}, set(rows.GROUPS))


class Micro(unittest.TestCase):
    def figures(self, wanted, *ran):
        return micro.figures(json.dumps({"benchmarks": list(ran)}), wanted)

    def test_ledger(self):
        name = "hold_confirm/agendas:{}/slots_each:37564/iterations:1000000/real_time/threads:{}"
        ran = [{"name": f"{which}/{name.format(agendas, threads)}", "items_per_second": 1e6 * value}
               for which, agendas, threads, value in (("ledger", 1, 1, 1), ("ledger", 100, 1, 2), ("ledger", 100, 2, 4), ("twin", 100, 2, 3))]
        self.assertEqual(self.figures(micro.LEDGER, *ran),
                         {"ledger.1.1": 1, "ledger.100.1": 2, "ledger.100.2": 4, "twin.100.2": 3})

    def test_log(self):
        told = self.figures(micro.LOG, {"name": "log/lone/manual_time", "p50_us": 80, "bare_p50_us": 70, "real_time": 99},
                            {"name": "log/waiting/1024/manual_time", "items_per_second": 5e6, "bare_per_s": 6000, "batch": 1000})
        self.assertEqual(told, {"log.lone": 80, "log.lone.raw": 70, "log.1024": 5e6, "log.1024.raw": 6e6})


class Plain(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.outside = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)
        self.outside += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


class Report(unittest.TestCase):
    def test_all_three(self):
        rounds = [{"a": 4, "b": 1}, {"a": 6, "b": 1}]
        table = [evaluate(AT_LEAST_2, rounds), evaluate(AT_MOST_2, rounds), evaluate(AT_LEAST_2, [], {"log": "<no & log>"})]
        told = report.document(table, rounds, ABOUT)
        self.assertEqual(json.loads(json.dumps(told))["figures"]["a"], {"median": 5, "min": 4, "max": 6, "rounds": [4, 6]})
        text = report.text(told)
        for piece in ("5.00", "(4.00 – 6.00)", "target ≥ 2", "met", "MISSED", "not measured: <no & log>", "2 x <cpu>"):
            self.assertIn(piece, text)
        page = report.page(told)
        reader = Plain()
        reader.feed(page)
        self.assertEqual((reader.open, reader.outside), ([], []), "whole, and needs nothing from elsewhere")
        self.assertIn("&lt;no &amp; log&gt;", page)
        self.assertNotIn("<cpu>", page)


if __name__ == "__main__":
    unittest.main()
