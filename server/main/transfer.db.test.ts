import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase, type Database } from "#server/db/client.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createDevice } from "#server/services/device/create.ts";
import { systemContext } from "#server/services/system-context.ts";
import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { offerDevice } from "#server/services/transfer/offer.ts";
import { testKeyring } from "#server/testing/database.ts";
import {
  startInstallation,
  type Installation,
  type WorkerProcess,
} from "#server/testing/installation.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

let at: Installation;
let worker: WorkerProcess;
let app: Database;
let client: MqttClient | undefined;

beforeAll(async () => {
  at = await startInstallation();
  worker = await at.startWorker();
  app = openDatabase({ url: at.appUrl, max: 4 });
}, 60_000);
afterAll(async () => {
  await client?.endAsync(true);
  await app.close();
  await at.stop();
});

function contextOf(tenantId: string) {
  const parts = {
    db: app,
    now: () => new Date(),
    keyring: testKeyring,
    signer: absentSigner(),
  };
  return systemContext(parts, { tenantId, name: "test" });
}

function nextOf(connection: MqttClient, event: "close" | "connect"): Promise<void> {
  return new Promise((resolve) => connection.once(event, () => resolve()));
}

it("a connected device that moves is dropped once, and goes on in its new organisation", async () => {
  const other = await createTenant(app, { slug: "other", name: "Other" });
  const from = contextOf(at.tenantId);
  const to = contextOf(other.tenantId);
  await createDevice(from, { name: "Gate", deviceId: "gate-1" });
  const { password } = await createPassword(from, { deviceId: "gate-1" });
  client = await mqtt.connectAsync(`mqtt://127.0.0.1:${worker.mqttPort}`, {
    protocolVersion: 5,
    clientId: "gate-1",
    username: "gate-1",
    password,
    reconnectPeriod: 100,
  });
  const say = (level: number) =>
    client?.publishAsync("qs/v1/d/gate-1/up/telemetry", JSON.stringify({ level }), { qos: 1 });
  await say(1);
  const { code } = await offerDevice(from, { deviceId: "gate-1", kind: "transfer" });
  const dropped = nextOf(client, "close");

  await claimDevice(to, { code });

  await dropped;
  await nextOf(client, "connect");
  await say(2);
  const shown = async (ctx: typeof from, device: string) => {
    const { fields } = await latestTelemetry(ctx, { device });
    return fields.map(({ name, value }) => [name, value]);
  };
  // Newest values are written at most a second after the readings.
  await expect.poll(() => shown(to, "gate-1"), { timeout: 5_000 }).toEqual([["level", 2]]);
  expect(await shown(from, "gate-1.transferred-1")).toEqual([["level", 1]]);
}, 30_000);
