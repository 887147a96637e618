import { expect, test, type Call } from "#e2e/enrolling.ts";
import type { Product } from "#e2e/product.ts";
import { has, type Bench, type Ended } from "#e2e/programs.ts";

/** Devices with certificates of a customer's CA, made by OpenSSL, that connect with mosquitto_pub. */
test.skip(!has("openssl", "mosquitto_pub"), "openssl or mosquitto_pub is missing");

/** The reason code of CONNACK is how mosquitto_pub ends. */
const notAuthorized = 0x87;
const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/** Makes works.pem and works.key. */
async function makeAuthority(bench: Bench, name: string): Promise<void> {
  const made = await bench.shell(
    `openssl req -x509 ${key} -keyout works.key -out works.pem -days 3650 -subj "/O=Works/CN=${name}"`,
  );
  expect(made.status, made.err).toBe(0);
}

/** Makes NAME.pem and NAME.key, signed by the CA of the folder. */
async function issue(bench: Bench, name: string, subject: string): Promise<void> {
  const made = await bench.shell(
    `openssl req -new ${key} -keyout ${name}.key -out ${name}.csr -subj "${subject}" && openssl x509 -req -in ${name}.csr -CA works.pem -CAkey works.key -CAcreateserial -days 365 -out ${name}.pem`,
  );
  expect(made.status, made.err).toBe(0);
}

function publish(
  { product, bench }: { readonly product: Product; readonly bench: Bench },
  deviceId: string,
  name: string,
): Promise<Ended> {
  return bench.shell(
    `mosquitto_pub -V mqttv5 -h localhost -p ${product.mqttsPort} --cafile ca.pem --cert ${name}.pem --key ${name}.key -i ${deviceId} -q 1 -t qs/v1/d/${deviceId}/up/telemetry -m '{"temperature":21.5}'`,
  );
}

/** Registers the CA of the folder and proves possession of its key. @returns its id */
async function register(bench: Bench, call: Call, groupId: string): Promise<string> {
  const made = await call<{ authorityId: string; challenge: string }>(
    "POST",
    `/enrolment-groups/${groupId}/authorities`,
    { name: "Works", pem: bench.read("works.pem") },
  );
  await issue(bench, "proof", `/CN=${made.challenge}`);
  const certificatePem = bench.read("proof.pem");
  await call("POST", `/customer-authorities/${made.authorityId}/proof`, { certificatePem });
  return made.authorityId;
}

test("a device with a certificate of a registered CA appears when it connects", async ({
  bench,
  call,
  createGroup,
  page,
  product,
}) => {
  const at = { product, bench };
  await makeAuthority(bench, "Works CA");
  await issue(bench, "jit-1", "/O=Works/CN=jit-1/serialNumber=SN-1");
  // Nobody knows the CA yet.
  expect(await publish(at, "jit-1", "jit-1")).toMatchObject({ status: notAuthorized });

  const rules = { tags: ["hall-4"], quarantine: true, subject: { organisation: "Works" } };
  const group = await createGroup("customer_ca", "Works", rules);
  const authorityId = await register(bench, call, group.id);

  await expect
    .poll(async () => (await publish(at, "jit-1", "jit-1")).status, { timeout: 20_000 })
    .toBe(0);
  const device = JSON.stringify(await call("GET", "/devices/jit-1"));
  for (const word of ["hall-4", "SN-1", "quarantined"]) expect(device).toContain(word);

  await issue(bench, "jit-2", "/O=Elsewhere/CN=jit-2");
  expect(await publish(at, "jit-2", "jit-2")).toMatchObject({ status: notAuthorized });
  await page.goto("/refused?q=jit-2");
  await page.getByRole("button", { name: /Enrolment refused/ }).click();
  await expect(page.getByRole("dialog", { name: "Enrolment refused" })).toContainText("Elsewhere");

  await call("PUT", `/customer-authorities/${authorityId}/state`, { state: "disabled" });
  await expect.poll(async () => (await publish(at, "jit-1", "jit-1")).status).not.toBe(0);
  await page.goto("/refused?q=jit-1");
  await page.getByRole("button", { name: /CA not active/ }).click();
  await expect(page.getByRole("dialog", { name: "CA not active" })).toContainText("is disabled");
});

test("a device waits for approval and connects after it", async ({
  bench,
  call,
  createGroup,
  page,
  product,
}) => {
  const at = { product, bench };
  await makeAuthority(bench, "Careful CA");
  await issue(bench, "jit-10", "/CN=jit-10");
  const group = await createGroup("customer_ca", "Careful", { needsApproval: true });
  await register(bench, call, group.id);
  expect(await publish(at, "jit-10", "jit-10")).toMatchObject({ status: notAuthorized });
  await page.goto("/refused?q=jit-10");
  await page.getByRole("button", { name: /Waits for approval/ }).click();
  const story = page.getByRole("dialog", { name: "Waits for approval" });
  await expect(story).toContainText("“jit-10” asked to be enrolled and waits for approval.");
  await expect(story.getByRole("link", { name: "Open the enrolment requests" })).toBeVisible();

  const { requests } = await call<{ requests: { id: string }[] }>(
    "GET",
    `/enrolment-requests?groupId=${group.id}&state=pending`,
  );
  await call("POST", `/enrolment-requests/${requests[0]?.id}/approve`, {});
  await expect
    .poll(async () => (await publish(at, "jit-10", "jit-10")).status, { timeout: 20_000 })
    .toBe(0);
});
