import { createHmac } from "node:crypto";
import mqtt from "mqtt";
import { expect, test } from "#e2e/fixtures.ts";

test("REST makes a service client, which hears what a device says until it is suspended", async ({
  api,
  connectDevice,
  createDevice,
  product,
}) => {
  const call = await api();
  const device = await createDevice("Access pump");
  const created = await call("/service-clients", {
    method: "POST",
    body: JSON.stringify({
      name: "E2E dashboard",
      grants: [{ filter: `qs/v1/d/${device.deviceId}/up/#`, maySubscribe: true }],
    }),
  });
  expect(created.status).toBe(201);
  const made = (await created.json()) as { username: string; password: string };
  const dashboard = await mqtt.connectAsync(`mqtts://localhost:${product.mqttsPort}`, {
    protocolVersion: 5,
    username: made.username,
    password: made.password,
    ca: device.caPem,
    reconnectPeriod: 0,
  });
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  await dashboard.subscribeAsync(topic, { qos: 1 });
  const heard = new Promise<string>((resolve) => {
    dashboard.once("message", (_, payload) => resolve(payload.toString()));
  });

  await (await connectDevice(device)).publishAsync(topic, '{"flow":7}', { qos: 1 });

  expect(await heard).toBe('{"flow":7}');
  const closed = new Promise<void>((resolve) => void dashboard.once("close", () => resolve()));
  const path = `/service-clients/${encodeURIComponent(made.username)}`;
  expect((await call(`${path}/suspend`, { method: "POST" })).status).toBe(200);
  await closed;
  expect(await (await call(path)).json()).toMatchObject({ state: "suspended" });
});

test("a device made for Azure connects with the key that REST gave it, and not after it is revoked", async ({
  api,
  createDevice,
  product,
}) => {
  const call = await api();
  const { deviceId, caPem } = await createDevice("Azure pump");
  const answer = await call(`/devices/${deviceId}/sas-keys`, {
    method: "POST",
    body: JSON.stringify({ slot: "primary" }),
  });
  const { key, credentialId } = (await answer.json()) as Record<string, string>;
  const sr = encodeURIComponent(`localhost/devices/${deviceId}`);
  const se = Math.floor(Date.now() / 1_000) + 600;
  const hmac = createHmac("sha256", Buffer.from(key ?? "", "base64")).update(`${sr}\n${se}`);
  const sig = encodeURIComponent(hmac.digest("base64"));
  const connect = () =>
    mqtt.connectAsync(`mqtts://localhost:${product.mqttsPort}`, {
      protocolVersion: 4,
      clientId: deviceId,
      username: `localhost/${deviceId}/?api-version=2021-04-12`,
      password: `SharedAccessSignature sr=${sr}&sig=${sig}&se=${se}`,
      ca: caPem,
      reconnectPeriod: 0,
    });

  const client = await connect();
  const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()));
  const revoked = await call(`/devices/${deviceId}/credentials/${credentialId}`, {
    method: "DELETE",
  });
  expect(revoked.status).toBe(204);
  await closed;
  await expect(connect()).rejects.toThrow(/not authorized|bad user/i);

  const page = await call(`/refused-connections?deviceId=${deviceId}&cause=no-sas-key`);
  expect(await page.json()).toMatchObject({
    refusals: [{ cause: "no-sas-key", device: { deviceId } }],
  });
});

test("REST lists, sets and resets a limit", async ({ api }) => {
  const call = await api();
  const limit = "/limits/connection/maxSubscriptions";

  const set = await call(limit, { method: "PUT", body: '{"value":64}' });
  expect(await set.json()).toEqual({
    scope: "connection",
    name: "maxSubscriptions",
    value: 64,
  });
  const listed = (await (await call("/limits")).json()) as { name: string; effective: number }[];
  expect(listed.find(({ name }) => name === "maxSubscriptions")?.effective).toBe(64);
  expect((await call(limit, { method: "PUT", body: '{"value":0}' })).status).toBe(422);
  expect((await call(limit, { method: "DELETE" })).status).toBe(200);
});
