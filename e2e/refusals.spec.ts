import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import mqtt from "mqtt";
import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";

/** A certificate that somebody made for themselves. */
function selfSigned(commonName: string): { cert: string; key: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-foreign-"));
  const key = path.join(folder, "key.pem");
  const cert = path.join(folder, "cert.pem");
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"].concat([
      "-keyout",
      key,
      "-out",
      cert,
      "-days",
      "1",
      "-subj",
      `/CN=${commonName}`,
    ]),
    { stdio: "ignore" },
  );
  const pair = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  rmSync(folder, { recursive: true });
  return pair;
}

async function attempt(
  port: number,
  device: Pick<CreatedDevice, "caPem"> & { readonly cert: string; readonly key: string },
  clientId: string,
): Promise<string> {
  try {
    const client = await mqtt.connectAsync(`mqtts://localhost:${port}`, {
      protocolVersion: 5,
      clientId,
      cert: device.cert,
      key: device.key,
      ca: device.caPem,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
    });
    await client.endAsync(true);
    return "connected";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("a revoked certificate cuts the session at once and cannot come back", async ({
  cli,
  connectDevice,
  createDevice,
  product,
}) => {
  const device = await createDevice("Stolen pump");
  const client = await connectDevice(device);
  const closed = new Promise((resolve) => client.once("close", () => resolve(Date.now())));
  const revokedAt = Date.now();

  await cli("device", "revoke", device.deviceId, "--reason", "key_compromise");

  expect(Number(await closed) - revokedAt).toBeLessThan(5_000);
  const { certificatePem: cert, privateKeyPem: key, caPem } = device;
  expect(await attempt(product.mqttsPort, { cert, key, caPem }, device.deviceId)).not.toBe(
    "connected",
  );
});

test("a foreign certificate is refused, and the device's page says why", async ({
  createDevice,
  page,
  product,
}) => {
  const device = await createDevice("Imitated pump");

  const outcome = await attempt(
    product.mqttsPort,
    { ...selfSigned(device.deviceId), caPem: device.caPem },
    device.deviceId,
  );

  expect(outcome).not.toBe("connected");
  await page.goto(`/devices/${device.deviceId}/connection`);
  await expect(page.getByText(/Unknown CA/).first()).toBeVisible();
});

test("a client id that is not the certificate's is refused", async ({ createDevice, product }) => {
  const device = await createDevice("Honest pump");
  const { certificatePem: cert, privateKeyPem: key, caPem } = device;

  expect(await attempt(product.mqttsPort, { cert, key, caPem }, "somebody-else")).not.toBe(
    "connected",
  );
});

test("a message that is no JSON is kept as a dead letter with its bytes and its reason", async ({
  cli,
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Mumbling pump");
  const client = await connectDevice(device);

  await client
    .publishAsync(`qs/v1/d/${device.deviceId}/up/telemetry`, "temperature=21", { qos: 1 })
    .catch(() => undefined);

  const { document } = await cli("dead-letter", "list", "--device", device.deviceId);
  expect(document).toMatchObject({
    letters: [{ deviceId: device.deviceId, reason: "not-json" }],
  });
  await page.goto("/dead-letters/all");
  await expect(page.getByText(device.deviceId).first()).toBeVisible();
});

test("a topic of another device is refused and stores nothing", async ({
  connectDevice,
  createDevice,
}) => {
  const one = await createDevice("Pump one");
  const two = await createDevice("Pump two");
  const client = await connectDevice(one);

  const outcome = await client
    .publishAsync(`qs/v1/d/${two.deviceId}/up/telemetry`, '{"flow":1}', { qos: 1 })
    .then(
      (packet) => (packet as { reasonCode?: number } | undefined)?.reasonCode ?? 0,
      (error: { code?: number }) => error.code ?? -1,
    );

  expect(outcome).not.toBe(0);
});
