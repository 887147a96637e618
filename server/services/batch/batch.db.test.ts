import { BlobReader, TextWriter, ZipReader } from "@zip.js/zip.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { expireBatch } from "#server/services/batch/expire.ts";
import { approveBatch } from "#server/services/batch/approve.ts";
import { batchBundle } from "#server/services/batch/bundle.ts";
import { cancelBatch } from "#server/services/batch/cancel.ts";
import { batchLabels } from "#server/services/batch/labels.ts";
import { listBatchRows } from "#server/services/batch/list-rows.ts";
import { listBatches } from "#server/services/batch/list.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import { rejectBatch } from "#server/services/batch/reject.ts";
import { rememberedMapping } from "#server/services/batch/remembered-mapping.ts";
import { batchReport } from "#server/services/batch/report.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import type { Actor, Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createToken } from "#server/services/token/create.ts";
import { batchParts, bytesOf, sendManifest, workUntil } from "#server/testing/batches.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let ada: Context;
let bob: Context;
let stranger: Context;

const person = (email: string): Actor => ({
  type: "user",
  id: randomUUID(),
  email,
  sessionId: "s",
});

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  ada = acme.ctx("admin", { signer: ca.signer, actor: person("ada@acme.test") });
  bob = acme.ctx("admin", { signer: ca.signer, actor: person("bob@acme.test") });
  stranger = other.ctx("admin", { signer: ca.signer, actor: person("eve@other.test") });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const open = (options: OpenBatchInput["options"] = {}) => ({ profileId: acme.profileId, options });
const parts = () => batchParts(database, { signer: ca.signer });

async function trail(batchId: string, action: string) {
  return withTenant(ada, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `batch:${batchId}`, actionCode: action },
    }),
  );
}

let lots = 0;

/** A batch in which devices are numbered from 1. */
async function ready(count: number, options: OpenBatchInput["options"] = {}): Promise<BatchView> {
  lots += 1;
  const rows = Array.from({ length: count }, (_, index) => `lot${lots}-${index + 1}`);
  const { id } = await sendManifest(ada, { text: `id\n${rows.join("\n")}\n`, open: open(options) });
  return workUntil(parts(), { ctx: ada, batchId: id, states: ["ready", "refused"] });
}

async function made(count: number, options: OpenBatchInput["options"] = {}): Promise<BatchView> {
  const { id } = await ready(count, options);
  await startBatch(ada, { batchId: id });
  return workUntil(parts(), { ctx: ada, batchId: id, states: ["sampling", "approved", "failed"] });
}

async function connect(batchId: string, count: number): Promise<void> {
  await database.ingest.pool.query(
    `INSERT INTO device_status (tenant_id, device_key, connected, connected_at)
     SELECT tenant_id, key, true, now() FROM device WHERE batch_id = $1 ORDER BY device_id LIMIT $2
     ON CONFLICT DO NOTHING`,
    [batchId, count],
  );
}

const statesOf = (batchId: string) =>
  withTenant(ada, (tx) =>
    tx.device.findMany({
      where: { tenantId: acme.tenantId, batchId },
      select: {
        state: true,
        certificates: { select: { state: true } },
        credentials: { select: { revokedAt: true } },
      },
    }),
  );

