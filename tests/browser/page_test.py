#!/usr/bin/env python3
"""tools/verify/receipt.html in Debian's Chromium: page_test.py RECEIPT_TOOL CRENEAUCTL

What the engine signed is genuine there and nothing else is: with the browser's Ed25519, and with the library in the page where
a browser has none. Nothing is loaded, and it says in both languages what `creneauctl receipt show` says.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

from chromium import Chromium, Failed  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
VERIFY = ROOT / "tools" / "verify"
TOOL, CRENEAUCTL = (sys.argv.pop(1) for _ in range(2))
NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) => algorithm.name === "Ed25519"
    ? Promise.reject(new DOMException("", "NotSupportedError")) : importKey(format, key, algorithm, ...rest);
"""
# Puts the given texts into the form, as a person would, and says what the page says then.
FILL = """
window.check = async (given) => {
  for (const field of document.querySelectorAll("textarea, input:not([type=file])")) {
    field.value = given[field.id] ?? "";
  }
  const form = document.getElementById("form");
  form.dispatchEvent(new Event("input"));
  const told = new Promise((resolve) => document.addEventListener("focusin", resolve, { once: true }));
  form.requestSubmit();
  await told;
  const at = document.activeElement;
  const result = document.getElementById("result");
  const seen = { focus: at.id, wrong: document.getElementById(at.id + "-wrong")?.textContent ?? "",
                 valid: result.className === "valid", title: result.querySelector("h2")?.textContent ?? "",
                 whose: document.getElementById("whose")?.textContent ?? "", text: result.innerText };
  at.blur();
  return seen;
};
// Each octet of a receipt with one of its bits flipped: how many of them are not refused.
window.acceptedAmong = async (text, key) => {
  const keys = await receipts.keysOf(key);
  const octets = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const spelt = (o) => btoa(String.fromCharCode(...o)).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=/g, "");
  let accepted = (await receipts.check(spelt(octets), keys)).verdict === "valid" ? 0 : 1000;
  for (let at = 0; at < octets.length; at += 1) {
    octets[at] ^= 1 << (at % 8);
    if ((await receipts.check(spelt(octets), keys)).verdict === "valid") accepted += 1;
    octets[at] ^= 1 << (at % 8);
  }
  return accepted;
};
"""


def tool(verb):
    return subprocess.run([TOOL, verb], capture_output=True, text=True, check=True, timeout=60).stdout


