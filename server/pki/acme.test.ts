import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { acmeFiles, acmeIsDue, orderCertificate } from "#server/pki/acme.ts";
import { answerAcmeChallenge, putChallenge } from "#server/pki/acme-challenges.ts";
import { readServerPair } from "#server/pki/server-certificate-pair.ts";
import { startFakeAcme, type FakeAcme } from "#server/testing/fake-acme.ts";

const domains = ["devices.example", "mqtt.devices.example"];
const dayMs = 86_400_000;
let dataDir: string;
let acme: FakeAcme;

beforeAll(async () => {
  acme = await startFakeAcme((_, urlPath) => answerAcmeChallenge(dataDir, urlPath));
});
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "quayside-acme-"));
  acme.trouble = undefined;
  return () => rmSync(dataDir, { recursive: true });
});
afterAll(() => acme.stop());

const order = () => ({
  dataDir,
  directoryUrl: acme.directoryUrl,
  email: "ops@devices.example",
  domains,
  pollMs: 1,
});
const now = () => new Date();

it("orders a certificate for every domain, proves them, and keeps the keys for itself", async () => {
  expect(await acmeIsDue({ dataDir, domains, now: now() })).toBe(true);
  await orderCertificate(order());

  const pair = await readServerPair({ ...acmeFiles(dataDir), now: now() });
  const leaf = new X509Certificate(pair.certPem);
  expect(domains.map((domain) => leaf.checkHost(domain))).toEqual(domains);
  const folder = path.join(dataDir, "pki");
  const modes = ["acme-account.key", "acme-server.key"].map(
    (name) => statSync(path.join(folder, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o600]);
  expect(readdirSync(path.join(folder, "acme-challenges"))).toEqual([]);
});

it.each([
  ["with more than a third left", 59, domains, false],
  ["with less than a third left", 61, domains, true],
  ["after it expired", 91, domains, true],
  ["when a domain was added", 1, [...domains, "new.example"], true],
])("%s it is due: see the table", async (_, afterDays, wanted, due) => {
  await orderCertificate(order());
  const later = new Date(Date.now() + afterDays * dayMs);
  expect(await acmeIsDue({ dataDir, domains: wanted, now: later })).toBe(due);
});

it("keeps the account and the pair of before when an order fails, and says why", async () => {
  await orderCertificate(order());
  const before = await readServerPair({ ...acmeFiles(dataDir), now: now() });
  acme.trouble = "too many certificates already issued";

  await expect(orderCertificate(order())).rejects.toThrow("too many certificates already issued");
  expect(await readServerPair({ ...acmeFiles(dataDir), now: now() })).toEqual(before);
});

it("is refused by the server when the name leads elsewhere", async () => {
  const elsewhere = await startFakeAcme(async () => "another answer");
  await expect(
    orderCertificate({ ...order(), directoryUrl: elsewhere.directoryUrl }),
  ).rejects.toThrow(/invalid/i);
  elsewhere.stop();
  expect(await acmeIsDue({ dataDir, domains, now: now() })).toBe(true);
});

it.each([
  "/.well-known/acme-challenge/../../issuing.key",
  "/.well-known/acme-challenge/..%2f..%2fissuing.key",
  "/.well-known/acme-challenge/",
  "/.well-known/acme-challenge/unknown-token-of-16",
  "/elsewhere",
])("answers nothing at %s", async (urlPath) => {
  await putChallenge(dataDir, { token: "a".repeat(22), answer: "answer" });
  expect(await answerAcmeChallenge(dataDir, urlPath)).toBeUndefined();
  const good = `/.well-known/acme-challenge/${"a".repeat(22)}`;
  expect(await answerAcmeChallenge(dataDir, good)).toBe("answer");
});