async function joined(bytes: AsyncGenerator<Uint8Array, void>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("opening", () => {
  it("waits for a file, with its record", async () => {
    const { batchId } = await openBatch(ada, { name: "Lot 1", ...open() });

    expect(await showBatch(ada, { batchId })).toMatchObject({
      state: "receiving",
      createdBy: "ada@acme.test",
      sampleSize: 0,
      bundle: "none",
    });
    expect(await trail(batchId, "batch.open")).toHaveLength(1);
  });

  it("is not for operators, not for another tenant's profile, not without a name", async () => {
    const asked = { name: "Lot", ...open() };

    await expect(openBatch(acme.ctx("operator"), asked)).rejects.toThrow(refused("forbidden"));
    await expect(openBatch(stranger, asked)).rejects.toThrow(refused("not_found"));
    await expect(openBatch(ada, { ...asked, name: " " })).rejects.toThrow(refused("invalid"));
  });
});

describe("the file", () => {
  it("is kept row by row, with its hash, and the same file warns the next time", async () => {
    const text = "id,name\nsame-1,A\nsame-2,B\n";
    const first = await sendManifest(ada, { text, open: { ...open(), name: "First" } });
    const second = await sendManifest(ada, { text, open: open() });

    expect(first).toMatchObject({ state: "checking", total: 2, warnings: [] });
    expect(first.fileSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second.warnings).toEqual([expect.stringContaining("in the batch “First”")]);
    for (const { id } of [first, second]) await cancelBatch(ada, { batchId: id });
  });

  it("may be JSON or NDJSON", async () => {
    const json = '[{"id":"json-1","sn":7},{"id":"json-2"}]';
    const lines = '{"id":"nd-1"}\n{"id":"nd-2"}\n';
    const type = "application/json";
    const sent = [
      await sendManifest(ada, { text: json, type, open: open() }),
      await sendManifest(ada, { text: lines, type: "application/x-ndjson", open: open() }),
    ];

    for (const { id, total } of sent) {
      expect(total).toBe(2);
      await cancelBatch(ada, { batchId: id });
    }
  });

  it("that breaks off leaves the batch waiting, and is simply sent again", async () => {
    const { batchId } = await openBatch(ada, { name: "Broken", ...open() });
    const rows = Array.from({ length: 3_000 }, (_, index) => `broken-${index}`);
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`id\n${rows.slice(0, 2_500).join("\n")}\n`);
      throw new Error("The browser was closed.");
    };
    const type = "text/csv" as const;
    await expect(receiveManifest(ada, { batchId, type, body: broken() })).rejects.toThrow("closed");
    expect(await showBatch(ada, { batchId })).toMatchObject({ state: "receiving" });

    const text = `id\n${rows.join("\n")}\n`;
    const sent = await receiveManifest(ada, { batchId, type, body: bytesOf(text) });

    expect(sent).toMatchObject({ state: "checking", total: 3_000 });
    await cancelBatch(ada, { batchId });
  });

  it("that is sent twice at once counts once: the newer upload", async () => {
    const { batchId } = await openBatch(ada, { name: "Twice", ...open() });
    const gate = Promise.withResolvers<void>();
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("id\nslow-1\n");
      await gate.promise;
      yield Buffer.from("slow-2\n");
    };
    const type = "text/csv" as const;
    const older = Promise.allSettled([receiveManifest(ada, { batchId, type, body: slow() })]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await receiveManifest(bob, { batchId, type, body: bytesOf("id\nfast-1\n") });
    gate.resolve();
    expect(await older).toMatchObject([{ status: "rejected", reason: { code: "conflict" } }]);

    const { rows } = await listBatchRows(ada, { batchId });
    expect(rows.map(({ deviceId }) => deviceId)).toEqual(["fast-1"]);
    await cancelBatch(ada, { batchId });
  });

  it.each([
    ["in Latin-1", Buffer.from("id,name\na,Gr\xf6\xdfe\n", "latin1"), "not encoded in UTF-8"],
    ["without rows", "id,name\n", "has no rows"],
    ["without a column for the device", "model\nx\n", "No column says which device"],
    [
      "with too many rows",
      `id\n${Array.from({ length: 100_001 }, (_, index) => `x${index}`).join("\n")}`,
      "at most 100000",
    ],
  ])(
    "%s is refused in words, which the batch shows, and another may be sent",
    async (_, text, words) => {
      const { batchId } = await openBatch(ada, { name: "Bad", ...open() });
      const type = "text/csv" as const;

      const sending = receiveManifest(ada, { batchId, type, body: bytesOf(text, 65_536) });

      await expect(sending).rejects.toThrow(words);
      const batch = await showBatch(ada, { batchId });
      expect(batch).toMatchObject({ state: "receiving", total: 0 });
      expect(batch.error).toContain(words);
      expect(await listBatchRows(ada, { batchId })).toEqual({ rows: [], next: null });
    },
  );

  it("is not taken from operators, for another tenant's batch, or when the batch is further", async () => {
    const batch = await ready(1);
    const file = { batchId: batch.id, type: "text/csv" as const };
    const send = (ctx: Context) => receiveManifest(ctx, { ...file, body: bytesOf("id\nx\n") });

    await expect(send(acme.ctx("operator"))).rejects.toThrow(refused("forbidden"));
    await expect(send(stranger)).rejects.toThrow(refused("not_found"));
    await expect(send(ada)).rejects.toThrow(refused("conflict"));
  });

  it("of an import says what maps and what does not", async () => {
    const text = JSON.stringify({
      things: [{ thingName: "aws-1", attributes: { colour: "red" }, billingGroupName: "b" }],
    });
    const batch = await sendManifest(ada, {
      text,
      type: "application/json",
      open: { ...open(), source: "aws" },
    });

    expect(batch.total).toBe(1);
    expect(batch.report.mapped).toContainEqual({ from: "thingName", to: "device id", count: 1 });
    expect(batch.report.unmapped).toContainEqual(
      expect.objectContaining({ from: "billingGroupName", count: 1 }),
    );
    await cancelBatch(ada, { batchId: batch.id });
  });

  it("the keys of an import are sealed with its rows", async () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    const text = JSON.stringify([
      { deviceId: "azure-1", authentication: { type: "sas", symmetricKey: { primaryKey: key } } },
    ]);
    const { id } = await sendManifest(ada, {
      text,
      type: "application/json",
      open: { ...open(), source: "azure" },
    });
    const kept = await withTenant(ada, (tx) =>
      tx.deviceBatchRow.findMany({ where: { tenantId: acme.tenantId, batchId: id } }),
    );

    expect(JSON.stringify(kept)).not.toContain(key);
    expect(kept[0]?.data).toMatchObject({ credentials: [{ kind: "sas-primary" }] });
    await cancelBatch(ada, { batchId: id });
  });

  it("its mapping is remembered for the next one with the same columns", async () => {
    const mapping = { Gerät: "deviceId", Farbe: "attribute:colour" } as const;
    const { id } = await sendManifest(ada, {
      text: "Gerät,Farbe\nger-1,rot\n",
      open: open({ mapping }),
    });

    const columns = ["Farbe", "Gerät"];
    expect(await rememberedMapping(ada, { columns })).toEqual({ mapping, remembered: true });
    expect(await rememberedMapping(stranger, { columns })).toEqual({
      mapping: {},
      remembered: false,
    });
    await cancelBatch(ada, { batchId: id });
  });
});

