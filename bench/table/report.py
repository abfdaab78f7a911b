"""The table as text, JSON and one self-contained HTML page."""

import html
import json
import statistics

import machine

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #1c1f24; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid #d8dce2; text-align: right; white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child { text-align: left; white-space: normal; }
th { border-bottom: 2px solid #8a919c; font-weight: 600; }
td.met { color: #14652f; font-weight: 600; } td.missed { color: #a3161a; font-weight: 600; } td.why, p.note { color: #5b626d; }
td.why { text-align: left; white-space: normal; } small { color: #5b626d; display: block; }
"""


def number(value):
    """Three digits or so, and thousands apart."""
    if value is None:
        return "–"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def with_unit(value, unit):
    return f"{number(value)} {unit}".strip() if value is not None else "–"


def verdict(row):
    return {True: "met", False: "MISSED", None: "not measured"}[row["met"]]


def all_figures(rounds):
    """Every figure that was taken: median, least, most and the rounds themselves."""
    names = sorted({name for figures in rounds for name in figures})
    told = {}
    for name in names:
        values = [figures[name] for figures in rounds if name in figures]
        told[name] = {"median": statistics.median(values), "min": min(values), "max": max(values), "rounds": values}
    return told


def document(table, rounds, about):
    return {"machine": about["machine"], "rounds": about["rounds"], "mode": about["mode"], "groups": about["groups"],
            "seconds": about["seconds"], "table": table, "figures": all_figures(rounds)}


def head(told):
    return (f"{machine.line(told['machine'])}\n{told['mode']} run, {told['rounds']} round(s), {told['seconds']:.0f} s; each ratio is "
            "the median of the rounds' ratios, with the least and the greatest")


def text(told):
    lines = [head(told), ""]
    for row in told["table"]:
        lines.append(row["figure"])
        if row["ratio"] is None:
            lines.append(f"    not measured: {row['why']}")
        else:
            divided = with_unit(row["numerator_value"], row["unit"])
            if row["denominator"]:
                divided += f" ÷ {with_unit(row['denominator_value'], row['unit'])}"
            lines.append(f"    {number(row['ratio']):>8}  ({number(row['min'])} – {number(row['max'])})   target {row['bound']} "
                         f"{row['target']:g}   {verdict(row)}   = {divided}")
        if row["note"]:
            lines.append(f"    {row['note']}")
    return "\n".join(lines) + "\n"


def html_row(row):
    note = f"<small>{html.escape(row['note'])}</small>" if row["note"] else ""
    first = f"<td>{html.escape(row['figure'])}{note}</td>"
    target = f"<td>{row['bound']} {row['target']:g}</td>"
    if row["ratio"] is None:
        return f"<tr>{first}<td class=why colspan=4>not measured: {html.escape(row['why'])}</td>{target}<td>–</td></tr>"
    under = with_unit(row["denominator_value"], row["unit"]) if row["denominator"] else ""
    return (f"<tr>{first}<td>{with_unit(row['numerator_value'], row['unit'])}</td><td>{under}</td><td>{number(row['ratio'])}</td>"
            f"<td>{number(row['min'])} – {number(row['max'])}</td>{target}<td class={'met' if row['met'] else 'missed'}>{verdict(row)}"
            "</td></tr>")


def page(told):
    rows = "\n".join(html_row(row) for row in told["table"])
    figures = "\n".join(f"<tr><td>{html.escape(name)}</td><td>{number(one['median'])}</td><td>{number(one['min'])}</td>"
                        f"<td>{number(one['max'])}</td></tr>" for name, one in told["figures"].items())
    first, second = head(told).split("\n")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Créneau: ratios</title><style>{STYLE}</style></head><body>
<h1>Créneau beside its peers</h1>
<p>{html.escape(first)}</p><p class=note>{html.escape(second)}. How to read and distrust them: bench/README.md.</p>
<table><thead><tr><th>figure</th><th>numerator</th><th>denominator</th><th>ratio</th><th>least – greatest</th><th>target</th><th></th></tr>
</thead><tbody>
{rows}
</tbody></table>
<h2>All figures</h2>
<p class=note>µs for latencies and CPU, a second for rates, M/s for the ledger, bytes for memory, s for the start.</p>
<table><thead><tr><th>name</th><th>median</th><th>least</th><th>greatest</th></tr></thead><tbody>
{figures}
</tbody></table>
</body></html>
"""


def write(told, out):
    out.mkdir(parents=True, exist_ok=True)
    (out / "ratios.txt").write_text(text(told))
    (out / "ratios.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    (out / "ratios.html").write_text(page(told))
