import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, type Group } from "#e2e/enrolling.ts";
import type { Product } from "#e2e/product.ts";
import { has, type Bench, type Ended } from "#e2e/programs.ts";

/**
 * EST with programs that nobody here wrote: OpenSSL makes keys and requests and reads the answers,
 * curl carries them, mosquitto_pub uses the certificates.
 */
test.skip(!has("openssl", "curl", "mosquitto_pub"), "openssl, curl or mosquitto_pub is missing");

const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/** Makes NAME.key and NAME.b64, a request for the subject. */
async function makeRequest(bench: Bench, name: string, more = `-subj /CN=${name} ${key}`) {
  const made = await bench.shell(
    `openssl req -new ${more} -keyout ${name}.key -outform DER -out ${name}.der && openssl base64 -in ${name}.der -out ${name}.b64`,
  );
  expect(made.err.includes("rror"), made.err).toBe(false);
}

/** Sends NAME.b64 and keeps the answer as NAME.p7. @returns the status, what curl said, the body */
async function ask(
  { product, bench }: { readonly product: Product; readonly bench: Bench },
  operation: string,
  name: string,
  more: string,
): Promise<{ readonly status: string; readonly head: string; readonly body: string }> {
  const { out, err } = await bench.shell(
    `curl --silent --show-error --cacert ca.pem ${more} --header "Content-Type: application/pkcs10" --data-binary @${name}.b64 --dump-header ${name}.head --output ${name}.p7 --write-out "%{http_code}" https://localhost:${product.deviceHttpsPort}/.well-known/est/${operation}`,
  );
  expect(err).toBe("");
  return { status: out, head: bench.read(`${name}.head`), body: bench.read(`${name}.p7`) };
}

/** NAME.p7 as NAME.pem. */
async function unpack(bench: Bench, name: string): Promise<void> {
  const { err, status } = await bench.shell(
    `openssl base64 -d -in ${name}.p7 | openssl pkcs7 -inform DER -print_certs -out ${name}.pem`,
  );
  expect([status, err]).toEqual([0, ""]);
}

/** Publishes as the device with the certificate; QoS 1, so that it ends well only when it is stored. */
function publish(
  { product, bench }: { readonly product: Product; readonly bench: Bench },
  deviceId: string,
  name: string,
): Promise<Ended> {
  return bench.shell(
    `mosquitto_pub -V mqttv5 -h localhost -p ${product.mqttsPort} --cafile ca.pem --cert ${name}.pem --key ${name}.key -i ${deviceId} -q 1 -t qs/v1/d/${deviceId}/up/telemetry -m '{"temperature":21.5}'`,
  );
}

test("a device enrols with a one-time secret, publishes, and renews its certificate", async ({
  bench,
  call,
  createGroup,
  createSecret,
  product,
}) => {
  const at = { product, bench };
  const group = await createGroup("est", "EST hall 3", { tags: ["hall-3"] });
  const secret = await createSecret(group);
  const { out } = await bench.shell(
    `curl --silent --cacert ca.pem https://localhost:${product.deviceHttpsPort}/.well-known/est/cacerts | openssl base64 -d | openssl pkcs7 -inform DER -print_certs -noout`,
  );
  expect(out).toContain("Quayside Device CA");
  expect(out).toContain("Quayside Root CA");

  await makeRequest(bench, "est-1", `-subj /CN=est-1/serialNumber=SN-1 ${key}`);
  const user = `--user est-1:${secret}`;
  const enrolled = await ask(at, `${group.publicId}/simpleenroll`, "est-1", user);
  expect(enrolled.status, enrolled.body).toBe("200");
  expect(enrolled.head).toMatch(/content-type: application\/pkcs7-mime; smime-type=certs-only/i);
  await unpack(bench, "est-1");
  expect(await publish(at, "est-1", "est-1")).toMatchObject({ status: 0 });
  const device = await call<Record<string, unknown>>("GET", "/devices/est-1");
  expect(JSON.stringify(device)).toContain("hall-3");
  expect(JSON.stringify(device)).toContain("SN-1");

  // The answer got lost: the same is asked again, and answered alike.
  const again = await ask(at, `${group.publicId}/simpleenroll`, "est-1", user);
  expect(again).toMatchObject({ status: "200", body: enrolled.body });

  await bench.run("cp", "est-1.key", "before.key");
  await bench.run("cp", "est-1.pem", "before.pem");
  const current = "--cert before.pem --key before.key";
  await makeRequest(bench, "est-1");
  const renewed = await ask(at, "simplereenroll", "est-1", current);
  expect(renewed.status, renewed.body).toBe("200");
  await unpack(bench, "est-1");
  expect(await publish(at, "est-1", "est-1")).toMatchObject({ status: 0 });
  expect(await publish(at, "est-1", "before")).toMatchObject({ status: 0 });

  await makeRequest(bench, "est-2");
  const foreign = await ask(at, "simplereenroll", "est-2", current);
  expect([foreign.status, foreign.body]).toEqual([
    "400",
    expect.stringContaining("The request names “CN=est-2”"),
  ]);

  await call("POST", "/devices/est-1/suspend", {});
  const suspended = await ask(at, "simplereenroll", "est-1", current);
  expect([suspended.status, suspended.body]).toEqual([
    "403",
    expect.stringContaining("The device est-1 is suspended."),
  ]);
});