describe("bad rows", () => {
  it("come as CSV, with formulas made harmless", async () => {
    const { id } = await sendManifest(ada, {
      text: 'id,name\nok-1,fine\na/b,"=HYPERLINK(""http://x"")"\n',
      open: open(),
    });
    await workUntil(parts(), { ctx: ada, batchId: id, states: ["refused"] });

    const texts: string[] = [];
    for await (const text of await batchReport(ada, { batchId: id })) texts.push(text);

    expect(texts.join("")).toBe(
      `line,device_id,name,serial,problems\r\n3,a/b,"'=HYPERLINK(""http://x"")",,"deviceId: Use 1 to 128 letters, digits, dots, underscores, colons or hyphens, beginning with a letter or digit."\r\n`,
    );
    await expect(batchReport(stranger, { batchId: id })).rejects.toThrow(refused("not_found"));
  });

  it("a batch that was refused takes a better file", async () => {
    const { id } = await sendManifest(ada, { text: "id\nbad id\n", open: open() });
    await workUntil(parts(), { ctx: ada, batchId: id, states: ["refused"] });

    await receiveManifest(ada, { batchId: id, type: "text/csv", body: bytesOf("id\ngood-id\n") });

    const batch = await workUntil(parts(), { ctx: ada, batchId: id, states: ["ready"] });
    expect(batch).toMatchObject({ total: 1, bad: 0 });
  });
});

