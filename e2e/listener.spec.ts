import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import mqtt from "mqtt";
import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";

const hasMosquitto = spawnSync("mosquitto_sub", ["--help"]).error === undefined;

/** How an attempt to connect ended: "connected", or what the server said. */
async function attempt(url: string, options: mqtt.IClientOptions): Promise<string> {
  try {
    const client = await mqtt.connectAsync(url, {
      protocolVersion: 5,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
      ...options,
    });
    await client.endAsync(true);
    return "connected";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const withCertificate = (device: CreatedDevice): mqtt.IClientOptions => ({
  clientId: device.deviceId,
  cert: device.certificatePem,
  key: device.privateKeyPem,
  ca: device.caPem,
});

/** Makes a service client that may subscribe to all telemetry, in the browser. */
async function makeServiceClient(page: Page, name: string) {
  await page.goto("/settings/service-clients");
  await page.getByRole("button", { name: "Make a service client" }).click();
  const form = page.getByRole("dialog", { name: "Make a service client" });
  await form.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await expect(form.getByRole("textbox", { name: "Topic filter 1" })).toHaveValue(
    "qs/v1/d/+/up/telemetry/#",
  );
  await form.getByRole("button", { name: "Make it" }).click();

  const secret = page.getByRole("dialog", { name: "Copy the password now" });
  const [, username = "", password = ""] =
    /-u (\S+) -P (\S+) /.exec(await secret.locator("pre").first().innerText()) ?? [];
  await secret.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(password)).toHaveCount(0);
  return { username, password };
}

test("a revoked certificate stands under refused connections with its remedy, and leads to a new one", async ({
  cli,
  createDevice,
  page,
  product,
}) => {
  const device = await createDevice("Locked-out pump");
  await cli("device", "revoke", device.deviceId, "--reason", "key_compromise");
  const url = `mqtts://localhost:${product.mqttsPort}`;

  expect(await attempt(url, withCertificate(device))).not.toBe("connected");

  await page.goto(`/refused?device=${device.deviceId}`);
  await page.getByRole("button", { name: /Certificate revoked/ }).click();
  const story = page.getByRole("dialog", { name: "Certificate revoked" });
  await expect(story).toContainText(`The certificate of ${device.deviceId} was revoked`);
  await expect(story).toContainText(`issued here for ${device.deviceId}, revoked`);
  await story.getByRole("link", { name: "Issue a certificate" }).click();
  await expect(page).toHaveURL(`/devices/${device.deviceId}/certificate?issue=1`);
});

test("a wrong password appears on the open page by itself, and is found by its name", async ({
  createDevice,
  page,
  product,
}) => {
  const device = await createDevice("Forgetful pump");
  await page.goto("/devices/forgetful-pump/certificate");
  await page.getByRole("button", { name: "Make: Token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make", exact: true }).click();
  await page
    .getByRole("dialog", { name: "Copy it now" })
    .getByRole("button", { name: "Done" })
    .click();
  await page.goto("/refused?q=forgetful-pump");
  await expect(page.getByText("No refusal fits this filter")).toBeVisible();

  const outcome = await attempt(`mqtts://localhost:${product.mqttsPort}`, {
    clientId: device.deviceId,
    username: device.deviceId,
    password: "wrong",
    ca: device.caPem,
  });

  expect(outcome).toContain("Bad User Name or Password");
  await page.getByRole("button", { name: /Wrong password or token/ }).click();
  const story = page.getByRole("dialog", { name: "Wrong password or token" });
  await expect(story).toContainText("is wrong or was revoked");
  await expect(story.getByRole("link", { name: "Open its credentials" })).toHaveAttribute(
    "href",
    `/devices/${device.deviceId}/certificate#tokens`,
  );
});

test("a service client made in the browser receives a device's telemetry", async ({
  connectDevice,
  createDevice,
  page,
  product,
}) => {
  const device = await createDevice("Heard pump");
  const { username, password } = await makeServiceClient(page, "Dashboard of hall 3");
  const dashboard = await mqtt.connectAsync(`mqtts://localhost:${product.mqttsPort}`, {
    protocolVersion: 5,
    username,
    password,
    ca: device.caPem,
    reconnectPeriod: 0,
  });
  const heard: string[] = [];
  dashboard.on("message", (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  await dashboard.subscribeAsync("qs/v1/d/+/up/telemetry", { qos: 1 });

  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  await client.publishAsync(topic, '{"flow":7}', { qos: 1 });

  await expect.poll(() => heard).toEqual([`${topic} {"flow":7}`]);
  await dashboard.endAsync(true);
});

test("mosquitto_sub receives a device's telemetry as a service client", async ({
  connectDevice,
  createDevice,
  page,
  product,
}) => {
  test.skip(!hasMosquitto, "mosquitto_sub is not installed (package mosquitto-clients)");
  const device = await createDevice("Mosquitto pump");
  const { username, password } = await makeServiceClient(page, "Shell of the workshop");
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-ca-"));
  writeFileSync(path.join(folder, "ca.pem"), device.caPem);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  const where = `-h localhost -p ${product.mqttsPort} -V mqttv5 -q 1 -v`.split(" ");
  const login = ["--cafile", path.join(folder, "ca.pem"), "-u", username, "-P", password];
  const listener = spawn("mosquitto_sub", where.concat(login, "-t", topic));
  let said = "";
  listener.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const client = await connectDevice(device);

  await expect
    .poll(async () => {
      await client.publishAsync(topic, '{"flow":8}', { qos: 1 });
      return said;
    })
    .toContain(`${topic} {"flow":8}`);

  listener.kill();
  rmSync(folder, { recursive: true });
});

test("a limit changed in the browser holds for a connection that is open", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Limited pump");
  const client = await connectDevice(device);
  let count = 0;
  /** One more subscription: replacing one that there is already counts for nothing. */
  const subscribe = () => {
    count += 1;
    return client.subscribeAsync(`qs/v1/d/${device.deviceId}/dn/${count}`, { qos: 1 }).then(
      () => "subscribed",
      (error: Error) => error.message,
    );
  };
  expect(await subscribe()).toBe("subscribed");
  await page.goto("/settings/limits");

  await page.getByRole("button", { name: "Change: Subscriptions" }).click();
  const value = page.getByRole("textbox", { name: "New value: Subscriptions" });
  await value.fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Choose a whole number from 1 to")).toBeVisible();
  await value.fill("1");
  await page.getByRole("button", { name: "Save" }).click();

  await expect(page.getByText("1\u00a0subscriptions", { exact: true })).toBeVisible();
  await expect.poll(() => subscribe()).toContain("Quota exceeded");

  await page.getByRole("button", { name: "Change: Subscriptions" }).click();
  await page.getByRole("button", { name: "Use the default: Subscriptions" }).click();
  await expect.poll(() => subscribe()).toBe("subscribed");
});

test("an operator ends a device's session, and its connection closes", async ({
  createDevice,
  page,
  product,
}) => {
  const device = await createDevice("Stuck pump");
  const client = await mqtt.connectAsync(`mqtts://localhost:${product.mqttsPort}`, {
    ...withCertificate(device),
    protocolVersion: 5,
    clean: false,
    properties: { sessionExpiryInterval: 3_600 },
    reconnectPeriod: 0,
  });
  await client.subscribeAsync(`qs/v1/d/${device.deviceId}/dn/#`, { qos: 1 });
  const closed = new Promise((resolve) => client.once("close", () => resolve("closed")));

  await page.goto(`/devices/${device.deviceId}/connection`);
  await expect(page.getByText(`qs/v1/d/${device.deviceId}/dn/#`)).toBeVisible();
  await page.getByRole("button", { name: `End the session ${device.deviceId}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End session" }).click();

  expect(await closed).toBe("closed");
  await expect(page.getByText("No session is kept")).toBeVisible();
  const timeline = page.getByRole("list", { name: /What happened to the connections/ });
  await expect(timeline.getByText("Disconnected")).toBeVisible();
});
