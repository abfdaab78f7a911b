// What the engine signed, checked by @noble/ed25519 and @noble/hashes and by nothing of ours, and the QR codes of printed
// ones, read by jsqr: noble.mjs MODULES CRENEAUCTL < RECEIPTS
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(path.join(process.argv[2], "node_modules", name)));
const ed = await module("@noble/ed25519/index.js");
const { sha256, sha512 } = await module("@noble/hashes/esm/sha2.js");
const { default: jsqr } = await module("jsqr/dist/jsQR.js");
ed.etc.sha512Sync = (...parts) => sha512(ed.etc.concatBytes(...parts));

let failures = 0;
function must(what, holds) {
  if (holds) return;
  failures += 1;
  console.error(`not so: ${what}`);
}

const made = JSON.parse(fs.readFileSync(0, "utf8"));
const key = Buffer.from(made.key, "hex");
// As RFC 8032 has it, not with what ZIP 215 allows beside.
const isSigned = (octets) =>
  ed.verify(octets.subarray(octets.length - 64), octets.subarray(0, octets.length - 64), key, { zip215: false });
const texts = (...parts) =>
  Buffer.concat(parts.map(Buffer.from).flatMap((p) => [Buffer.from([p.length >> 8, p.length & 255]), p]));
const endsWith = (octets, hash, from) => octets.subarray(from - 32, from).equals(Buffer.from(hash));

const receipts = {};
for (const name of ["attempt", "nobody", "confirmation"]) {
  const octets = Buffer.from(made[name], "base64url");
  receipts[name] = octets;
  must(`${name} is spelt in the one way there is`, octets.toString("base64url") === made[name]);
  must(`${name} is signed`, isSigned(octets));
  must(`${name} names its key`, octets.subarray(10, 18).equals(Buffer.from(sha256(key)).subarray(0, 8)));
  must(`${name} says when it was issued`, octets.readBigUInt64BE(18) === 1804580412345n);
}
let flipped = 0;
for (const name of ["attempt", "confirmation"]) {
  const octets = receipts[name];
  for (let at = 0; at < octets.length; at += 1, flipped += 1) {
    octets[at] ^= 1 << (at % 8);
    must(`${name} with octet ${at} changed is refused`, !isSigned(octets));
    octets[at] ^= 1 << (at % 8);
  }
}

const nonce = Buffer.from(made.nonce, "hex");
const commitment = sha256(
  texts("creneau attempt v1", nonce, "dossier", "9200123ABC", "birth_date", "1990-05-17"));
must("an attempt ends with its commitment", endsWith(receipts.attempt, commitment, receipts.attempt.length - 64));
const holder = sha256(texts("creneau holder v1", "3F7QK2M9XA0CW", made.holder_key));
must("a confirmation names its holder before the log", endsWith(receipts.confirmation, holder, receipts.confirmation.length - 120));

// The code of a printed receipt, four pixels for each module, as a telephone would see it at best.
function readCode(html) {
  const side = Number(/viewBox="0 0 ([0-9]+) /.exec(html)[1]) * 4;
  const pixels = new Uint8ClampedArray(4 * side * side).fill(255);
  for (const [, x, y, run] of html.matchAll(/M([0-9]+) ([0-9]+)h([0-9]+)v1h-[0-9]+z/g)) {
    for (let down = 4 * y; down < 4 * y + 4; down += 1) {
      const from = 4 * (down * side + 4 * x);
      for (let at = from; at < from + 16 * run; at += 4) pixels.fill(0, at, at + 3);
    }
  }
  return jsqr(pixels, side, side)?.data;
}
for (const name of ["attempt", "confirmation", "longest"]) {
  const html = execFileSync(process.argv[3], ["receipt", "print", "-"], { input: made[name], encoding: "utf8" });
  must(`the code of a printed ${name} is its text`, readCode(html) === made[name]);
}

console.log(`3 receipts, ${flipped} changed, ${failures} failures`);
process.exit(failures === 0 && flipped > 500 ? 0 : 1);
