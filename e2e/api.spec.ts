import { X509Certificate } from "node:crypto";
import { expect, test } from "#e2e/fixtures.ts";

test("a device made on the command line publishes, and REST gives its telemetry", async ({
  api,
  connectDevice,
  createDevice,
}) => {
  const device = await createDevice("API pump");
  const client = await connectDevice(device);
  const call = await api("viewer");
  const ts = Date.now();

  await client.publishAsync(
    `qs/v1/d/${device.deviceId}/up/telemetry`,
    JSON.stringify({ id: "a1", ts, values: { temperature: 21.5 } }),
    { qos: 1 },
  );

  // Acknowledged means stored: no waiting here.
  const answer = await call(
    `/devices/${device.deviceId}/telemetry?metric=temperature&from=${ts - 60_000}&to=${ts + 60_000}&points=100`,
  );
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    series: [{ metric: "temperature", points: [[ts, 21.5]] }],
  });

  // The same over many devices; rollups that are behind do not matter.
  const range = `from=${ts - 3_600_000}&to=${ts + 60_000}`;
  const coarse = await call(
    `/telemetry?devices=${device.deviceId}&metric=temperature&${range}&pixels=2&across=all&statistics=true`,
  );
  expect(await coarse.json()).toMatchObject({
    bucketMs: 7_200_000,
    series: [{ statistics: { count: 1, mean: 21.5, last: 21.5, lastAt: ts } }],
    devices: { matching: 1, shown: 1 },
  });
  const refused = await call(`/telemetry?devices=nobody&metric=temperature&${range}`);
  expect(refused.status).toBe(404);
});

test("REST creates a device with a certificate, lists it and shows it", async ({ api }) => {
  const call = await api();

  const created = await call("/devices", {
    method: "POST",
    body: JSON.stringify({ name: "REST pump" }),
  });
  const device = (await created.json()) as Record<string, unknown>;

  expect(created.status).toBe(201);
  expect(new X509Certificate(String(device["certificatePem"])).subject).toContain("CN=rest-pump");
  expect(await (await call("/devices/rest-pump")).json()).toMatchObject({ deviceId: "rest-pump" });
  expect(await (await call("/devices?text=rest-pump")).json()).toMatchObject({
    devices: [{ deviceId: "rest-pump" }],
  });
});

test("refusals are problem documents and give nothing away", async ({ api, product }) => {
  const viewer = await api("viewer");

  const anonymous = await fetch(`${product.url}/api/v1/devices`);
  const forbidden = await viewer("/devices", { method: "POST", body: '{"name":"x"}' });
  const missing = await viewer("/devices/nobody");
  const malformed = await (await api())("/devices", { method: "POST", body: "{" });

  for (const [response, status] of [
    [anonymous, 401],
    [forbidden, 403],
    [missing, 404],
    [malformed, 400],
  ] as const) {
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status });
    expect(JSON.stringify(problem)).not.toMatch(/\bat \S+:\d+|SELECT |prisma/i);
  }
});

test("the ledger accounts for every message that was received", async ({
  cli,
  connectDevice,
  createDevice,
}) => {
  const device = await createDevice("Ledger pump");
  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  await client.publishAsync(topic, '{"flow":1}', { qos: 1 });
  await client.publishAsync(topic, "not json", { qos: 1 }).catch(() => undefined);

  const { document } = await cli("ledger");

  expect(document).toMatchObject({ unaccounted: 0 });
});

test("health and metrics answer for machines", async ({ product, request }) => {
  const metrics = await fetch(`http://127.0.0.1:${product.metricsPort}/metrics`);
  const ready = await fetch(`http://127.0.0.1:${product.metricsPort}/readyz`);

  expect(await metrics.text()).toMatch(/^# TYPE /m);
  expect(ready.status).toBe(200);
  expect((await request.get("/api/health")).status()).toBe(200);
});

test("the audit chain holds, on the command line as well", async ({ cli }) => {
  expect((await cli("audit", "verify")).document).toMatchObject({ ok: true });
});

test("the simulator's devices connect over mTLS and everything they send is acknowledged", async ({
  cli,
}) => {
  const { document } = await cli("simulate", "--devices", "5", "--rate", "50", "--seconds", "4");

  expect(document).toMatchObject({ devices: 5, refused: 0, skipped: 0, lastError: "" });
  expect(Number(document["acknowledged"])).toBeGreaterThan(100);
  const { document: list } = await cli("device", "list", "--text", "sim-");
  expect(list["devices"]).toHaveLength(5);
});

test("doctor finds nothing wrong", async ({ cli }) => {
  const { status, document } = await cli("doctor");

  expect(document["checks"]).toEqual(
    (document["checks"] as object[]).map((check) => ({ ...check, ok: true, remedy: null })),
  );
  expect(status).toBe(0);
});
