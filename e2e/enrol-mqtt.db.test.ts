import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientProgram, haveClients } from "#e2e/clients/install.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { deriveDeviceKey } from "#server/services/enrolment/group-key.ts";
import { revokeEnrolmentCredential } from "#server/services/enrolment/revoke-credential.ts";
import { systemContext } from "#server/services/system-context.ts";
import { socketPath } from "#server/socket-path.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";
import {
  createInstalledClient,
  startInstalledWorker,
} from "#server/testing/mqtt/worker-backing.ts";

/**
 * Devices that enrol by clients nobody here wrote, unmodified, against a worker with its database:
 * `openssl req` with mosquitto's clients, AWS's device SDK, and Azure's.
 */
let place: Installation;
let ports: { readonly mqtt: number; readonly mqtts: number };
let app: Database;
let ctx: Context;
let folder: string;
let cafile: string;

const exec = promisify(execFile);
const encryptionKey = randomBytes(32).toString("base64url");

beforeAll(async () => {
  place = await startInstallation();
  ({ ports } = await startInstalledWorker(place, { ENCRYPTION_KEY: encryptionKey }));
  app = openDatabase({ url: place.appUrl, max: 2 });
  const parts = {
    db: app,
    signer: connectSigner(socketPath({ DATA_DIR: place.dataDir }, signerSocket)),
    keyring: createKeyring(encryptionKey),
    now: () => new Date(),
  };
  ctx = systemContext(parts, { tenantId: place.tenantId, name: "test" });
  const { rootPem } = await readAuthorityCertificates(place.dataDir);
  folder = mkdtempSync(path.join(tmpdir(), "quayside-enrol-"));
  cafile = file(rootPem);
}, 120_000);
afterAll(async () => {
  await app.close();
  await place.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A file with this content. */
function file(content: string): string {
  const name = path.join(folder, randomUUID());
  writeFileSync(name, content);
  return name;
}

async function makeGroup(kind: "claim" | "symmetric_key", rules: object = {}) {
  const name = `Group ${randomUUID().slice(0, 8)}`;
  const made = await createEnrolmentGroup(ctx, {
    name,
    kind,
    rules: { profileId: place.profileId, ...rules },
    notes: "",
  });
  return { ...made, name };
}

/** A group with a claim certificate, in files as a device has them. */
async function makeClaim(limits: { readonly maxUses?: number } = {}, rules: object = {}) {
  const group = await makeGroup("claim", rules);
  const claim = await createClaimCertificate(ctx, {
    groupId: group.id,
    name: "Line 1",
    days: 30,
    ...limits,
  });
  return {
    group,
    credentialId: claim.credentialId,
    cert: claim.certificatePem + claim.chainPem,
    key: claim.privateKeyPem,
    certfile: file(claim.certificatePem + claim.chainPem),
    keyfile: file(claim.privateKeyPem),
  };
}

type Claim = Awaited<ReturnType<typeof makeClaim>>;

async function makeKey(): Promise<string> {
  const keyfile = path.join(folder, randomUUID());
  await exec("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", keyfile]);
  return keyfile;
}

/** A signing request as `openssl req` makes it. */
async function makeCsr(subject: string, keyfile: string, ...more: string[]): Promise<string> {
  const options = ["req", "-new", "-key", keyfile, "-subj", subject, ...more];
  return (await exec("openssl", options)).stdout;
}

/** A command line, of which no word holds a space. */
const words = (line: string): string[] => line.split(" ");

const login = (claim: Pick<Claim, "certfile" | "keyfile">): string[] =>
  words(
    `-h localhost -p ${ports.mqtts} --cafile ${cafile} --cert ${claim.certfile} --key ${claim.keyfile}`,
  );

/** Asks with mosquitto_rr, which subscribes, publishes, and waits for one answer. */
async function ask(claim: Claim, payload: string): Promise<Record<string, unknown>> {
  const topic = `qs/v1/claim/${claim.group.publicId}`;
  const { stdout } = await exec("mosquitto_rr", [
    ...login(claim),
    ...words(`-q 1 -t ${topic}/up/csr -e ${topic}/dn/issued -W 10 -m`),
    payload,
  ]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Runs a program of `e2e/clients`. */
async function runClient(
  name: Parameters<typeof clientProgram>[0],
  input: object,
): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [clientProgram(name)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: cafile },
  });
  child.stdin.end(JSON.stringify(input));
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
}

const hasTools = ["openssl", "mosquitto_rr", "mosquitto_pub"].every(
  (tool) => spawnSync("which", [tool]).status === 0,
);

const hasSdks = await haveClients();

