import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { deadLetterRetention } from "#server/jobs/dead-letter-retention.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import { assignDeadLetterGroup } from "#server/services/dead-letter/assign-group.ts";
import { cancelDeadLetterRun } from "#server/services/dead-letter/cancel-run.ts";
import { exportDeadLetters } from "#server/services/dead-letter/export.ts";
import { importDeadLetters } from "#server/services/dead-letter/import.ts";
import { listAssignees } from "#server/services/dead-letter/list-assignees.ts";
import { listDeadLetterRetention } from "#server/services/dead-letter/list-retention.ts";
import { listDeadLetterRuns } from "#server/services/dead-letter/list-runs.ts";
import { setDeadLetterRetention } from "#server/services/dead-letter/set-retention.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { seedDeadLetters } from "#server/testing/dead-letters.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let other: TestTenant;
let operator: Context;
let device: DeviceIdentity;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  operator = acme.ctx("operator");
  device = await createIngestDevice(database, acme, "pump-1");
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const seed = (count: number) => seedDeadLetters(database, { devices: [device], count });

const idsOf = async (fingerprint: string): Promise<string[]> => {
  const { rows } = await owner.query<{ id: string }>(
    "SELECT id FROM dead_letter WHERE fingerprint = $1 ORDER BY event_at",
    [fingerprint],
  );
  return rows.map(({ id }) => id);
};

const auditOf = (target: string) =>
  withTenant(operator, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target },
      orderBy: { seq: "desc" },
    }),
  );