test("what a device may not have is refused in words", async ({
  bench,
  createGroup,
  createSecret,
  page,
  product,
}) => {
  const at = { product, bench };
  const group = await createGroup("est", "EST refusals", { deny: ["stolen-*"] });
  const user = `--user any:${await createSecret(group)}`;
  const refusals: readonly [name: string, request: string, status: string, words: string][] = [
    [
      "weak",
      "-subj /CN=weak -newkey rsa:1024 -nodes",
      "400",
      "An RSA key of 1024 bits is too short.",
    ],
    ["ca", `-subj /CN=ca ${key} -addext basicConstraints=CA:TRUE`, "400", "CA:TRUE"],
    [
      "san",
      `-subj /CN=san ${key} -addext subjectAltName=DNS:broker.example`,
      "400",
      "broker.example",
    ],
    ["stolen-7", `-subj /CN=stolen-7 ${key}`, "403", "deny list"],
    ["unnamed", `-subj / ${key}`, "400", ""],
  ];
  for (const [name, request, status, words] of refusals) {
    await makeRequest(bench, name, request);
    const answer = await ask(
      at,
      "simpleenroll",
      name,
      name === "unnamed" ? user.replace("any", "") : user,
    );
    expect([name, answer.status]).toEqual([name, status]);
    expect(answer.body).toContain(words);
  }

  await makeRequest(bench, "est-10");
  expect((await ask(at, "simpleenroll", "est-10", user)).status).toBe("200");
  await makeRequest(bench, "est-11");
  const used = await ask(at, "simpleenroll", "est-11", user);
  expect([used.status, used.body]).toEqual(["401", expect.stringContaining("is used up")]);
  expect(used.head).toMatch(/www-authenticate: Basic realm="Quayside enrolment"/i);
  const nothing = await ask(at, "simpleenroll", "est-11", "");
  expect([nothing.status, nothing.body]).toEqual(["401", expect.stringContaining("neither")]);

  await page.goto("/refused?q=est-11");
  await page.getByRole("button", { name: /Enrolment refused/ }).click();
  await expect(page.getByRole("dialog", { name: "Enrolment refused" })).toContainText("is used up");
});

test("202 while a person has not approved, then the certificate", async ({
  bench,
  call,
  createGroup,
  createSecret,
  product,
}) => {
  const at = { product, bench };
  const group = await createGroup("est", "EST with approval", { needsApproval: true });
  const user = `--user est-20:${await createSecret(group)}`;
  await makeRequest(bench, "est-20");
  const waiting = await ask(at, "simpleenroll", "est-20", user);
  expect([waiting.status, waiting.body]).toEqual([
    "202",
    expect.stringContaining("waits for approval"),
  ]);
  expect(waiting.head).toMatch(/retry-after: \d+/i);

  const id = await pendingOf(call, group, "est-20");
  await call("POST", `/enrolment-requests/${id}/approve`, {});

  expect((await ask(at, "simpleenroll", "est-20", user)).status).toBe("200");
  await unpack(bench, "est-20");
  expect(await publish(at, "est-20", "est-20")).toMatchObject({ status: 0 });
});

async function pendingOf(
  call: <T>(method: string, resource: string) => Promise<T>,
  group: Group,
  registrationId: string,
): Promise<string> {
  const { requests } = await call<{ requests: { id: string; registrationId: string }[] }>(
    "GET",
    `/enrolment-requests?groupId=${group.id}&state=pending`,
  );
  return requests.find((request) => request.registrationId === registrationId)?.id ?? "none";
}

test("the commands of the documentation work as they stand", async ({
  bench,
  createGroup,
  createSecret,
  product,
}) => {
  const text = readFileSync(path.join(import.meta.dirname, "../docs/est.md"), "utf8");
  const [settings, ...blocks] = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code);
  expect(settings).toContain("SECRET=");
  expect(blocks).toHaveLength(4);
  const group = await createGroup("est", "EST as documented");
  const secret = await createSecret(group);
  const { deviceHttpsPort, mqttsPort } = product;
  const script = [
    "set -e",
    `QUAYSIDE=localhost HTTPS=${deviceHttpsPort} MQTTS=${mqttsPort} GROUP=${group.publicId} SECRET=${secret}`,
    ...blocks,
  ].join("\n");

  const ended = await bench.shell(script);

  expect(ended.status, `${ended.out}${ended.err}`).toBe(0);
  expect(ended.out).toContain("Quayside Root CA");
  expect(ended.out).toContain("prime256v1");
});

test("a device whose clock says 1970 is recorded with what helps", async ({
  bench,
  page,
  product,
}) => {
  const ended = await bench.shell(
    `openssl s_client -connect localhost:${product.deviceHttpsPort} -CAfile ca.pem -attime 86400 -verify_return_error </dev/null`,
  );
  expect(`${ended.out}${ended.err}`).toContain("not yet valid");

  await page.goto("/refused?q=not valid at its time");
  await page
    .getByRole("button", { name: /TLS handshake failed/ })
    .first()
    .click();
  await expect(page.getByRole("dialog", { name: "TLS handshake failed" })).toContainText("1970");
});
