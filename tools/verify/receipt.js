// Receipts, read and verified: engine/proof/receipt.h is their form. What is wrong with one is thrown as an Error whose
// message is a name of words.json, without its "wrong.".
const receipts = (() => {
  const MAGIC = "CRENRCPT";
  const SIGNATURE = 64;
  const NAME = 64; // octets, as in engine/base/limits.h
  const WORDS = 200;
  const FIELDS = 8;
  const WISHES = 253; // engine/base/limits_draw.h, as the next
  const PATH = 17;
  const CHARACTERS = 2328;
  const LAST_MS = 253402300799999;
  const IDENTITIES = ["none", "declared", "listed", "asserted"];
  const CHANNELS = ["web", "phone", "desk", "post", "court"];

  function fail(why) {
    throw new Error(why);
  }
  function expect(right, why) {
    if (!right) fail(why);
  }

  const toHex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  function fromHex(text, size) {
    if (!/^[0-9a-fA-F]*$/.test(text) || text.length !== 2 * size) return null;
    return Uint8Array.from({ length: size }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
  }

  // base64url without padding, written in the one way there is.
  function fromBase64(text) {
    expect(/^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1 && text.length <= CHARACTERS, "no-receipt");
    const octets = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const again = btoa(String.fromCharCode(...octets)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    expect(again === text, "no-receipt");
    return octets;
  }

  // As IsPrintable of engine/base/utf8.cc.
  const UNPRINTABLE =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/u;
  const isPrintable = (text) =>
    !UNPRINTABLE.test(text) && ![...text].some((c) => (c.codePointAt(0) & 0xfffe) === 0xfffe);

  class Reader {
    constructor(octets) {
      this.octets = octets;
      this.at = 0;
    }
    raw(size) {
      expect(this.at + size <= this.octets.length, "cut");
      this.at += size;
      return this.octets.subarray(this.at - size, this.at);
    }
    number(size, least, most) {
      const value = this.raw(size).reduce((sum, octet) => sum * 256 + octet, 0);
      expect(value >= least && value <= most, "value");
      return value;
    }
    time() {
      return this.number(8, 0, LAST_MS);
    }
    // Beyond what a Number holds exactly.
    counter() {
      return BigInt(`0x${toHex(this.raw(8))}`).toString();
    }
    text(most) {
      const octets = this.raw(this.number(2, 0, most));
      let text = "";
      try {
        text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
      } catch {
        fail("value");
      }
      expect(isPrintable(text), "value");
      return text;
    }
    name() {
      return this.text(NAME);
    }
  }

  function readAttempt(reader) {
    const body = { at: reader.time(), agenda: reader.name(), title: reader.text(WORDS), office: reader.text(WORDS) };
    Object.assign(body, { timezone: reader.name(), outcome: reader.name(), phase: reader.name() });
    Object.assign(body, { isoYear: reader.number(2, 1970, 9999), isoWeek: reader.number(1, 1, 53) });
    body.identity = IDENTITIES[reader.number(1, 0, 3)];
    body.alternative = Array.from({ length: reader.number(1, 0, FIELDS) }, () => reader.name());
    body.commitment = toHex(reader.raw(32));
    const given = body.identity !== "none";
    expect(given === body.alternative.length > 0 && given === /[^0]/.test(body.commitment), "value");
    return body;
  }

  function isLocalMinute(text) {
    if (!/^(19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/.test(text)) return false;
    const moment = new Date(`${text}:00Z`);
    return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 16) === text;
  }

  function readConfirmation(reader) {
    const body = { reservation: reader.name(), agenda: reader.name(), title: reader.text(WORDS) };
    Object.assign(body, { office: reader.text(WORDS), timezone: reader.name(), slot: reader.name() });
    expect(isLocalMinute(body.slot), "value");
    Object.assign(body, { startsAt: reader.time(), minutes: reader.number(2, 1, 1440), channel: reader.name() });
    expect(CHANNELS.includes(body.channel), "value");
    body.identity = IDENTITIES[reader.number(1, 0, 3)];
    body.holder = toHex(reader.raw(32));
    Object.assign(body, { batch: reader.counter(), lsn: reader.counter(), epoch: reader.counter() });
    body.chain = toHex(reader.raw(32));
    return body;
  }

  // `whose`: reads what only a receipt with a holder has.
  function readInclusion(reader, whose = () => ({ entry: reader.name(), holder: toHex(reader.raw(32)) })) {
    const body = { agenda: reader.name(), title: reader.text(WORDS), office: reader.text(WORDS), timezone: reader.name() };
    Object.assign(body, { draw: reader.name(), closedAt: reader.time(), roundAt: reader.time() });
    Object.assign(body, { rules: toHex(reader.raw(32)), root: toHex(reader.raw(32)), tag: toHex(reader.raw(32)) });
    Object.assign(body, whose());
    expect(body.entry !== "", "value");
    Object.assign(body, { wishes: reader.text(WISHES), index: reader.number(4, 0, 2 ** 32 - 1) });
    body.entries = reader.number(4, 1, 2 ** 32 - 1);
    body.path = Array.from({ length: reader.number(1, 0, PATH) }, () => reader.raw(32).slice());
    return body;
  }

  // In a draw whose leaves do not say whose they are.
  const readInclusionOfBefore = (reader) => readInclusion(reader, () => ({}));

  // Of text in which mails and terminals may have broken lines.
  function read(given) {
    const octets = fromBase64(given.replace(/[ \t\r\n]/g, ""));
    expect(octets.length >= SIGNATURE, "cut");
    const reader = new Reader(octets.subarray(0, octets.length - SIGNATURE));
    expect(String.fromCharCode(...reader.raw(MAGIC.length)) === MAGIC, "no-receipt");
    reader.number(1, 1, 1);
    const kinds = [
      ["attempt", readAttempt],
      ["confirmation", readConfirmation],
      ["inclusion", readInclusionOfBefore],
      ["inclusion", readInclusion],
    ];
    const [kind, readBody] = kinds[reader.number(1, 1, kinds.length) - 1];
    const receipt = { kind, key: toHex(reader.raw(8)), issuedAt: reader.time(), octets };
    receipt.body = readBody(reader);
    expect(reader.at === reader.octets.length, "more");
    return receipt;
  }

  const sha256 = async (octets) => new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
  const keyId = async (key) => toHex((await sha256(key)).subarray(0, 8));

  // Each {id, octets}, of 64 hexadecimal digits or of what GET /v1/keys answers.
  async function keysOf(text) {
    const trimmed = text.trim();
    const single = fromHex(trimmed, 32);
    if (single !== null) return [{ id: await keyId(single), octets: single }];
    let document = null;
    try {
      document = JSON.parse(trimmed);
    } catch {
      fail("keys");
    }
    expect(document !== null && Array.isArray(document.keys), "keys");
    const keys = [];
    for (const entry of document.keys) {
      if (entry === null || typeof entry !== "object" || entry.use !== "receipt") continue;
      const octets = typeof entry.public_key === "string" ? fromHex(entry.public_key, 32) : null;
      expect(octets !== null && (await keyId(octets)) === entry.id, "keys");
      keys.push({ id: entry.id, octets });
    }
    expect(keys.length > 0, "keys");
    return keys;
  }

  // Of two signatures that differ by the order of the curve only one is canonical (RFC 8032, 5.1.7). TweetNaCl does not
  // look, so it is done here.
  const ORDER = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
  const isCanonical = (signature) => toHex(signature.slice(32).reverse()) < ORDER;

  async function isSignedBy(key, octets) {
    const message = octets.slice(0, -SIGNATURE);
    const signature = octets.slice(-SIGNATURE);
    if (!isCanonical(signature)) return { good: false, by: "none" };
    let imported = null;
    try {
      imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return { good: nacl.sign.detached.verify(message, signature, key), by: "TweetNaCl" };
    }
    return { good: await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message), by: "WebCrypto" };
  }

  // Whether an entry's path leads to the root of its draw's list (RFC 6962): without that it is no receipt.
  async function leadsToRoot({ tag, wishes, holder, index, entries, path, root }) {
    const leaf = new TextEncoder().encode(holder === undefined ? `${tag} ${wishes}` : `${tag} ${wishes} ${holder}`);
    let hash = await sha256(Uint8Array.from([0, ...leaf]));
    const left = [...path];
    let at = index;
    let last = entries - 1;
    if (at > last) return false;
    for (; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
      if (at % 2 === 0 && at === last) continue;
      const neighbour = left.shift();
      if (neighbour === undefined) return false;
      hash = await sha256(Uint8Array.from(at % 2 === 0 ? [1, ...hash, ...neighbour] : [1, ...neighbour, ...hash]));
    }
    return left.length === 0 && toHex(hash) === root;
  }

  // {verdict, why?, by?, receipt?}: the verdicts of words.json.
  async function check(text, keys) {
    let receipt = null;
    try {
      receipt = read(text);
    } catch (error) {
      return { verdict: "unreadable", why: error.message };
    }
    if (receipt.kind === "inclusion" && !(await leadsToRoot(receipt.body))) return { verdict: "unreadable", why: "value" };
    let verdict = "unknown-key";
    let by = "none";
    for (const key of keys.filter((one) => one.id === receipt.key)) {
      const signed = await isSignedBy(key.octets, receipt.octets);
      by = signed.by;
      if (signed.good) return { verdict: "valid", by, receipt };
      verdict = "forged";
    }
    return { verdict, by, receipt };
  }

  const utf8 = (text) => new TextEncoder().encode(text);
  const hashOf = (parts) => sha256(Uint8Array.from(parts.flatMap((p) => [p.length >> 8, p.length & 255, ...p])));

  // Whose an attempt is: {whose}, or {field, refused}. `given`: texts by field.
  async function whoseAttempt(receipt, nonceHex, given) {
    const { identity: sure, alternative, commitment } = receipt.body;
    const texts = alternative.map((name) => given[name] ?? "");
    if (nonceHex === "" && Object.values(given).every((text) => text === "")) return { whose: "unchecked" };
    if (sure === "none") return { whose: "nobody" };
    if (nonceHex === "" || texts.includes("")) return { whose: "missing" };
    const nonce = fromHex(nonceHex.replace(/[\s-]/g, ""), 16);
    if (nonce === null) return { field: "nonce", refused: "nonce" };
    const parts = [utf8("creneau attempt v1"), nonce];
    for (const [i, name] of alternative.entries()) {
      if (!identity.FIELDS.includes(name)) return { whose: "missing" };
      const { canonical, refused } = identity.normalise(name, texts[i], receipt.issuedAt);
      if (refused !== undefined) return { field: name, refused };
      parts.push(utf8(name), utf8(canonical));
    }
    return { whose: toHex(await hashOf(parts)) === commitment ? "person" : "other-person" };
  }

  async function isHolder(name, key, holder) {
    const parts = ["creneau holder v1", name, key.trim()].map(utf8);
    return toHex(await hashOf(parts)) === holder;
  }

  async function whoseConfirmation({ body }, key) {
    if (key === "") return { whose: "unchecked" };
    return { whose: (await isHolder(body.reservation, key, body.holder)) ? "holder" : "other-holder" };
  }

  async function whoseEntry({ body }, key) {
    if (key === "") return { whose: "unchecked" };
    if (body.entry === undefined) return { whose: "anybody" };
    return { whose: (await isHolder(body.entry, key, body.holder)) ? "entrant" : "other-entrant" };
  }

  return { read, keysOf, check, whoseAttempt, whoseConfirmation, whoseEntry };
})();
