import { expect, test } from "#e2e/enrolling.ts";
import { has } from "#e2e/programs.ts";

/**
 * A certificate's rotation with programs that nobody here wrote: OpenSSL makes keys and requests,
 * Mosquitto's clients are the device.
 */
test.skip(
  !has("openssl", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr"),
  "openssl or Mosquitto's clients are missing",
);

test("a device is asked while it sleeps, renews over MQTT, and may renew later with a ticket", async ({
  bench,
  call,
  cli,
  createDevice,
  page,
  product,
  watch,
}) => {
  watch(page);
  const jsonSchema = { type: "object", properties: { temperature: { type: "number" } } };
  await call("POST", "/profiles", { name: "rotating", certificateDays: 7, jsonSchema });
  await page.goto("/profiles/rotating");
  const general = page.getByRole("region", { name: "What it is" });
  await expect(async () => {
    await general.getByRole("button", { name: "Edit" }).click();
    await general.getByLabel("Certificates are renewed").selectOption("automatic");
  }).toPass();
  await general.getByLabel("Overlap of an old certificate, days").fill("1");
  await general.getByLabel("A certificate that has run out").selectOption("ticket");
  await general.getByLabel("Tell people this many days").fill("30, 500");
  await general.getByRole("button", { name: "Save" }).click();
  await expect(general).toContainText("At most 365 days.");
  await general.getByLabel("Tell people this many days").fill("30, 7, 1");
  await general.getByRole("button", { name: "Save" }).click();
  await expect(general).toContainText("may be renewed with a ticket");
  await expect(general).toContainText("30, 7, 1 days before the end");

  const device = await createDevice("Rotating pump", "--profile", "rotating");
  const { deviceId } = device;
  bench.write("device.pem", device.certificatePem);
  bench.write("device.key", device.privateKeyPem);
  const as = (name: string) =>
    `-V mqttv5 -h localhost -p ${product.mqttsPort} --cafile ca.pem --cert ${name}.pem --key ${name}.key -i ${deviceId}`;
  const topic = (name: string) => `qs/v1/d/${deviceId}/${name}`;
  const listen = `mosquitto_sub ${as("device")} -c -x 3600 -q 1 -t ${topic("dn/certificate/renew")}`;
  expect(await bench.shell(`${listen} -E`)).toMatchObject({ status: 0 });

  await page.goto(`/devices/${deviceId}/certificate`);
  const renewal = page.getByRole("region", { name: "Renewal" });
  await expect(renewal).toContainText("Not due yet");
  await expect(renewal).toContainText("by the device itself");
  await expect(async () => {
    await renewal.getByRole("button", { name: "Ask to renew" }).click();
    await expect(renewal).toContainText("heard by one session", { timeout: 2_000 });
  }).toPass();
  const asked = await bench.shell(`${listen} -C 1 -W 10`);
  expect(JSON.parse(asked.out)).toMatchObject({ reason: "An operator asks for it." });

  await bench.shell(
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${deviceId} -keyout next.key -out request.pem`,
  );
  const answered = await bench.shell(
    `mosquitto_rr ${as("device")} -q 1 -W 10 -t ${topic("up/certificate/csr")} -e ${topic("dn/certificate/issued")} -m "$(cat request.pem)"`,
  );
  const issued = JSON.parse(answered.out) as Record<string, string>;
  bench.write("next.pem", issued["certificate"] ?? "");
  expect(issued["chain"]).toContain("BEGIN CERTIFICATE");
  const publish = (name: string) =>
    bench.shell(
      `mosquitto_pub ${as(name)} -q 1 -t ${topic("up/telemetry")} -m '{"temperature":21.5}'`,
    );
  expect(await publish("next")).toMatchObject({ status: 0, err: "" });
  expect(await publish("device")).toMatchObject({ status: 0, err: "" });
  const refused = await bench.shell(
    `mosquitto_rr ${as("next")} -q 1 -W 10 -t ${topic("up/certificate/csr")} -e ${topic("dn/certificate/refused")} -m hello`,
  );
  expect(JSON.parse(refused.out)).toMatchObject({ code: "bad-request" });

  await page.reload();
  const certificates = page.getByRole("region", { name: "Certificates" });
  await expect(certificates).toContainText("Two certificates count at once");
  const { document } = await cli("certificate", "rotation", deviceId);
  expect(document).toMatchObject({ rotation: { current: { state: "fresh" } } });

  const tickets = page.getByRole("region", { name: "Tickets" });
  await expect(async () => {
    await tickets.getByRole("button", { name: "Make a ticket" }).click();
    await expect(page.getByLabel("Days for which it counts")).toHaveValue("7", { timeout: 1_000 });
  }).toPass();
  await page.getByRole("dialog").getByRole("button", { name: "Make a ticket" }).click();
  const shown = page.getByRole("dialog", { name: "Copy it now" });
  await expect(shown).toContainText(`-u '${deviceId}:qst_`);
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(tickets.getByRole("row")).toContainText(["State", "open"]);
  await tickets.getByRole("button", { name: /Revoke the ticket/ }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(tickets.getByRole("row")).toContainText(["State", "revoked"]);
});
