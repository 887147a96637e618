import { createHash, randomUUID } from "node:crypto";
import type { ServicePrincipal } from "#server/gateway/identify/principal.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";
import { accountGrants, type Backing, type BackingOptions } from "#server/testing/mqtt/backing.ts";
import { startTestListeners, type TestListeners } from "#server/testing/test-listeners.ts";

/** The listeners with everything behind them in memory. */
export async function startMemoryBacking({ limits }: BackingOptions): Promise<Backing> {
  const at = await startTestListeners(limits);
  const { principal, ...account } = addAccount(at);
  const stopWills = keepWills(at, principal);
  return {
    account,
    ports: at.listeners.ports,
    ca: String(at.tls.ca),
    addDevice: async () => {
      const { device, token } = await at.addDevice(randomUUID());
      return { deviceId: device.deviceId, token };
    },
    stop: async () => {
      stopWills();
      await at.stop();
    },
  };
}

function addAccount(at: TestListeners) {
  const username = "conformance@test";
  const password = randomUUID();
  const principal: ServicePrincipal = {
    kind: "service",
    tenantId: randomUUID(),
    serviceClientId: randomUUID(),
    name: username,
    operator: true,
    grants: accountGrants,
  };
  const hash = createHash("sha256").update(password).digest();
  const passwords = [{ id: randomUUID(), hash }];
  at.serviceClients.set(username, { principal, state: "active", passwords });
  return { principal, username, password };
}

/** Publishes the wills that are due, as the worker's keeper of sessions does. */
function keepWills(at: TestListeners, principal: ServicePrincipal): () => void {
  const published = new Set<Date>();
  const timer = setInterval(() => {
    for (const { key, will, willDueAt, workerId } of at.store.sessions()) {
      if (will === undefined || willDueAt === undefined || workerId !== undefined) continue;
      if (published.has(willDueAt) || willDueAt.getTime() > Date.now()) continue;
      published.add(willDueAt);
      const sender = { principal, publisher: key, transport: "mqtt" } as const;
      void publishWill(at.listeners.gateway, sender, will);
    }
  }, 50);
  return () => clearInterval(timer);
}