describe.skipIf(!hasTools)("openssl req and mosquitto's clients", () => {
  it("bring a device in, which then publishes with its own certificate", async () => {
    const claim = await makeClaim();
    const keyfile = await makeKey();
    const csr = await makeCsr("/O=Acme/serialNumber=S-17/CN=pump-17", keyfile);

    const issued = await ask(claim, csr);

    expect(issued).toMatchObject({ deviceId: "pump-17" });
    const certfile = file(`${String(issued["certificate"])}${String(issued["chain"])}`);
    const trusted = file(String(issued["ca"]));
    const checked = await exec(
      "openssl",
      words(`verify -CAfile ${trusted} -untrusted ${certfile} ${certfile}`),
    );
    expect(checked.stdout).toContain("OK");
    await exec("mosquitto_pub", [
      ...login({ certfile, keyfile }),
      ...words("-i pump-17 -V 5 -q 1 -t qs/v1/d/pump-17/up/telemetry -m"),
      '{"temperature":21.5}',
    ]);
    // The same request again is answered with the same certificate.
    expect(await ask(claim, csr)).toEqual(issued);
  });

  it("take what the device says beside the request", async () => {
    const rules = {
      deviceIdTemplate: "{parameter:site}-{registrationId}",
      nameTemplate: "Pump {serial}",
    };
    const claim = await makeClaim({}, rules);
    const csr = await makeCsr("/", await makeKey());
    const body = { csr, deviceId: "p18", serial: "S-18", parameters: { site: "north" } };

    expect(await ask(claim, JSON.stringify(body))).toMatchObject({ deviceId: "north-p18" });
  });

  it("are told to wait while somebody has to approve", async () => {
    const claim = await makeClaim({}, { needsApproval: true });
    const csr = await makeCsr("/CN=pump-waits", await makeKey());

    expect(await ask(claim, csr)).toEqual({ pending: true, retryAfterSeconds: 30 });
  });

  it("may not publish telemetry with the claim certificate", async () => {
    const claim = await makeClaim();
    const { stdout, stderr } = spawnSync("mosquitto_pub", [
      ...login(claim),
      ...words("-V 5 -q 1 -t qs/v1/d/pump-17/up/telemetry -m {} -d"),
    ]);

    expect(Buffer.concat([stdout, stderr]).toString()).toMatch(/RC:135|not authori[sz]ed/i);
  });

  describe("are refused, with the reason and what helps", () => {
    const requests: readonly [string, () => string | Promise<string>, string][] = [
      ["words", () => "hello", "csr-refused"],
      [
        "DER that is cut off",
        () => "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n",
        "csr-refused",
      ],
      [
        "a request that asks to be a CA",
        async () =>
          makeCsr("/CN=pump-ca", await makeKey(), "-addext", "basicConstraints=critical,CA:TRUE"),
        "csr-refused",
      ],
      [
        "a request with another name besides",
        async () =>
          makeCsr("/CN=pump-san", await makeKey(), "-addext", "subjectAltName=DNS:broker"),
        "csr-refused",
      ],
      [
        "an id that no device can have",
        async () => makeCsr("/CN=pump 1 +", await makeKey()),
        "bad-registration-id",
      ],
    ];
    it.each(requests)("%s", async (_, request, reason) => {
      const claim = await makeClaim();

      const { error } = await ask(claim, await request());

      expect(error).toMatchObject({ reason, remedy: expect.stringMatching(/\w/) });
    });

    it("a request for another device's id", async () => {
      const claim = await makeClaim();
      const mine = await makeCsr("/CN=pump-mine", await makeKey());
      await ask(claim, mine);

      const theirs = await makeCsr("/CN=pump-mine", await makeKey());

      expect(await ask(claim, theirs)).toMatchObject({ error: { reason: "id-taken" } });
      const body = JSON.stringify({ csr: mine, deviceId: "pump-theirs" });
      expect(await ask(claim, body)).toHaveProperty("error");
    });

    it("a key that another device has", async () => {
      const claim = await makeClaim();
      const keyfile = await makeKey();
      await ask(claim, await makeCsr("/CN=pump-first", keyfile));

      const again = await makeCsr("/CN=pump-second", keyfile);

      expect(await ask(claim, again)).toMatchObject({ error: { reason: "key-in-use" } });
    });

    it("a claim that is used up; who used it is answered as before", async () => {
      const claim = await makeClaim({ maxUses: 1 });
      const first = await makeCsr("/CN=pump-only", await makeKey());
      const issued = await ask(claim, first);

      const late = await makeCsr("/CN=pump-late", await makeKey());

      expect(await ask(claim, late)).toMatchObject({ error: { reason: "credential-used-up" } });
      expect(await ask(claim, first)).toEqual(issued);
    });
  });

  it("do not come in with a claim that was revoked, or whose time is over", async () => {
    const refused = { stderr: expect.stringMatching(/not authori[sz]ed/i) };
    const revoked = await makeClaim();
    expect(await ask(revoked, "hello")).toHaveProperty("error");
    const { credentialId, group } = revoked;
    await revokeEnrolmentCredential(ctx, { groupId: group.id, credentialId });
    await expect(ask(revoked, "hello")).rejects.toMatchObject(refused);

    const expired = await makeClaim();
    await withTenant(ctx, (tx) =>
      tx.enrolmentCredential.update({
        where: { tenantId_id: { tenantId: ctx.tenantId, id: expired.credentialId } },
        data: { expiresAt: new Date(Date.now() - 1_000) },
      }),
    );
    await expect(ask(expired, "hello")).rejects.toMatchObject(refused);
  });
});

