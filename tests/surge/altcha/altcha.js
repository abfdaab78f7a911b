// altcha-lib's side: solves and verifies the challenges of ours that proof_tool made, makes challenges itself, and
// writes all the proofs with what our check must say of each: altcha.js CHALLENGES MODULES KEY PROOFS.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [challenges, modules, hmacKey, proofs] = process.argv.slice(2);
globalThis.crypto ??= require("crypto").webcrypto; // nodejs 18
// The package lies in the build folder, not beside this file.
const altcha = createRequire(path.join(modules, "x.js"))("altcha-lib");

let failures = 0;
function must(what, holds) {
  if (holds) return;
  failures += 1;
  console.error(`not so: altcha-lib ${what}`);
}

const lines = [];
function expect(verdict, agenda, p) {
  lines.push([verdict, agenda, p.algorithm, p.challenge, p.number, p.salt, p.signature].join("\t"));
}

async function solved(c) {
  const solution = await altcha.solveChallenge(c.challenge, c.salt, c.algorithm, c.maxnumber).promise;
  must(`finds a number up to ${c.maxnumber} for ${c.salt}`, solution !== null);
  const { algorithm, challenge, salt, signature } = c;
  return { algorithm, challenge, number: solution?.number ?? -1, salt, signature };
}

// As the widget sends it.
const encoded = (payload) => btoa(JSON.stringify(payload));

async function ours(c) {
  const proof = await solved(c);
  const alive = c.expires_in_s > 0;
  must(`verifies ours, ${c.salt}`, (await altcha.verifySolution(encoded(proof), hmacKey)) === alive);
  must(`verifies ours whatever the time, ${c.salt}`, await altcha.verifySolution(encoded(proof), hmacKey, false));
  must("refuses ours under another key", !(await altcha.verifySolution(encoded(proof), `${hmacKey}x`)));
  const next = { ...proof, number: proof.number + 1 };
  must("refuses another number", !(await altcha.verifySolution(encoded(next), hmacKey)));
  must("reads the agenda", altcha.extractParams(proof).agenda === c.agenda);
  expect(alive ? "ok" : "expired", c.agenda, proof);
}

const agenda = "92-naturalisation";
async function theirs(options) {
  const seconds = options.seconds ?? 600;
  return solved(
    await altcha.createChallenge({
      hmacKey,
      maxnumber: 500,
      saltLength: 16,
      params: { agenda },
      expires: new Date(Date.now() + seconds * 1000),
      ...options,
    }),
  );
}

async function main() {
  for (const line of fs.readFileSync(challenges, "utf8").split("\n").filter(Boolean)) await ours(JSON.parse(line));

  for (let i = 0; i < 5; i += 1) expect("ok", agenda, await theirs({}));
  expect("ok", "a", await theirs({ params: { agenda: "a" } }));
  expect("other-agenda", "a", await theirs({}));
  expect("forged", agenda, await theirs({ hmacKey: `${hmacKey}x` }));
  expect("expired", agenda, await theirs({ seconds: -2 }));
  expect("expired", agenda, await theirs({ seconds: 5000 }));
  expect("other-algorithm", agenda, await theirs({ algorithm: "SHA-512" }));
  expect("malformed", agenda, await theirs({ saltLength: 12 }));
  expect("malformed", agenda, await theirs({ params: {} }));
  expect("malformed", agenda, await theirs({ expires: undefined }));
  expect("malformed", agenda, await theirs({ params: { agenda, x: "1" } }));
  const good = await theirs({});
  expect("wrong-number", agenda, { ...good, number: good.number + 1 });
  expect("wrong-number", agenda, { ...good, challenge: good.challenge.toUpperCase() });
  expect("malformed", agenda, { ...good, salt: `${good.salt}1` });

  fs.writeFileSync(proofs, lines.map((line) => `${line}\n`).join(""));
  process.exit(failures === 0 ? 0 : 1);
}

main();
