import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenRequest } from "#server/broker/session-store.ts";
import { ownerOf } from "#server/gateway/identify/principal.ts";
import {
  connectPacket,
  connectPlain,
  openPlain,
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;
beforeEach(async () => {
  at = await startTestListeners();
  pump = await at.addDevice("pump-17");
});
afterEach(() => at.stop());

/** Lets the store open sessions at once and tell of it when the test says so. */
function holdOpening(): { readonly opened: Promise<void>; tell(): void } {
  const store = { ...at.store };
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  let reached = (): void => undefined;
  const opened = new Promise<void>((resolve) => (reached = resolve));
  Object.assign(at.store, {
    open: async (request: OpenRequest) => {
      const result = await store.open(request);
      reached();
      await told;
      return result;
    },
  });
  return { opened, tell };
}

test("a peer that goes while its session is opened leaves nothing, and the older connection is told", async () => {
  const older = await connectPlain(at, pump);
  const held = holdOpening();
  const newer = await openPlain(at);
  newer.send(connectPacket(pump, 5));
  await held.opened;
  newer.socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  held.tell();
  expect(await older.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8e });
  await expect.poll(() => at.listeners.stats()).toMatchObject({ connections: 0, sessions: 0 });
  await expect
    .poll(() => at.sessions.at(-1))
    .toMatchObject({ connected: false, disconnectReason: "connection lost" });
});

test("a session that another worker takes while it is opened here is not served here", async () => {
  const held = holdOpening();
  const client = await openPlain(at);
  client.send(connectPacket(pump, 5));
  await held.opened;
  await at.store.asWorker({ workerId: "another" }).open({
    tenantId: at.tenantId,
    owner: ownerOf({ kind: "device", device: pump.device }),
    clientId: "pump-17",
    cleanStart: true,
    expirySeconds: 60,
    will: undefined,
    remote: "10.1.2.3",
  });
  held.tell();
  expect(await client.next()).toBe("closed");
  expect(at.listeners.stats().sessions).toBe(0);
});
