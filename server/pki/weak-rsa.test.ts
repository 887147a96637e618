import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { hasRocaFingerprint } from "#server/pki/weak-rsa.ts";

const primorial = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n]
  .concat([61n, 67n, 71n, 73n, 79n, 83n, 89n, 97n, 101n, 103n, 107n, 109n, 113n, 127n, 131n])
  .concat([137n, 139n, 149n, 151n, 157n, 163n, 167n])
  .reduce((product, prime) => product * prime);

/** A factor of the form that the faulty secure elements made: k·M + 65537^a mod M. */
function faultyFactor(k: bigint, a: bigint): bigint {
  let power = 1n;
  for (let step = 0n; step < a; step += 1n) power = (power * 65_537n) % primorial;
  return k * primorial + power;
}

it("a modulus of a faulty secure element is recognised", () => {
  const modulus = faultyFactor(0x1234_5678_9abcn, 1234n) * faultyFactor(0xfeed_beefn, 777n);

  expect(hasRocaFingerprint(modulus)).toBe(true);
});

it("a modulus made by OpenSSL is not", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const n = Buffer.from(publicKey.export({ format: "jwk" }).n ?? "", "base64url");

  expect(hasRocaFingerprint(BigInt(`0x${n.toString("hex")}`))).toBe(false);
});
