import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { startBatches } from "#server/jobs/batches/start.ts";
import type { Context } from "#server/services/context.ts";
import { cancelBatch } from "#server/services/batch/cancel.ts";
import { listBatchRows } from "#server/services/batch/list-rows.ts";
import { placeOfRowSecret } from "#server/services/batch/row-secret.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { batchParts, sendManifest, untilState, workUntil } from "#server/testing/batches.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const parts = () => batchParts(database, { signer: ca.signer });
const open = (options: OpenBatchInput["options"]) => ({ profileId: acme.profileId, options });

async function check(text: string, options: OpenBatchInput["options"] = {}) {
  const { id } = await sendManifest(admin, { text, open: open(options) });
  return workUntil(parts(), { ctx: admin, batchId: id, states: ["ready", "refused"] });
}

async function problemsOf(batchId: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows } = await listBatchRows(admin, { batchId, only: "bad", limit: 200 });
  return Object.fromEntries(rows.map(({ line, problems }) => [line, problems]));
}

async function make(batchId: string) {
  await startBatch(admin, { batchId });
  return workUntil(parts(), { ctx: admin, batchId, states: ["sampling", "approved", "failed"] });
}

const csv = (rows: readonly (readonly string[])[], heading = "device_id,name,serial,csr") =>
  `${heading}\n${rows.map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n")}\n`;

const devicesOf = (batchId: string) =>
  withTenant(admin, (tx) =>
    tx.device.findMany({
      where: { tenantId: acme.tenantId, batchId },
      include: { certificates: true, credentials: true },
      orderBy: { deviceId: "asc" },
    }),
  );

describe("checking", () => {
  it("is ready when every row is good", async () => {
    const batch = await check("device_id,serial\ncheck-1,S1\ncheck-2,S2\n");

    expect(batch).toMatchObject({ state: "ready", total: 2, bad: 0, done: 2 });
  });

  it("finds what is twice in the file", async () => {
    const batch = await check(
      "device_id,serial,manufacturer\nd1,A,M\nd1,B,M\nd2,A,M\nd3,A,Other\n",
    );

    expect(batch).toMatchObject({ state: "refused", bad: 3 });
    expect(await problemsOf(batch.id)).toEqual({
      2: [
        "The device id “d1” is in the file 2 times, first in line 2.",
        "The serial number “A” is in the file 2 times, first in line 2.",
      ],
      3: ["The device id “d1” is in the file 2 times, first in line 2."],
      4: ["The serial number “A” is in the file 2 times, first in line 2."],
    });
  });

  it("finds what the fleet has, and does not tell whose a device id is", async () => {
    await createDevice(admin, { name: "Ours", deviceId: "ours-1", serial: "S-ours" });
    await createDevice(other.ctx("admin"), { name: "Theirs", deviceId: "theirs-1", serial: "S-x" });

    const batch = await check("device_id,serial\nours-1,\ntheirs-1,\nnew-1,S-ours\nnew-2,S-x\n");

    expect(await problemsOf(batch.id)).toEqual({
      2: ["The device id “ours-1” is taken."],
      3: ["The device id “theirs-1” is taken."],
      4: ["The serial number “S-ours” belongs to the device “ours-1” already."],
    });
  });

  it("judges signing requests and finds keys that are used twice", async () => {
    const [good, foreign, cloned, weak, greedy] = await Promise.all([
      makeRequest({ commonName: "csr-1" }),
      makeRequest({ commonName: "another" }),
      makeRequest({}),
      makeRequest({ key: { name: "RSA", bits: 1024 } }),
      makeRequest({ greedy: true }),
    ]);
    const theirs = await makeRequest({});
    await createDeviceWithCertificate(other.ctx("admin", { signer: ca.signer }), {
      name: "Owner of the key",
      csrPem: theirs.csrPem,
    });

    const batch = await check(
      csv([
        ["csr-1", "", "", good.csrPem],
        ["csr-2", "", "", foreign.csrPem],
        ["csr-3", "", "", cloned.csrPem],
        ["csr-4", "", "", cloned.csrPem.replaceAll("\n", "\\n")],
        ["csr-5", "", "", weak.csrPem],
        ["csr-6", "", "", "hello"],
        ["csr-7", "", "", ""],
        ["csr-8", "", "", theirs.csrPem],
        ["csr-9", "", "", greedy.csrPem],
      ]),
      { keys: "csr" },
    );

    const problems = Object.values(await problemsOf(batch.id)).map((each) => each.join(" "));
    expect(batch).toMatchObject({ state: "refused", total: 9, bad: 8 });
    expect(problems).toEqual([
      expect.stringContaining("common name does not say csr-2"),
      expect.stringContaining("the same key is in the file 2 times"),
      expect.stringContaining("the same key is in the file 2 times"),
      expect.stringContaining("1024 bits is too short"),
      expect.stringContaining("not a certificate signing request"),
      expect.stringContaining("has no signing request"),
      expect.stringContaining("belongs to another device already"),
      expect.stringContaining("CA:TRUE"),
    ]);
  });
});