describe("starting", () => {
  it("is not for operators, not for strangers, and happens once", async () => {
    const { id } = await ready(1);

    await expect(startBatch(acme.ctx("operator"), { batchId: id })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(startBatch(stranger, { batchId: id })).rejects.toThrow(refused("not_found"));
    const both = await Promise.allSettled([
      startBatch(ada, { batchId: id }),
      startBatch(bob, { batchId: id }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await trail(id, "batch.start")).toHaveLength(1);
  });
});

describe("approving", () => {
  it("needs the sample and another person, and lets the devices out", async () => {
    const { id } = await made(8, { sampleSize: 3 });
    await connect(id, 2);

    await expect(approveBatch(ada, { batchId: id })).rejects.toThrow("another person");
    await expect(approveBatch(bob, { batchId: id })).rejects.toThrow("2 of the 3 devices");
    await connect(id, 3);
    expect(await showBatch(ada, { batchId: id })).toMatchObject({ sampled: 3, sampleSize: 3 });
    const approved = await approveBatch(bob, { batchId: id });

    expect(approved).toMatchObject({ state: "approved", decidedBy: "bob@acme.test" });
    expect(new Set((await statesOf(id)).map(({ state }) => state))).toEqual(new Set(["active"]));
    expect(await trail(id, "batch.approve")).toMatchObject([
      { payload: { devices: 8, sampled: 3, startedBy: "ada@acme.test" } },
    ]);
  });

  it("of two at once the second is told that it is decided", async () => {
    const { id } = await made(2, { sampleSize: 0 });
    const cora = acme.ctx("operator", { actor: person("cora@acme.test") });

    const both = await Promise.allSettled([
      approveBatch(bob, { batchId: id }),
      approveBatch(cora, { batchId: id }),
    ]);

    const lost = both.find((each) => each.status === "rejected");
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(lost?.reason).toMatchObject({ code: "conflict" });
    expect(String(lost?.reason)).toContain("is approved (by ");
  });

  it("a token counts as the person who made it", async () => {
    const { id } = await made(1, { sampleSize: 0 });
    const token = await createToken(ada, { name: "automation", role: "admin" });
    const actor: Actor = { type: "token", id: token.id, name: "automation" };

    const approving = approveBatch(acme.ctx("admin", { actor }), { batchId: id });

    await expect(approving).rejects.toThrow("another person");
    const bobs = await createToken(bob, { name: "bobs", role: "admin" });
    const asBob = acme.ctx("admin", { actor: { type: "token", id: bobs.id, name: "bobs" } });
    expect(await approveBatch(asBob, { batchId: id })).toMatchObject({ decidedBy: "token:bobs" });
  });

  it("is not for viewers or strangers, and not before there are devices", async () => {
    const { id } = await ready(1);

    await expect(approveBatch(acme.ctx("viewer"), { batchId: id })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(approveBatch(stranger, { batchId: id })).rejects.toThrow(refused("not_found"));
    await expect(approveBatch(bob, { batchId: id })).rejects.toThrow(refused("conflict"));
  });
});

describe("rejecting", () => {
  it("ends devices, certificates and keys for good", async () => {
    const { id } = await made(3, { keys: "generate" });

    const rejected = await rejectBatch(ada, { batchId: id, reason: "Wrong firmware." });

    expect(rejected).toMatchObject({
      state: "rejected",
      reason: "Wrong firmware.",
      bundle: "none",
    });
    for (const { state, certificates } of await statesOf(id)) {
      expect(state).toBe("decommissioned");
      expect(certificates).toEqual([{ state: "revoked" }]);
    }
    expect(await trail(id, "batch.reject")).toMatchObject([
      { reason: "Wrong firmware.", payload: { devices: 3, certificates: 3 } },
    ]);
    const left = await withTenant(ada, (tx) =>
      tx.deviceBatchRow.count({ where: { batchId: id, sealedSecret: { not: null } } }),
    );
    expect(left).toBe(0);
  });

  it("revokes SAS keys", async () => {
    const { id } = await made(1, { keys: "sas" });

    await rejectBatch(bob, { batchId: id, reason: "No." });

    const [device] = await statesOf(id);
    expect(device?.credentials.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
  });

  it("is not for viewers or strangers, not without a reason, and not twice", async () => {
    const { id } = await made(1);
    const reason = "No.";

    await expect(rejectBatch(acme.ctx("viewer"), { batchId: id, reason })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(rejectBatch(stranger, { batchId: id, reason })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(rejectBatch(ada, { batchId: id, reason: " " })).rejects.toThrow(
      refused("invalid"),
    );
    await rejectBatch(ada, { batchId: id, reason });
    await expect(rejectBatch(ada, { batchId: id, reason })).rejects.toThrow(refused("conflict"));
  });
});

describe("cancelling", () => {
  it("deletes what came, and is not for operators, strangers or a batch with devices", async () => {
    const { id } = await ready(2);
    const there = await made(1);

    await expect(cancelBatch(acme.ctx("operator"), { batchId: id })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(cancelBatch(stranger, { batchId: id })).rejects.toThrow(refused("not_found"));
    await expect(cancelBatch(ada, { batchId: there.id })).rejects.toThrow(refused("conflict"));
    expect(await cancelBatch(ada, { batchId: id })).toMatchObject({ state: "cancelled" });
    expect((await listBatchRows(ada, { batchId: id })).rows).toEqual([]);
    expect(await trail(id, "batch.cancel")).toHaveLength(1);
  });

  it("happens by itself to a batch whose file never came, and to no other", async () => {
    const { batchId } = await openBatch(ada, { name: "Forgotten", ...open() });
    const other = await ready(1);

    await expireBatch(ada, { batchId });

    expect(await showBatch(ada, { batchId })).toMatchObject({ state: "cancelled" });
    await expect(expireBatch(ada, { batchId: other.id })).rejects.toThrow(refused("conflict"));
    await expect(expireBatch(acme.ctx("viewer"), { batchId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(expireBatch(stranger, { batchId: other.id })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("the bundle", () => {
  const passphrase = "correct horse battery";

  async function entriesOf(bytes: Buffer): Promise<Readonly<Record<string, string>>> {
    const zip = new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])), {
      password: passphrase,
    });
    const found: Record<string, string> = {};
    for (const entry of await zip.getEntries()) {
      expect(entry.encrypted).toBe(true);
      if (!entry.directory) found[entry.filename] = await entry.getData(new TextWriter());
    }
    return found;
  }

  it("has certificate, key and chain of each device, and is handed out once", async () => {
    const { id } = await made(2, { keys: "generate" });

    const bytes = await joined(await batchBundle(ada, { batchId: id, passphrase }));
    const files = await entriesOf(bytes);

    const names = Object.keys(files);
    expect(bytes.includes("PRIVATE KEY")).toBe(false);
    expect(names.filter((name) => name.endsWith("private-key.pem"))).toHaveLength(2);
    expect(names.filter((name) => name.endsWith("chain.pem"))).toHaveLength(2);
    expect(files["index.csv"]?.split("\r\n")).toHaveLength(4);
    expect(files["ca.pem"]).toBe(ca.authority.rootPem);
    const chain = Object.entries(files).find(([name]) => name.endsWith("chain.pem"))?.[1] ?? "";
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(await showBatch(ada, { batchId: id })).toMatchObject({ bundle: "handed_out" });
    await expect(batchBundle(ada, { batchId: id, passphrase })).rejects.toThrow(
      "handed out to ada",
    );
    const left = await withTenant(ada, (tx) =>
      tx.deviceBatchRow.count({ where: { batchId: id, sealedSecret: { not: null } } }),
    );
    expect(left).toBe(0);
    expect(await trail(id, "batch.bundleHandedOut")).toMatchObject([{ payload: { erased: 2 } }]);
  });

  it("that breaks off can be fetched again", async () => {
    const { id } = await made(3, { keys: "sas" });
    const first = await batchBundle(ada, { batchId: id, passphrase });
    await first.next();
    await expect(batchBundle(bob, { batchId: id, passphrase })).rejects.toThrow("at the moment");
    await first.return();

    const files = await entriesOf(
      await joined(await batchBundle(bob, { batchId: id, passphrase })),
    );

    const keys = Object.entries(files).filter(([name]) => name.endsWith("sas-keys.json"));
    expect(keys).toHaveLength(3);
    expect(JSON.parse(keys[0]?.[1] ?? "")).toMatchObject({ primary: expect.any(String) });
  });

  it("is not for operators or strangers, not with a short passphrase, and not without keys", async () => {
    const { id } = await made(1, { keys: "generate" });
    const keyless = await made(1);
    const bundle = (ctx: Context, batchId = id, words = passphrase) =>
      batchBundle(ctx, { batchId, passphrase: words });

    await expect(bundle(acme.ctx("operator"))).rejects.toThrow(refused("forbidden"));
    await expect(bundle(stranger)).rejects.toThrow(refused("not_found"));
    await expect(bundle(ada, id, "short")).rejects.toThrow(refused("invalid"));
    await expect(bundle(ada, keyless.id)).rejects.toThrow(refused("conflict"));
  });
});

describe("labels", () => {
  it("are a PDF with 24 on each sheet", async () => {
    const { id } = await made(25);
    const input = { batchId: id, baseUrl: "https://console.example" };

    const pdf = await joined(await batchLabels(ada, input));

    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(2);
    await expect(batchLabels(stranger, input)).rejects.toThrow(refused("not_found"));
  });

  it("need devices", async () => {
    const { id } = await ready(1);

    const labels = batchLabels(ada, { batchId: id, baseUrl: "https://console.example" });

    await expect(labels).rejects.toThrow(refused("conflict"));
  });
});

describe("the list", () => {
  it("has the organisation's batches page by page, the newest first", async () => {
    const first = await listBatches(ada, { limit: 2 });
    const second = await listBatches(ada, { limit: 2, cursor: first.next ?? "" });

    const ids = [...first.batches, ...second.batches].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(await listBatches(stranger, {})).toEqual({ batches: [], next: null });
  });
});