def contrast(one, other):
    """WCAG 2.1, 1.4.3, of two colours such as #000091."""
    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.profile.cleanup)
        cls.browser = Chromium(cls.profile.name)
        cls.addClassCleanup(cls.browser.close)
        cls.made = json.loads(tool("receipts"))
        cls.person = {"receipt": cls.made["attempt"], "keys": cls.made["key"], "nonce": cls.made["nonce"],
                      "dossier": "92 00 123-аbc", "birth_date": "1990-05-17"}  # its first letter is Cyrillic

    def load(self, before=""):
        self.browser.open(VERIFY / "receipt.html", before)
        self.browser.run(FILL)

    def check(self, **changes):
        return self.browser.run(f"check({json.dumps({**self.person, **changes})})")

    def test_the_page_is_what_its_parts_make(self):
        self.assertEqual(subprocess.run([VERIFY / "build", "--check"], timeout=60).returncode, 0)

    def test_a_receipt_is_genuine_and_its_persons_or_not(self):
        for before, by in (("", "WebCrypto"), (NO_ED25519, "TweetNaCl")):
            self.load(before)
            good = self.check()
            self.assertEqual((good["valid"], good["focus"]), (True, "result"), good)
            self.assertIn("✔ Attestation authentique", good["title"])
            self.assertIn(f"vérifiée par {by}", good["text"])
            self.assertIn("de la personne décrite", good["whose"])
            document = json.dumps({"keys": [{"id": "0", "use": "checkpoint", "public_key": "00"},
                                            {"id": self.made["id"], "use": "receipt", "public_key": self.made["key"]}]})
            broken = "\n".join(self.made["attempt"][i:i + 60] for i in range(0, 700, 60))
            self.assertTrue(self.check(keys=document, receipt=broken)["valid"])
            for change in ({"nonce": "0" * 32}, {"dossier": "9200123ABD"}, {"birth_date": "1990-05-18"}):
                other = self.check(**change)
                self.assertFalse(other["valid"], change)
                self.assertIn("n’est PAS l’attestation de la personne", other["whose"])
            self.assertIn("il faut", self.check(dossier="")["whose"])
            nobody = self.check(receipt=self.made["nobody"])
            self.assertEqual((nobody["valid"], "liée à personne" in nobody["whose"]), (True, True))
            held = {"receipt": self.made["confirmation"], "holder": self.made["holder_key"]}
            self.assertIn("est celle de ce rendez-vous", self.check(**held)["whose"])
            other = self.check(**{**held, "holder": "AAAAAAAAAAAAAAAAAAAAAA"})
            self.assertEqual((other["valid"], "n’est PAS celle" in other["whose"]), (False, True))
            entry = {"receipt": self.made["inclusion"], "holder": self.made["holder_key"]}
            self.assertIn("est celle de cette inscription", self.check(**entry)["whose"])
            other = self.check(**{**entry, "holder": "AAAAAAAAAAAAAAAAAAAAAA"})
            self.assertEqual((other["valid"], "n’est PAS celle" in other["whose"]), (False, True))
            self.assertIn("n’importe qui peut", self.check(**{**entry, "receipt": self.made["inclusion_of_before"]})["whose"])
            self.assertFalse(self.check(receipt=self.made["attempt"] + "A")["valid"])
            self.assertIn("pas parmi les clés", self.check(keys="ab" * 32)["text"])

    def test_what_was_changed_anywhere_is_refused(self):
        for before in ("", NO_ED25519):
            self.load(before)
            for name in ("attempt", "confirmation", "inclusion", "inclusion_of_before"):
                call = f"acceptedAmong({json.dumps(self.made[name])}, {json.dumps(self.made['key'])})"
                self.assertEqual(self.browser.run(call), 0, (name, before))

    def test_the_other_signature_of_the_same_is_refused(self):
        # S plus the order of the curve: it verifies where nobody looks (RFC 8032, 5.1.7).
        for before in ("", NO_ED25519):
            self.load(before)
            self.assertEqual(self.browser.run(f"""(async () => {{
              const receipt = receipts.read({json.dumps(self.made['attempt'])});
              const order = 2n ** 252n + 27742317777372353535851937790883648493n;
              const hex = (o) => Array.from(o, (x) => x.toString(16).padStart(2, "0")).join("");
              let s = BigInt("0x" + hex(receipt.octets.slice(-32).reverse())) + order;
              for (let i = 0; i < 32; i += 1, s >>= 8n) receipt.octets[receipt.octets.length - 32 + i] = Number(s & 255n);
              const text = btoa(String.fromCharCode(...receipt.octets)).replace(/\\+/g, "-").replace(/\\//g, "_");
              return (await receipts.check(text.replace(/=/g, ""), await receipts.keysOf({json.dumps(self.made['key'])}))).verdict;
            }})()"""), "forged")

    def test_fields_are_normalised_as_the_engine_does(self):
        self.load()
        table = json.loads((ROOT / "tests" / "rules" / "identity_vectors.json").read_text())
        found = self.browser.run(f"""{json.dumps(table["vectors"])}.map(
            (v) => identity.normalise(v.field, v.text, {table["today_ms"]}))""")
        for vector, is_now in zip(table["vectors"], found):
            wanted = {name: vector[name] for name in ("canonical", "refused") if name in vector}
            self.assertEqual(is_now, wanted, vector["why"])
        folds = self.browser.run("""(() => {
          let lines = "";
          for (let code = 0x80; code <= 0x10ffff; code += 1) {
            const folded = identity.fold(code);
            if (folded !== null) lines += code.toString(16).toUpperCase().padStart(4, "0") + " " + folded + "\\n";
          }
          return lines;
        })()""")
        self.assertEqual(folds, tool("fold"))

    def test_what_cannot_be_is_said_at_its_field(self):
        self.load()
        for change, name, said in (({"dossier": "92é0123"}, "dossier", "accentuée"), ({"nonce": "12"}, "nonce", "32 chiffres"),
                                   ({"birth_date": "17/05/1990"}, "birth_date", "1990-05-17"), ({"keys": "abc"}, "keys", "64")):
            seen = self.check(**change)
            self.assertEqual((seen["focus"], seen["valid"], said in seen["wrong"]), (name, False, True), seen)
        self.assertIn("manque", self.check(keys="")["title"])

    def test_it_says_what_creneauctl_says_in_both_languages(self):
        self.load()
        for lang in ("fr", "en"):
            self.assertEqual(self.browser.run("document.documentElement.lang"), lang)
            for name in ("attempt", "nobody", "confirmation", "inclusion", "inclusion_of_before"):
                seen = self.check(receipt=self.made[name])
                rows = self.browser.run("""[...document.querySelectorAll("#result dt, #result dd, #result li")].map(
                    (node) => node.textContent)""")
                shown = subprocess.run([CRENEAUCTL, "receipt", "show", "-", "--lang", lang], input=self.made[name],
                                       capture_output=True, text=True, check=True, timeout=60).stdout
                for i in range(0, len(rows) - 3, 2):
                    self.assertIn(f"{rows[i]}: {rows[i + 1]}\n", shown)
                for line in rows[-3:]:
                    self.assertIn(f"  {line}\n", shown + "\n")
                self.assertEqual(shown.count("\n"), len(rows[:-3]) // 2 + len(rows[-3:]) + 6, (shown, seen["text"]))
            self.browser.run('document.getElementById("lang").click()')

    def test_a_printed_receipt_is_one_page(self):
        keys = Path(self.profile.name) / "receipt.pub"
        keys.write_text(self.made["key"] + "\n")
        for name in ("attempt", "nobody", "confirmation", "longest"):
            form = Path(self.profile.name) / f"{name}.html"
            subprocess.run([CRENEAUCTL, "receipt", "print", "-", "--key", keys, "--out", form], input=self.made[name], text=True,
                           check=True, timeout=60)
            self.browser.open(form)
            pdf = base64.b64decode(self.browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
            self.assertEqual(len(re.findall(rb"/Type\s*/Page\b", pdf)), 1, name)
        self.assertEqual(self.browser.thrown, [])
        nonce = Path(self.profile.name) / "nonce"
        nonce.write_text(self.made["nonce"] + "\n")
        short = Path(self.profile.name) / "short"
        short.write_text("a102")
        for text, more, code, printed in ((self.made["attempt"], ("--nonce", nonce), 0, self.made["nonce"]),
                                          (self.made["attempt"], ("--nonce", short), 2, ""),
                                          (self.made["nobody"], ("--nonce", nonce), 2, ""),
                                          (self.made["confirmation"], ("--nonce", nonce), 2, ""),
                                          (self.made["attempt"][:-2] + "AA", (), 5, "")):
            done = subprocess.run([CRENEAUCTL, "receipt", "print", "-", "--key", keys, *more], input=text, capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(printed, done.stdout)
            self.assertEqual(done.stdout == "", code != 0)

    def test_nothing_is_loaded_and_nothing_else_may_run(self):
        self.load()
        self.check()
        self.assertEqual((self.browser.requests, self.browser.thrown), ([], []))
        with self.assertRaises(Failed):
            self.browser.run("""fetch("https://example.invalid/")""")
        self.browser.run("""document.body.append(Object.assign(document.createElement("script"), {textContent: "window.ran = 1"}))""")
        self.assertIsNone(self.browser.run("window.ran"))
        self.browser.thrown.clear()
        self.browser.requests.clear()

    def test_it_can_be_used_without_seeing_it(self):
        self.load()
        # What assistive technology is told: every field has a name, and the result is announced.
        tree = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        fields = [n for n in tree if n.get("role", {}).get("value") in ("textbox", "button") and not n["ignored"]]
        self.assertGreater(len(fields), 9)
        for node in fields:
            self.assertTrue(node["name"]["value"].strip(), node)
        self.assertEqual(self.browser.run("""document.getElementById("result").getAttribute("aria-live")"""), "polite")
        css = (VERIFY / "page.css").read_text()
        colours = dict(word.split(": ") for word in css[css.index("{") + 1:css.index("}")].strip(" ;").replace("--", "").split("; "))
        for name in ("ink", "quiet", "act", "good", "bad"):
            self.assertGreaterEqual(contrast(colours[name], colours["paper"]), 4.5, name)
        self.assertGreaterEqual(contrast(colours["line"], colours["paper"]), 3)


if __name__ == "__main__":
    unittest.main()