describe("creating", () => {
  it("makes devices in quarantine, with tags and attributes, and one record", async () => {
    const batch = await check(
      "device_id,name,serial,tags,Colour\nmake-1,One,M1,a;b,red\nmake-2,,M2,,\n",
      {
        tags: ["lot-7"],
        mapping: {
          device_id: "deviceId",
          name: "name",
          serial: "serial",
          tags: "tags",
          Colour: "attribute:colour",
        },
      },
    );

    const made = await make(batch.id);

    expect(made).toMatchObject({ state: "sampling", done: 2, bundle: "none", sampled: 0 });
    expect(await devicesOf(batch.id)).toMatchObject([
      {
        deviceId: "make-1",
        name: "One",
        serial: "M1",
        state: "quarantined",
        tags: ["a", "b", "lot-7"],
        attributes: { colour: "red" },
        createdBy: "system:test",
      },
      { deviceId: "make-2", name: "M2", tags: ["lot-7"], attributes: {} },
    ]);
    const events = await withTenant(admin, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId: acme.tenantId, target: `batch:${batch.id}` },
        orderBy: { seq: "asc" },
      }),
    );
    expect(events.map(({ actionCode }) => actionCode)).toEqual([
      "batch.open",
      "batch.beginUpload",
      "batch.upload",
      "batch.checked",
      "batch.start",
      "batch.created",
    ]);
    expect(events.at(-1)?.payload).toMatchObject({ devices: 2, certificates: 0, credentials: 0 });
  });

  it("without quarantine the devices are active at once", async () => {
    const batch = await check("device_id\nactive-1\n", { quarantine: false });

    expect(await make(batch.id)).toMatchObject({ state: "approved", sampleSize: 0 });
    expect(await devicesOf(batch.id)).toMatchObject([{ state: "active" }]);
  });

  it("issues certificates for keys that it makes and keeps sealed", async () => {
    const batch = await check("device_id\nkey-1\nkey-2\n", { keys: "generate" });

    const made = await make(batch.id);

    expect(made).toMatchObject({ state: "sampling", bundle: "ready" });
    const devices = await devicesOf(batch.id);
    for (const { id, deviceId, certificates } of devices) {
      const leaf = new X509Certificate(certificates[0]!.pem);
      expect(leaf.subject).toBe(`O=acme\nCN=${deviceId}`);
      expect(leaf.subjectAltName).toBe(`URI:urn:uuid:${id}`);
    }
    const rows = await withTenant(admin, (tx) =>
      tx.deviceBatchRow.findMany({ where: { tenantId: acme.tenantId, batchId: batch.id } }),
    );
    for (const { line, sealedSecret, certificatePem } of rows) {
      const place = placeOfRowSecret({ tenantId: acme.tenantId, batchId: batch.id, line });
      const key = testKeyring.open(place, sealedSecret!).toString();
      const { createPrivateKey } = await import("node:crypto");
      expect(new X509Certificate(certificatePem!).checkPrivateKey(createPrivateKey(key))).toBe(
        true,
      );
    }
  });

  it("issues certificates for requests, and keeps no key", async () => {
    const { csrPem } = await makeRequest({ commonName: "own-key-1" });
    const batch = await check(csv([["own-key-1", "", "", csrPem]]), { keys: "csr" });

    await make(batch.id);

    const [device] = await devicesOf(batch.id);
    expect(device?.certificates).toMatchObject([{ state: "issued", issuedBy: "system:test" }]);
  });

  it("makes SAS keys whose seal fits the credential", async () => {
    const batch = await check("device_id\nsas-1\n", { keys: "sas" });

    await make(batch.id);

    const [device] = await devicesOf(batch.id);
    expect(device?.credentials.map(({ kind }) => kind).toSorted()).toEqual([
      "sas-primary",
      "sas-secondary",
    ]);
    for (const { id, sealedKey } of device!.credentials) {
      const { tenantId } = acme;
      const place = { table: "device_credential", column: "sealed_key", tenantId, id };
      expect(testKeyring.open(place, sealedKey!)).toHaveLength(32);
    }
  });

  it.each(["device id", "serial number", "key"])(
    "all or nothing: a %s that is taken meanwhile fails the batch and marks its row",
    async (what) => {
      const stem = what.replaceAll(" ", "-");
      const { csrPem } = await makeRequest({});
      const { csrPem: second } = await makeRequest({});
      const text = csv([
        [`race-${stem}-1`, "", `R-${stem}-1`, csrPem],
        [`race-${stem}-2`, "", `R-${stem}-2`, second],
      ]);
      const batch = await check(text, { keys: "csr" });
      await createDeviceWithCertificate(admin, {
        name: "Faster",
        deviceId: what === "device id" ? "race-device-id-2" : `faster-${stem}`,
        serial: what === "serial number" ? "R-serial-number-2" : "",
        ...(what === "key" && { csrPem: second }),
      });

      const made = await make(batch.id);

      expect(made).toMatchObject({ state: "failed", bad: 1 });
      expect(made.error).toContain("Nothing was created");
      expect(Object.keys(await problemsOf(batch.id))).toEqual(["3"].map(() => expect.any(String)));
      expect(await devicesOf(batch.id)).toEqual([]);
    },
  );

  it("another worker goes on where one stopped, and nothing is signed or made twice", async () => {
    const rows = Array.from({ length: 500 }, (_, index) => `resume-${index}`);
    const batch = await check(`device_id\n${rows.join("\n")}\n`, { keys: "generate" });
    let signed = 0;
    const signer: typeof ca.signer = {
      ...ca.signer,
      sign: (request) => {
        signed += 1;
        return ca.signer.sign(request);
      },
    };
    await startBatch(admin, { batchId: batch.id });
    const stopped = Promise.withResolvers<void>();
    let chunks = 0;
    const first = startBatches(
      batchParts(database, {
        signer,
        afterChunk: () => {
          chunks += 1;
          if (chunks === 2) stopped.resolve();
        },
      }),
    );
    await stopped.promise;
    await first.stop();

    const two = [1, 2].map(() => startBatches(batchParts(database, { signer })));
    const made = await untilState({ ctx: admin, batchId: batch.id, states: ["sampling"] });
    await Promise.all(two.map((each) => each.stop()));

    expect(made).toMatchObject({ done: 500 });
    expect(await devicesOf(batch.id)).toHaveLength(500);
    expect(signed).toBeLessThanOrEqual(700);
  });

  it("waits while the signer is away, says so, and can be cancelled", async () => {
    const batch = await check("device_id\naway-1\n", { keys: "generate" });
    const away = acme.ctx("admin").signer;
    await startBatch(admin, { batchId: batch.id });
    const running = startBatches(batchParts(database, { signer: away }));

    let seen = await untilState({ ctx: admin, batchId: batch.id, states: ["creating"] });
    while (seen.error === "") {
      seen = await untilState({ ctx: admin, batchId: batch.id, states: ["creating"] });
    }
    expect(seen.error).toContain("waits for the signer");
    await cancelBatch(admin, { batchId: batch.id });
    await running.stop();

    expect(await devicesOf(batch.id)).toEqual([]);
    expect(await listBatchRows(admin, { batchId: batch.id })).toEqual({ rows: [], next: null });
  });
});
