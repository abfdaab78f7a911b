// What the engine signed, checked by @noble/ed25519 and @noble/hashes and by nothing of ours: noble.mjs MODULES < RECEIPTS
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(path.join(process.argv[2], "node_modules", "@noble", name)));
const ed = await module("ed25519/index.js");
const { sha256, sha512 } = await module("hashes/esm/sha2.js");
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

console.log(`3 receipts, ${flipped} changed, ${failures} failures`);
process.exit(failures === 0 && flipped > 500 ? 0 : 1);