describe.skipIf(!hasSdks)("AWS's device SDK", () => {
  const inputOf = async (claim: Claim, name: string, protocol: 4 | 5) => ({
    host: "localhost",
    port: ports.mqtts,
    ca: readFileSync(cafile, "utf8"),
    cert: claim.cert,
    key: claim.key,
    clientId: `claim-${name}`,
    csr: await makeCsr(`/CN=${name}`, await makeKey()),
    template: claim.group.name,
    parameters: { SerialNumber: "S-1" },
    protocol,
  });

  it.each([5, 4] as const)(
    "provisions by claim, MQTT version %d",
    async (protocol) => {
      const claim = await makeClaim();

      const outcome = await runClient(
        "aws-fleet-provisioning",
        await inputOf(claim, `thing-${protocol}`, protocol),
      );

      expect(outcome).toEqual({
        certificatePem: expect.stringContaining("BEGIN CERTIFICATE"),
        thingName: `thing-${protocol}`,
      });
    },
    60_000,
  );

  it("is told why it is refused", async () => {
    const claim = await makeClaim({}, { deny: ["thing-*"] });

    const outcome = await runClient(
      "aws-fleet-provisioning",
      await inputOf(claim, "thing-denied", 5),
    );

    expect(outcome).toMatchObject({ modeled: { statusCode: 403, errorCode: "Denied" } });
  }, 60_000);
});

describe.skipIf(!hasSdks)("Azure's device SDK", () => {
  it("registers in a symmetric-key group, connects with the derived key and sends", async () => {
    const { publicId: idScope, primaryKey } = await makeGroup("symmetric_key");
    const registrationId = "valve-1";
    const subscriber = await subscribe("qs/v1/d/+/up/telemetry");

    const outcome = await runClient("azure-dps", {
      host: "localhost",
      port: ports.mqtts,
      idScope,
      registrationId,
      deviceKey: deriveDeviceKey(Buffer.from(primaryKey ?? "", "base64"), registrationId),
      message: { flow: 3.5 },
    });

    expect(outcome).toEqual({
      assigned: expect.objectContaining({ deviceId: "valve-1", assignedHub: "localhost" }),
    });
    expect(await subscriber.first).toEqual({
      topic: "qs/v1/d/valve-1/up/telemetry",
      payload: '{"flow":3.5}',
      site: "north",
    });
    await subscriber.end();
  }, 60_000);

  it.each([
    ["a wrong key", {}, () => randomBytes(32).toString("base64"), /Bad username or password/],
    ["a denied id", { deny: ["valve-*"] }, undefined, /deny list/],
  ] as const)(
    "with %s is refused",
    async (_, rules, key, said) => {
      const { publicId: idScope, primaryKey } = await makeGroup("symmetric_key", rules);
      const registrationId = "valve-2";
      const derived = deriveDeviceKey(Buffer.from(primaryKey ?? "", "base64"), registrationId);

      const outcome = await runClient("azure-dps", {
        host: "localhost",
        port: ports.mqtts,
        idScope,
        registrationId,
        deviceKey: key?.() ?? derived,
      });

      expect(JSON.stringify(outcome)).toMatch(said);
    },
    60_000,
  );
});

/** A service client that tells of the first message. */
async function subscribe(filter: string) {
  const { username, password } = await createInstalledClient(place, {
    name: "Watcher",
    grants: [{ filter, maySubscribe: true, mayPublish: false }],
  });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`, {
    protocolVersion: 5,
    username,
    password,
  });
  await client.subscribeAsync(filter, { qos: 1 });
  const first = new Promise<object>((resolve) => {
    client.once("message", (topic, payload, { properties }) =>
      resolve({ topic, payload: payload.toString(), ...properties?.userProperties }),
    );
  });
  return { first, end: () => client.endAsync(true) };
}
