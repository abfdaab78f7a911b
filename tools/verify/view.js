// The page: what was put in, checked when asked to, and told in the language that is chosen. Nothing is fetched or kept.
(() => {
  const $ = (id) => document.getElementById(id);
  const FIELDS = ["nonce", ...identity.FIELDS];
  let told = null; // what the result says, to say it again in another language
  let lang = "fr";

  function element(name, text, children = []) {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    made.append(...children);
    return made;
  }

  function addReceipt(section, receipt, words) {
    const { title, rows, proves, not } = words.tell(receipt);
    const list = element("dl", null);
    for (const [label, value] of rows) list.append(element("dt", label), element("dd", value));
    section.append(element("h3", words.say("page.says")), element("p", title), list);
    section.append(element("h3", words.say("proves")), element("p", proves), element("h3", words.say("not")));
    section.append(element("ul", null, not.map((line) => element("li", line))));
  }

  // Sign and words say it, the colour only repeats it.
  function addVerdict(section, { checked, whose }, words) {
    const valid = checked.verdict === "valid";
    const fits = valid && !whose.startsWith("other-");
    const fields = checked.receipt?.kind === "attempt" ? words.fieldNames(checked.receipt.body.alternative) : "";
    section.className = fits ? "valid" : "";
    section.append(element("h2", `${valid ? "✔" : "✘"} ${words.say(valid ? "verdict.valid" : "verdict.invalid")}`));
    const why = checked.why === undefined ? "" : words.say(`wrong.${checked.why}`);
    const name = valid ? "verdict.valid.why" : `verdict.${checked.verdict}`;
    section.append(element("p", words.say(name, { why, key: checked.receipt?.key ?? "" })));
    if (!valid) return;
    section.append(element("p", words.say("page.by", { by: checked.by })));
    const line = element("p", `${fits ? "" : "✘ "}${words.say(`whose.${whose}`, { fields })}`);
    line.id = "whose";
    section.append(line);
    addReceipt(section, checked.receipt, words);
  }

  function render() {
    const words = speaker(lang);
    document.documentElement.lang = lang;
    document.title = words.say("page.title");
    for (const node of document.querySelectorAll("[data-say]")) node.textContent = words.say(node.dataset.say);
    $("lang").lang = lang === "fr" ? "en" : "fr";
    for (const name of ["keys", ...FIELDS]) {
      const wrong = told?.wrong?.[name];
      $(`${name}-wrong`).textContent = wrong === undefined ? "" : words.say(wrong);
      $(name).setAttribute("aria-invalid", String(wrong !== undefined));
    }
    const section = $("result");
    section.replaceChildren();
    section.className = "";
    section.hidden = told === null || (told.message === undefined && told.checked === undefined);
    if (section.hidden) return;
    if (told.message !== undefined) section.append(element("h2", `✘ ${words.say(told.message)}`));
    else addVerdict(section, told, words);
  }

  async function verify() {
    if (globalThis.crypto?.subtle === undefined) return { message: "wrong.browser" };
    const text = (name) => $(name).value.trim();
    if (text("receipt") === "" || text("keys") === "") return { message: "page.missing" };
    let keys = null;
    try {
      keys = await receipts.keysOf(text("keys"));
    } catch {
      return { wrong: { keys: "wrong.keys" } };
    }
    const checked = await receipts.check(text("receipt"), keys);
    if (checked.verdict !== "valid") return { checked, whose: "unchecked" };
    if (checked.receipt.kind === "inclusion") {
      return { checked, ...(await receipts.whoseEntry(checked.receipt, text("holder"))) };
    }
    if (checked.receipt.kind === "confirmation") {
      return { checked, ...(await receipts.whoseConfirmation(checked.receipt, text("holder"))) };
    }
    const given = Object.fromEntries(identity.FIELDS.map((name) => [name, $(name).value]));
    const { whose, field, refused } = await receipts.whoseAttempt(checked.receipt, text("nonce"), given);
    if (whose !== undefined) return { checked, whose };
    return { wrong: { [field]: `refused.${refused === "expected" ? field : refused}` } };
  }

  async function show(event) {
    event.preventDefault();
    told = await verify();
    render();
    const wrong = Object.keys(told.wrong ?? {})[0];
    $(wrong ?? "result").focus();
  }

  for (const name of ["receipt", "keys"]) {
    $(`${name}-file`).addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (file !== undefined) $(name).value = await file.text();
    });
  }
  $("lang").addEventListener("click", () => {
    lang = lang === "fr" ? "en" : "fr";
    render();
  });
  // What stands there no longer belongs to what was checked.
  $("form").addEventListener("input", () => {
    told = null;
    render();
  });
  $("form").addEventListener("submit", show);
  render();
})();
