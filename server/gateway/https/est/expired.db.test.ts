import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createEnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { defaultHttpsBounds } from "#server/gateway/https/bounds.ts";
import { createEstRoute } from "#server/gateway/https/est/route.ts";
import { openHttpsPort, type HttpsPort } from "#server/gateway/https/open-https-port.ts";
import { createRegistry } from "#server/gateway/identify/registry.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import { createRenewalPort } from "#server/gateway/renew/renewal-port.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createTicket } from "#server/services/renewal-ticket/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { serverTls } from "#server/testing/test-listeners.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

/**
 * Certificates that ran out a while ago, shown by curl over TLS, with keys and requests of OpenSSL.
 */
const exec = promisify(execFile);
const dayMs = 86_400_000;

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let https: HttpsPort;
let folder: string;
let nowMs = Date.now() - 110 * dayMs;
const refused: Refusal[] = [];

const now = () => new Date(nowMs);
const admin = (): Context => acme.ctx("admin", { signer: ca.signer, now });

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner(now);
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  folder = mkdtempSync(path.join(tmpdir(), "quayside-est-"));
  writeFileSync(path.join(folder, "ca.pem"), ca.authority.rootPem);
});
afterAll(async () => {
  await https.stop();
  ca.remove();
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

async function openPort(): Promise<void> {
  const parts = { db: database.app, signer: ca.signer, keyring: testKeyring, now };
  const tls = await serverTls(ca);
  const renewal = createRenewalPort({ db: database.ingest, system: parts, name: "est" });
  const refusals = { record: (_: unknown, refusal: Refusal) => void refused.push(refusal) };
  const clock = () => nowMs;
  https = await openHttpsPort({
    endpoint: { host: "127.0.0.1", port: 0, variable: "DEVICE_HTTPS_PORT" },
    tls,
    routes: [
      createEstRoute({
        registry: createRegistry({ db: database.ingest, now: clock }),
        port: createEnrolmentPort({ db: database.ingest, system: parts }),
        tickets: renewal,
        renewal,
        refusals,
        authorities: () => tls.ca,
        now: clock,
      }),
    ],
    refusals,
    bounds: { ...defaultHttpsBounds, drainMs: 100 },
    log: pino({ level: "silent" }),
    now: clock,
  });
}

async function setPolicy(policy: Readonly<Record<string, unknown>>): Promise<void> {
  const { tenantId, profileId } = acme;
  await withTenant(admin(), (tx) =>
    tx.profile.update({
      where: { tenantId_id: { tenantId, id: profileId } },
      data: { certificatePolicy: policy as never },
    }),
  );
}

/** A device's key and certificate in files. */
async function equip(name: string) {
  const { deviceId } = await createDevice(admin(), { name, deviceId: name });
  const issued = await issueWithKey(admin(), { deviceId });
  writeFileSync(path.join(folder, `${name}.pem`), issued.certificatePem);
  writeFileSync(path.join(folder, `${name}.key`), issued.privateKeyPem);
}

/** @returns the status and what was said */
async function reenrol(name: string, proof: string): Promise<string> {
  const request = `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -keyout ${name}.next.key -outform DER 2>/dev/null | openssl base64 -out ${name}.b64`;
  const ask = `curl --silent --cacert ca.pem ${proof} -H "Content-Type: application/pkcs10" --data-binary @${name}.b64 --write-out "%{http_code}" https://127.0.0.1:${https.port}/.well-known/est/simplereenroll`;
  const { stdout } = await exec("bash", ["-c", `${request} && ${ask}`], { cwd: folder });
  return stdout;
}

it("what ran out is renewed as the profile says, and by nothing else", async () => {
  await equip("late-1");
  await equip("late-2");
  nowMs = Date.now();
  await openPort();
  const shown = (name: string) => `--cert ${name}.pem --key ${name}.key`;

  expect(await reenrol("late-1", shown("late-1"))).toMatch(
    /does not let devices renew one that has run out.*403$/s,
  );
  await setPolicy({ expiredRenewal: "grace", graceDays: 10 });
  expect(await reenrol("late-1", shown("late-1"))).toMatch(/for 10 days after that.*403$/s);
  await setPolicy({ expiredRenewal: "grace", graceDays: 30 });
  expect(await reenrol("late-1", shown("late-1"))).toMatch(/200$/);

  await setPolicy({ expiredRenewal: "ticket" });
  expect(await reenrol("late-2", shown("late-2"))).toMatch(/asks for a ticket.*403$/s);
  const { code } = await createTicket(admin(), { deviceId: "late-2" });
  expect(await reenrol("late-2", `-u late-1:${code}`)).toMatch(/another device's.*401$/s);
  expect(await reenrol("late-2", `-u late-2:${code} ${shown("late-2")}`)).toMatch(/200$/);
  expect(await reenrol("late-2", `-u late-2:${code}`)).toMatch(/ticket is used.*403$/s);
  expect(refused.map(({ cause }) => cause)).toEqual([
    "renewal-refused",
    "renewal-refused",
    "renewal-refused",
    "bad-credentials",
    "renewal-refused",
  ]);
  expect(JSON.stringify(refused)).not.toContain(code);
});
