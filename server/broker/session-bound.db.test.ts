import { afterAll, beforeAll, expect, it } from "vitest";
import { readSessionKey } from "#server/broker/publication.ts";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import {
  handleOf,
  openRequest,
  serviceOwner,
  startStoreBench,
  subscription,
  type StoreBench,
} from "#server/testing/broker.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let store: StoreBench;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "acme" });
  await setListenerLimit(tenant.ctx("admin"), { scope: "device", name: "sessions", value: 2 });
  store = await startStoreBench(database.ingest);
});
afterAll(async () => {
  await store.stop(1_000);
  await database.drop();
});

const away = { expirySeconds: 3_600, willDueAt: undefined };

it("one owner's sessions are bounded: those away longest end, those of others and with a connection stay", async () => {
  const grants = [{ filter: "a/#", maySubscribe: true, mayPublish: false }];
  const made = await createServiceClient(tenant.ctx("admin"), { name: "Hub", grants });
  const owner = { kind: "service", serviceClientId: made.id } as const;
  const other = openRequest(tenant.tenantId, serviceOwner());
  await store.close(handleOf(other, await store.open(other)), away);
  const open = async (clientId: string) => {
    const request = openRequest(tenant.tenantId, owner, { clientId });
    const opened = await store.open(request);
    const handle = handleOf(request, opened);
    await store.subscribe(handle, [subscription(`a/${clientId}`)]);
    return { present: opened.present, handle };
  };
  const connected = await open("connected");
  for (const clientId of ["one", "two", "three"]) {
    await store.close((await open(clientId)).handle, away);
  }

  const routed = [...store.routes.values()].map(
    ({ session }) => readSessionKey(session.key).clientId,
  );
  expect(routed.toSorted()).toEqual(["connected", "three"]);
  const { refusals } = await listRefusedConnections(tenant.ctx("admin"), {});
  expect(refusals).toMatchObject([
    {
      cause: "quota",
      claimedId: made.username,
      count: 2,
      detail: expect.stringContaining("two was ended to make room for that of three: at most 2"),
    },
  ]);
  expect((await open("three")).present).toBe(true);
  expect((await open("one")).present).toBe(false);
  await store.close(connected.handle, away);
  expect((await open("connected")).present).toBe(true);
  expect((await store.open(other)).present).toBe(true);
});
