// Normalisation of identity fields: engine/rules/IDENTITY.md is the rule, engine/rules/fold.cc has the same tables.
// tests/browser compares them for every code point.
const identity = (() => {
  const NOTHING = [
    [0x20, 0x20], [0x2d, 0x2f], // ASCII: space, hyphen, dot, slash
    [0xa0, 0xa0], [0xad, 0xad], [0xb7, 0xb7], [0x1680, 0x1680], [0x2000, 0x2015], [0x2024, 0x2024], [0x2027, 0x2027],
    [0x202a, 0x202d], [0x202f, 0x202f], [0x2044, 0x2044], [0x205f, 0x2060], [0x2066, 0x2069], [0x2212, 0x2212],
    [0x2215, 0x2215], [0x3000, 0x3000], [0xfe58, 0xfe58], [0xfe63, 0xfe63], [0xfeff, 0xfeff], [0xff0d, 0xff0f],
  ];
  const ACCENTED = [[0xc0, 0xd6], [0xd8, 0xf6], [0xf8, 0x24f], [0x300, 0x36f], [0x1e00, 0x1eff]];
  const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xbe6, 0xe50, 0x17e0, 0xff10];
  const ALPHABETS = [0x41, 0x61, 0xff21, 0xff41]; // where A to Z begin
  const LETTERS = {
    "İı": "II",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX",
    "АВЕКМНОРСТУХ": "ABEKMHOPCTYX",
    "авекмнорстух": "ABEKMHOPCTYX",
    "ЅІЈѕіј": "SIJSIJ",
  };
  const LOOKALIKES = new Map();
  for (const [from, to] of Object.entries(LETTERS)) {
    for (let i = 0; i < from.length; i += 1) LOOKALIKES.set(from.charCodeAt(i), to[i]);
  }
  const isIn = (ranges, code) => ranges.some(([first, last]) => code >= first && code <= last);

  // "A" to "Z", "0" to "9", "" for what does not count, "accent" for an accented letter, null for what is refused.
  function fold(code) {
    for (const zero of ZEROS) if (code >= zero && code < zero + 10) return String(code - zero);
    for (const a of ALPHABETS) if (code >= a && code < a + 26) return String.fromCharCode(0x41 + code - a);
    if (LOOKALIKES.has(code)) return LOOKALIKES.get(code);
    if (isIn(NOTHING, code)) return "";
    return isIn(ACCENTED, code) ? "accent" : null;
  }

  const NUMBERS = {
    dossier: { least: 4, most: 32, characters: /^[0-9A-Z]*$/ },
    passport: { least: 5, most: 20, characters: /^[0-9A-Z]*$/ },
    foreigner_number: { least: 10, most: 10, characters: /^[0-9]*$/ },
  };

  function number(rule, text) {
    let canonical = "";
    for (const character of text) {
      const folded = fold(character.codePointAt(0));
      if (folded === "accent") return { refused: "accent" };
      if (folded === null) return { refused: "expected" };
      canonical += folded;
      if (canonical.length > rule.most || !rule.characters.test(canonical)) return { refused: "expected" };
    }
    return canonical.length < rule.least ? { refused: "expected" } : { canonical };
  }

  const DAY_MS = 86400000;
  function birthDate(text, todayMs) {
    const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
    if (parts === null || parts[1] < "1900" || parts[1] > "2199") return { refused: "date" };
    const moment = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
    if (new Date(moment).toISOString().slice(0, 10) !== text) return { refused: "date" };
    if (moment / DAY_MS > Math.floor(todayMs / DAY_MS) + 1) return { refused: "future" };
    return { canonical: text };
  }

  const FIELDS = ["dossier", "passport", "foreigner_number", "birth_date"];
  // {canonical}, or {refused: why}.
  function normalise(field, text, todayMs) {
    return field === "birth_date" ? birthDate(text, todayMs) : number(NUMBERS[field], text);
  }
  return { FIELDS, fold, normalise };
})();