async function createUser(tenant: TestTenant, role: "operator" | "viewer"): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO "user" (tenant_id, email, name, role, password_hash)
     VALUES ($1, $2, 'Kim', $3::"Role", 'x') RETURNING id`,
    [tenant.tenantId, `${randomUUID()}@example.com`, role],
  );
  return rows[0]!.id;
}

describe("deadLetter.startRun", () => {
  it("queues a run of the open letters, and records it", async () => {
    const fingerprint = await seed(3);
    const started = await startDeadLetterRun(operator, {
      kind: "replay",
      selection: { fingerprint },
      transform: [{ op: "rename", from: "presure", to: "pressure" }],
      reason: "firmware 2.1",
    });

    expect(started.total).toBe(3);
    const [run] = await listDeadLetterRuns(operator, { fingerprint });
    expect(run).toMatchObject({ id: started.id, state: "queued", total: 3, done: 0 });
    expect(await auditOf(`deadLetterRun:${started.id}`)).toMatchObject({
      actionCode: "deadLetter.startRun",
      reason: "firmware 2.1",
      payload: { kind: "replay", total: 3 },
    });
  });

  it("records the hashes of an edit, and neither text", async () => {
    const [id] = await idsOf(await seed(1));
    const payload = Buffer.from('{"secret":1}').toString("base64");
    const started = await startDeadLetterRun(operator, {
      kind: "replay",
      selection: { ids: [id!] },
      payload,
    });

    const event = await auditOf(`deadLetterRun:${started.id}`);
    expect(event?.payload).toMatchObject({
      originalSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      editedSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(event?.payload)).not.toContain(payload);
  });

  it("is not for viewers", async () => {
    const fingerprint = await seed(1);
    await expect(
      startDeadLetterRun(acme.ctx("auditor"), { kind: "dry_run", selection: { fingerprint } }),
    ).rejects.toThrow(refused("forbidden"));
  });

  it("does not find the groups and letters of another organisation", async () => {
    const fingerprint = await seed(1);
    const foreign = other.ctx("operator");
    const ids = await idsOf(fingerprint);
    await expect(
      startDeadLetterRun(foreign, { kind: "replay", selection: { fingerprint } }),
    ).rejects.toThrow(refused("not_found"));
    await expect(
      startDeadLetterRun(foreign, { kind: "replay", selection: { ids } }),
    ).rejects.toThrow(refused("not_found"));
  });

  it("a group that another run changes, or of which nothing is open, is a conflict", async () => {
    const fingerprint = await seed(1);
    const replay = { kind: "replay" as const, selection: { fingerprint } };
    const both = await Promise.allSettled([
      startDeadLetterRun(operator, replay),
      startDeadLetterRun(operator, replay),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(startDeadLetterRun(operator, replay)).rejects.toThrow(refused("conflict"));

    const settled = await seed(1);
    await owner.query("UPDATE dead_letter_group SET open = 0 WHERE fingerprint = $1", [settled]);
    await expect(
      startDeadLetterRun(operator, { kind: "replay", selection: { fingerprint: settled } }),
    ).rejects.toThrow(refused("conflict"));
  });

  it("refuses a transform that cannot be used, and a discard without a reason", async () => {
    const fingerprint = await seed(1);
    await expect(
      startDeadLetterRun(operator, {
        kind: "replay",
        selection: { fingerprint },
        transform: [{ op: "compute", field: "x", expression: "values." }],
      }),
    ).rejects.toThrow(refused("invalid"));
    await expect(
      startDeadLetterRun(operator, { kind: "discard", selection: { fingerprint } }),
    ).rejects.toThrow(refused("invalid"));
  });
});

describe("deadLetter.cancelRun", () => {
  const start = async () => {
    const fingerprint = await seed(1);
    return startDeadLetterRun(operator, { kind: "dry_run", selection: { fingerprint } });
  };

  it("ends a run, and records it", async () => {
    const { id } = await start();
    expect(await cancelDeadLetterRun(operator, { id })).toMatchObject({ id, done: 0 });
    expect(await auditOf(`deadLetterRun:${id}`)).toMatchObject({
      actionCode: "deadLetter.cancelRun",
    });
  });

  it("is not for auditors, and does not find the runs of another organisation", async () => {
    const { id } = await start();
    await expect(cancelDeadLetterRun(acme.ctx("auditor"), { id })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(cancelDeadLetterRun(other.ctx("operator"), { id })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("a run that has ended is a conflict", async () => {
    const { id } = await start();
    await cancelDeadLetterRun(operator, { id });
    await expect(cancelDeadLetterRun(operator, { id })).rejects.toThrow(refused("conflict"));
  });
});

describe("deadLetter.assign", () => {
  it("gives a group to somebody, and records it", async () => {
    const fingerprint = await seed(1);
    const assigneeId = await createUser(acme, "operator");
    await assignDeadLetterGroup(operator, { fingerprint, assigneeId, note: "asked the vendor" });

    expect(await showDeadLetterGroup(operator, { fingerprint })).toMatchObject({
      assignee: { id: assigneeId, name: "Kim" },
      note: "asked the vendor",
    });
    expect(await auditOf(`deadLetterGroup:${fingerprint}`)).toMatchObject({
      actionCode: "deadLetter.assign",
    });
    expect(await listAssignees(operator, {})).toContainEqual({ id: assigneeId, name: "Kim" });
  });

  it("is not for auditors", async () => {
    const fingerprint = await seed(1);
    await expect(
      assignDeadLetterGroup(acme.ctx("auditor"), { fingerprint, assigneeId: null }),
    ).rejects.toThrow(refused("forbidden"));
  });

  it("finds neither groups nor people of another organisation, nor takes those who may not act", async () => {
    const fingerprint = await seed(1);
    await expect(
      assignDeadLetterGroup(other.ctx("operator"), { fingerprint, assigneeId: null, note: "x" }),
    ).rejects.toThrow(refused("not_found"));
    for (const assigneeId of [
      await createUser(other, "operator"),
      await createUser(acme, "viewer"),
    ]) {
      await expect(assignDeadLetterGroup(operator, { fingerprint, assigneeId })).rejects.toThrow(
        refused("invalid"),
      );
    }
  });

  it("what is so already is a conflict", async () => {
    const fingerprint = await seed(1);
    await expect(
      assignDeadLetterGroup(operator, { fingerprint, assigneeId: null }),
    ).rejects.toThrow(refused("conflict"));
  });
});

describe("deadLetter.setRetention", () => {
  const officer = () => acme.ctx("compliance_officer");

  it("says for how long a category is kept, and records it", async () => {
    await setDeadLetterRetention(officer(), { category: "health", days: 7 });
    const retention = await listDeadLetterRetention(operator, {});
    expect(retention).toContainEqual(
      expect.objectContaining({ category: "health", days: 7, isDefault: false }),
    );
    expect(retention).toContainEqual(
      expect.objectContaining({ category: "telemetry", days: 90, isDefault: true }),
    );
    expect(await auditOf("deadLetterRetention:health")).toMatchObject({
      payload: { before: { days: 30 }, after: { days: 7 } },
    });
  });

  it("is not for operators", async () => {
    await expect(setDeadLetterRetention(operator, { category: "health", days: 8 })).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it("is of one organisation", async () => {
    await setDeadLetterRetention(officer(), { category: "usage", days: 5 });
    expect(await listDeadLetterRetention(other.ctx("operator"), {})).toContainEqual(
      expect.objectContaining({ category: "usage", days: 90 }),
    );
  });

  it("what is so already is a conflict", async () => {
    await expect(
      setDeadLetterRetention(officer(), { category: "location", days: 30 }),
    ).rejects.toThrow(refused("conflict"));
  });
});

describe("retention", () => {
  it("deletes what is too old for its category, and counts what was open", async () => {
    const fingerprint = await seed(10);
    await owner.query(
      `UPDATE dead_letter SET category = 'personal', received_at = now() - interval '31 days'
       WHERE fingerprint = $1 AND extract(second FROM event_at)::integer % 2 = 0`,
      [fingerprint],
    );
    await owner.query(
      `UPDATE dead_letter SET received_at = now() - interval '31 days' WHERE fingerprint = $1`,
      [fingerprint],
    );

    expect(await deadLetterRetention(database.ingest).run()).toBe(
      "5 dead letters and 0 groups were too old",
    );
    expect(await showDeadLetterGroup(operator, { fingerprint })).toMatchObject({
      open: 5,
      expired: 5,
    });
  });

  it("forgets a group of which nothing is left, after a month", async () => {
    const fingerprint = await seed(2);
    await owner.query("DELETE FROM dead_letter WHERE fingerprint = $1", [fingerprint]);
    await owner.query(
      `UPDATE dead_letter_group SET open = 0, last_at = now() - interval '31 days' WHERE fingerprint = $1`,
      [fingerprint],
    );

    await deadLetterRetention(database.ingest).run();
    await expect(showDeadLetterGroup(operator, { fingerprint })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("export and import", () => {
  const exported = async (fingerprint: string): Promise<string> => {
    let text = "";
    const admin = acme.ctx("admin");
    for await (const page of await exportDeadLetters(admin, { fingerprint })) text += page;
    return text;
  };

  it("bring letters back, once however often", async () => {
    const fingerprint = await seed(250);
    const text = await exported(fingerprint);
    expect(text.trimEnd().split("\n")).toHaveLength(250);
    await owner.query("DELETE FROM dead_letter WHERE fingerprint = $1", [fingerprint]);

    expect(await importDeadLetters(operator, { ndjson: text })).toEqual({
      imported: 250,
      known: 0,
    });
    expect(await importDeadLetters(operator, { ndjson: text })).toEqual({
      imported: 0,
      known: 250,
    });
    expect(await auditOf("deadLetters:export")).toMatchObject({ payload: { letters: 250 } });
    const { rows } = await owner.query<{ open: string; letters: string }>(
      `SELECT g.open::text, (SELECT count(*) FROM dead_letter l WHERE l.fingerprint = g.fingerprint)::text AS letters
       FROM dead_letter_group g WHERE g.fingerprint = (SELECT fingerprint FROM dead_letter WHERE id = $1)`,
      [(JSON.parse(text.split("\n")[0]!) as { id: string }).id],
    );
    expect(rows[0]?.open).toBe(rows[0]?.letters);
  });

  it("export is for those who may, import for those who manage", async () => {
    await expect(exportDeadLetters(operator, {})).rejects.toThrow(refused("forbidden"));
    await expect(importDeadLetters(acme.ctx("auditor"), { ndjson: "{}" })).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it("an import names each bad line, and takes nothing of the file", async () => {
    const fingerprint = await seed(2);
    const [good = "", second = ""] = (await exported(fingerprint)).split("\n");
    await owner.query("DELETE FROM dead_letter WHERE fingerprint = $1", [fingerprint]);
    const broken = JSON.stringify({ ...(JSON.parse(second) as object), qos: 7 });
    const unstorable = JSON.stringify({ ...(JSON.parse(second) as object), detail: "\u0000" });

    const importing = importDeadLetters(operator, {
      ndjson: [good, broken, "{", "", unstorable].join("\n"),
    });
    await expect(importing).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "line 2" }, { path: "line 3" }, { path: "line 5" }],
    });
    expect(await idsOf(fingerprint)).toEqual([]);
  });

  it("an import does not find another organisation's devices", async () => {
    const text = await exported(await seed(1));
    await expect(importDeadLetters(other.ctx("operator"), { ndjson: text })).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "line 1" }],
    });
  });
});
