import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { openTail } from "#server/services/message/open-tail.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let deviceKey: string;
beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  deviceKey = (await createIngestDevice(database, acme, "pump")).deviceKey.toString();
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const recorded = () =>
  withTenant(acme.ctx("admin"), (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, actionCode: "message.tail" },
      orderBy: { seq: "asc" },
      select: { target: true },
    }),
  );

describe("message.tail", () => {
  it("is recorded once for each opening, also when the stream comes back or its filter changes", async () => {
    const opening = randomUUID();
    const ctx = acme.ctx("viewer");
    expect(await openTail(ctx, { opening, device: "", outcome: "" })).toEqual({});
    expect(await openTail(ctx, { opening, outcome: "dead_lettered", text: "x" })).toEqual({
      outcome: "dead_lettered",
      text: "x",
    });
    expect(await recorded()).toEqual([{ target: "fleet" }]);
    const later = acme.ctx("viewer", { now: () => new Date(Date.now() + 20 * 60_000) });
    await openTail(later, { opening });
    expect(await recorded()).toHaveLength(2);
    expect(await openTail(ctx, { opening, device: "pump" })).toEqual({ deviceKey });
    expect((await recorded()).at(-1)).toEqual({ target: "device:pump" });
  });

  it("does not find another organisation's device", async () => {
    await expect(
      openTail(other.ctx("admin"), { opening: randomUUID(), device: "pump" }),
    ).rejects.toThrow(refused("not_found"));
  });

  it.each(["a/#/b", "$share/g/a", "a+"])("the topic filter %s is refused", async (topic) => {
    await expect(openTail(acme.ctx("viewer"), { opening: randomUUID(), topic })).rejects.toThrow(
      refused("invalid"),
    );
  });
});
