import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSigner } from "#server/main/signer-process.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { testCommandLine } from "#server/testing/command-line.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { csrEvidence, enrolmentTools } from "#server/testing/enrolment.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let dataDir: string;
let signer: { stop(): Promise<void> };
let devices: TestSigner;
let acme: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), "quayside-cli-"));
  chmodSync(dataDir, 0o700);
  signer = await startSigner({ DATA_DIR: dataDir, LOG_LEVEL: "silent" });
  devices = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme", operator: true });
});
afterAll(async () => {
  devices.remove();
  await signer.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (line: string) => testCommandLine({ database, dataDir: dataDir }).run(line);
const json = (line: string) => testCommandLine({ database, dataDir: dataDir }).json(line);

const inFolder = (name: string, text?: string): string => {
  const file = path.join(dataDir, name);
  if (text !== undefined) writeFileSync(file, text);
  return file;
};

it("a group goes from its rules to a claim certificate by commands alone", async () => {
  const rules = inFolder("rules.json", JSON.stringify({ tags: ["line-1"], needsApproval: true }));
  const made = await json(
    `enrolment-group create --name Pumps --kind claim --profile generic --rules ${rules}`,
  );
  const group = String(made["publicId"]);
  expect(await json("enrolment-group list")).toMatchObject({
    groups: [{ publicId: group, profileName: "generic" }],
  });
  expect(await json(`enrolment-group preview ${group} --id pump-1`)).toMatchObject({
    outcome: "pending",
    device: { deviceId: "pump-1", tags: ["line-1"] },
  });
  await json(`enrolment-group disable ${group}`);
  await json(`enrolment-group enable ${group}`);
  const twice = await run(`enrolment-group enable ${group}`);
  expect(twice).toMatchObject({ status: 1, stderr: expect.stringContaining("already") as string });

  const claim = await json(
    `claim-certificate create ${group} --name Line-1 --days 30 --uses 100 --serials S-1,S-2`,
  );
  expect(new X509Certificate(String(claim["certificatePem"])).subject).toContain(`CN=${group}`);
  const secret = await run(`enrolment-secret create ${group} --name One`);
  expect(secret.stdout).toMatch(/^qse_[A-Za-z0-9_-]{43}\n$/);
  await json(`enrolment-credential revoke ${group} --credential ${String(claim["credentialId"])}`);
  const shown = await run(`enrolment-group show ${group}`);
  expect(shown.stdout).toMatch(/Line-1\s+revoked/);
  expect(
    await json(
      `enrolment-group rules ${group} --rules ${inFolder("none.json", "{}")} --profile generic`,
    ),
  ).toMatchObject({ version: 2 });
});

it("a CA made by openssl is registered and proven", async () => {
  const made = await json("enrolment-group create --name Own --kind customer_ca --profile generic");
  const openssl = (...words: readonly string[]) =>
    execFileSync("openssl", words, { cwd: dataDir, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Works",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  );
  const registered = await json(
    `customer-ca register ${String(made["publicId"])} --name Works --certificate ${inFolder("ca.pem")}`,
  );
  const subject = `/CN=${String(registered["challenge"])}`;
  openssl("req", "-new", ...key, "-keyout", "p.key", "-out", "p.csr", "-subj", subject);
  openssl("x509", "-req", "-in", "p.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "p.pem");
  expect(readFileSync(inFolder("p.pem"), "utf8")).toContain("BEGIN CERTIFICATE");
  const id = String(registered["authorityId"]);

  expect(await json(`customer-ca prove ${id} --certificate ${inFolder("p.pem")}`)).toMatchObject({
    state: "active",
  });
  await json(`customer-ca disable ${id}`);
  await json(`customer-ca enable ${id}`);
  await json(`customer-ca remove ${id}`);
});

it("waiting devices are listed, approved and refused", async () => {
  const tools = enrolmentTools({
    database,
    tenant: acme,
    admin: acme.ctx("admin"),
    signer: devices.signer,
  });
  const group = await tools.group({ kind: "symmetric_key", rules: { needsApproval: true } });
  for (const name of ["a", "b"]) await enrol(tools.device, group, await csrEvidence(`cli-${name}`));
  const list = await json(`enrolment-request list --group ${group.publicId}`);
  const [b, a] = (list["requests"] as { readonly id: string }[]).map(({ id }) => id);
  expect(list).toMatchObject({ requests: [{ registrationId: "cli-b" }, { state: "pending" }] });

  await json(`enrolment-request approve ${a}`);
  await json(`enrolment-request refuse ${b} --reason Unknown`);

  const text = await run("enrolment-request list --state refused");
  expect(text.stdout).toContain("A person refused it: Unknown");
});
