import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connectPacket,
  connectPlain,
  openPlain,
  startTestListeners,
  type TestListeners,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
beforeAll(async () => {
  at = await startTestListeners({ device: { connections: 2 } });
});
afterAll(() => at.stop());

test("one device cannot take the places of all, and may still come again", async () => {
  const pump = await at.addDevice("pump-17");
  const clients = [
    await connectPlain(at, pump),
    await connectPlain(at, pump, 5, { clientId: "pump-17.2" }),
  ];
  const third = await openPlain(at);
  third.send(connectPacket(pump, 5, { clientId: "pump-17.3" }));

  expect(await third.ending()).toBe(0x89);
  expect(await at.refusal("too-many-connections", "pump-17 already has 2")).toMatchObject({
    claimedId: "pump-17",
    tenantId: at.tenantId,
  });
  clients.push(await connectPlain(at, pump, 5, { clientId: "pump-17.2" }));
  for (const client of clients) client.end();
});
