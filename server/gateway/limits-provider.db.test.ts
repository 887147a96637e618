import { afterAll, beforeAll, expect, test } from "vitest";
import { readListenerLimits, type ListenerLimitRow } from "#server/db/read-listener-limits.ts";
import { defaultListenerLimits } from "#server/domain/listener-limits.ts";
import { createLimitsProvider } from "#server/gateway/limits-provider.ts";
import { resetListenerLimit } from "#server/services/listener-limit/reset.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
const limit = { scope: "connection", name: "maxPacketBytes" } as const;
const defaults = defaultListenerLimits;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
});
afterAll(() => database.drop());

const provider = () => createLimitsProvider({ db: database.ingest, defaults });

test("the limits are the defaults until they are read, and after they are reset", async () => {
  const limits = provider();
  await setListenerLimit(acme.ctx("admin"), { ...limit, value: 2048 });

  expect(limits.of(acme.tenantId)).toBe(defaults);
  await limits.reload();
  expect(limits.of(acme.tenantId).connection.maxPacketBytes).toBe(2048);
  expect(limits.of(other.tenantId)).toBe(defaults);

  await resetListenerLimit(acme.ctx("admin"), limit);
  await limits.reload();
  expect(limits.of(acme.tenantId)).toBe(defaults);
});

test("are read of one organisation without touching another's, and stay the same object meanwhile", async () => {
  const limits = provider();
  await setListenerLimit(acme.ctx("admin"), { ...limit, value: 3000 });
  await limits.reload(acme.tenantId);
  const before = limits.of(acme.tenantId);

  await setListenerLimit(other.ctx("admin"), { ...limit, value: 4000 });
  await limits.reload(other.tenantId);
  await limits.reload();

  expect(limits.of(acme.tenantId)).toBe(before);
  expect(before.connection.maxPacketBytes).toBe(3000);
  expect(limits.of(other.tenantId).connection.maxPacketBytes).toBe(4000);
});

test("an older answer that comes later changes nothing; a failure keeps what was known", async () => {
  const answers: PromiseWithResolvers<readonly ListenerLimitRow[]>[] = [];
  const limits = createLimitsProvider({
    db: database.ingest,
    defaults,
    read: () => {
      const answer = Promise.withResolvers<readonly ListenerLimitRow[]>();
      answers.push(answer);
      return answer.promise;
    },
  });
  const row = (value: number) => ({ tenantId: "t", ...limit, value });
  const [older, newer] = [limits.reload("t"), limits.reload("t")];
  answers[1]!.resolve([row(5000)]);
  await newer;
  answers[0]!.resolve([row(2000)]);
  await older;
  const failing = limits.reload();
  answers[2]!.reject(new Error("away"));

  await expect(failing).rejects.toThrow("away");
  expect(limits.of("t").connection.maxPacketBytes).toBe(5000);
});

test("large values arrive as they were set", async () => {
  const value = 4_294_967_296;
  await setListenerLimit(acme.ctx("admin"), { scope: "connection", name: "maxQueuedBytes", value });

  expect(await readListenerLimits(database.ingest, acme.tenantId)).toContainEqual({
    tenantId: acme.tenantId,
    scope: "connection",
    name: "maxQueuedBytes",
    value,
  });
});
