import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/enrolling.ts";
import { has } from "#e2e/programs.ts";

/** Enrolment groups as an administrator makes and keeps them in the browser; devices are openssl, curl and mosquitto. */
test.skip(
  !has("openssl", "curl", "mosquitto_pub", "mosquitto_rr", "jq"),
  "openssl, curl, mosquitto or jq is missing",
);

const makeCa =
  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -subj '/O=Works/CN=Browser Works CA' -days 365 -out ca.pem";

/** The wizard up to the group: its way in, its name, and what the test wants of the rules. */
async function makeGroup(
  page: Page,
  {
    kind,
    name,
    rules,
  }: { readonly kind: string; readonly name: string; readonly rules?: () => Promise<void> },
): Promise<void> {
  await page.goto("/onboard/groups");
  await page.getByRole("link", { name: "New group" }).click();
  await page.getByRole("button", { name: kind }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await rules?.();
  await page.getByRole("button", { name: "Make the group" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByRole("heading", { name: "How devices connect" })).toBeVisible();
}

/** The commands that a card shows. */
async function commandsIn(page: Page, start: RegExp): Promise<string> {
  return page.locator("pre").filter({ hasText: start }).first().innerText();
}

const dialogOf = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });

test("the hub leads to every way in, and says what waits", async ({ page }) => {
  await page.goto("/onboard");

  for (const name of ["One device", "A list from the factory", "Certificates of your own CA"]) {
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  }
  await expect(page.getByRole("heading", { name: "What waits" })).toBeVisible();
  await page.getByRole("link", { name: "Claim certificate", exact: true }).click();
  await expect(page).toHaveURL(/groups\/new\?kind=claim$/);
});

test("an own CA is proven by openssl, and its first device appears in the wizard", async ({
  bench,
  page,
  product,
}) => {
  expect(await bench.shell(`cp ca.pem quayside-ca.pem && ${makeCa}`)).toMatchObject({ status: 0 });
  await makeGroup(page, { kind: "Own CA", name: "Browser works" });

  await page.getByRole("button", { name: "Register a CA" }).click();
  const register = dialogOf(page, "Register a CA");
  await register.getByRole("textbox", { name: "Name" }).fill("Works CA");
  await register.getByRole("textbox", { name: "Certificate of the CA" }).fill(bench.read("ca.pem"));
  await register.getByRole("button", { name: "Register a CA" }).click();

  const prove = dialogOf(page, /^Prove that you hold the key of Works CA/);
  await expect(prove).toBeVisible();
  const commands = await prove.locator("pre").innerText();
  const made = await bench.shell(commands);
  expect(made.status, made.err).toBe(0);
  const proof = prove.getByRole("textbox", { name: "The certificate that the commands made" });
  await proof.fill(bench.read("ca.pem"));
  await prove.getByRole("button", { name: "Check the proof" }).click();
  await expect(prove.getByRole("alert").first()).toBeVisible();
  await proof.fill(bench.read("proof.pem"));
  await prove.getByRole("button", { name: "Check the proof" }).click();
  await expect(page.getByText("Active", { exact: true })).toBeVisible();

  expect(product.mqttsPort).toBeGreaterThan(0);
  const first = await bench.shell(await commandsIn(page, /openssl req -new/));
  expect(first.status, first.err).toBe(0);
  await expect(page.getByRole("heading", { name: /pump-1 is enrolled/ })).toBeVisible();
  await page.getByRole("link", { name: "Open the device" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("pump-1");
});

test("a claim certificate is made, downloaded once, used by mosquitto, and revoked", async ({
  bench,
  page,
}) => {
  await bench.shell("cp ca.pem quayside-ca.pem");
  await makeGroup(page, { kind: "Claim certificate", name: "Browser claims" });
  await page.getByRole("button", { name: "Make claim certificate" }).click();
  const dialog = dialogOf(page, /claim certificate/i);
  await dialog.getByRole("textbox", { name: "Name" }).fill("Firmware 1");
  await dialog.getByRole("button", { name: "Make claim certificate" }).click();
  for (const file of ["claim.pem", "claim-key.pem", "quayside-ca.pem"]) {
    const downloading = page.waitForEvent("download");
    await dialog.getByRole("button", { name: `Download ${file}`, exact: true }).click();
    await (await downloading).saveAs(`${bench.folder}/${file}`);
  }
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("cell", { name: "Firmware 1", exact: true })).toBeVisible();

  const commands = await commandsIn(page, /mosquitto_rr/);
  const ended = await bench.shell(commands.replaceAll("pump-1", "claimed-1"));
  expect(ended.status, ended.err).toBe(0);
  await expect(page.getByRole("heading", { name: /claimed-1 is enrolled/ })).toBeVisible();

  await page.getByRole("button", { name: "Revoke Firmware 1" }).click();
  const revoke = dialogOf(page, "Revoke Firmware 1?");
  await expect(revoke).toContainText("Devices enrolled with it");
  await revoke.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Revoked", { exact: true }).first()).toBeVisible();
});

test("symmetric keys are shown once, derived by openssl, and replaced", async ({ bench, page }) => {
  await makeGroup(page, { kind: "Symmetric keys (Azure DPS)", name: "Browser keys" });
  const key = await page.locator("pre").first().innerText();
  expect(Buffer.from(key.trim(), "base64").length).toBeGreaterThanOrEqual(32);
  const derived = await bench.shell(`GROUP_KEY='${key.trim()}'; ${await commandsIn(page, /HMAC/)}`);
  expect(Buffer.from(derived.out, "base64")).toHaveLength(32);

  await page.getByRole("link", { name: "Open the group" }).click();
  await dialogOf(page, "Leave without the keys?").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByText(key.trim())).toHaveCount(0);
  await page.getByRole("button", { name: "Replace primary key…" }).click();
  const dialog = dialogOf(page, "Replace the primary key?");
  await expect(dialog).toContainText("Devices that came by it");
  await dialog.getByRole("button", { name: "Replace" }).click();
  await expect(dialogOf(page, "The new primary key").locator("pre")).not.toHaveText(key);
  await dialogOf(page, "The new primary key").getByRole("button", { name: "Done" }).click();
});

test("a device asks by EST, a person approves it in the browser, and it gets its certificate", async ({
  bench,
  page,
}) => {
  await bench.shell("cp ca.pem quayside-ca.pem");
  await makeGroup(page, {
    kind: "EST",
    name: "Browser EST",
    rules: async () => {
      await page.getByRole("checkbox", { name: /A person approves each device/ }).check();
      await page.getByRole("checkbox", { name: /Start in quarantine/ }).check();
    },
  });
  await page.getByRole("button", { name: "Make secret" }).click();
  const dialog = dialogOf(page, /secret/i);
  await dialog.getByRole("textbox", { name: "Name" }).fill("Bench");
  await dialog.getByRole("button", { name: "Make secret" }).click();
  const commands = (await dialog.locator("pre").nth(1).innerText()).replaceAll("pump-1", "est-b1");
  await dialog.getByRole("button", { name: "Done" }).click();
  const [request = "", ask = "", unpack = ""] = commands.split("\n");
  await bench.shell(request);
  expect((await bench.shell(ask)).out.trim()).toBe("202");

  await expect(page.getByText("est-b1 waits for a person")).toBeVisible();
  await page.getByRole("link", { name: "Review the request" }).click();
  await page.getByRole("button", { name: "est-b1" }).click();
  await dialogOf(page, "est-b1").getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("est-b1 is approved").first()).toBeVisible();

  expect((await bench.shell(ask)).out.trim()).toBe("200");
  expect((await bench.shell(unpack)).status).toBe(0);
  expect(readFileSync(`${bench.folder}/device.pem`, "utf8")).toContain("BEGIN CERTIFICATE");

  await page.goto("/onboard/quarantine");
  await page.getByRole("checkbox", { name: "Select est-b1" }).check();
  await page.getByRole("button", { name: "Approve 1" }).click();
  await dialogOf(page, "Approve 1 device?").getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("1 device approved").first()).toBeVisible();
  await expect(page.getByRole("link", { name: /est-b1/ })).toHaveCount(0);
});

test("a request is refused with a reason, and the hub tells it", async ({
  bench,
  createGroup,
  createSecret,
  page,
  product,
}) => {
  const group = await createGroup("est", "Browser refusals", { needsApproval: true });
  const secret = await createSecret(group);
  await bench.shell(
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -subj /CN=est-no -outform DER | openssl base64 -out r.b64 && curl --silent --cacert ca.pem -u est-no:${secret} -H 'content-type: application/pkcs10' --data-binary @r.b64 https://localhost:${product.deviceHttpsPort}/.well-known/est/${group.publicId}/simpleenroll`,
  );
  await page.goto(`/onboard/requests?group=${group.id}`);
  await page.getByRole("button", { name: "est-no" }).click();
  await dialogOf(page, "est-no").getByRole("button", { name: "Refuse…" }).click();
  const dialog = dialogOf(page, "Refuse est-no?");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Not one of ours");
  await dialog.getByRole("button", { name: "Refuse", exact: true }).click();
  await expect(page.getByText("est-no is refused").first()).toBeVisible();

  await page.goto("/onboard");
  await expect(page.getByRole("region", { name: "What waits" })).toContainText("est-no");
});

test("rules have versions: changed, compared, tried, and taken back", async ({
  createGroup,
  page,
}) => {
  const group = await createGroup("claim", "Browser versions");
  await page.goto(`/onboard/groups/${group.id}`);

  await page.getByRole("textbox", { name: "Registration id" }).fill("press-9");
  await expect(page.getByText("It would be enrolled")).toBeVisible();

  await page.getByRole("button", { name: "Edit rules" }).click();
  await page.getByText("Twin, attributes, lists and webhook").click();
  await page.getByRole("textbox", { name: "Never these" }).fill("press-*");
  await page.getByRole("textbox", { name: "Registration id" }).fill("press-9");
  await expect(page.getByText("It would be refused")).toBeVisible();
  await page.getByRole("textbox", { name: "Initial desired twin" }).fill("{interval: 60}");
  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByText(/^Write a JSON object/)).toBeVisible();
  await page.getByRole("textbox", { name: "Initial desired twin" }).fill('{"interval": 60}');
  await page.getByRole("textbox", { name: "What is new in these rules" }).fill("No presses");
  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByRole("cell", { name: "No presses" })).toBeVisible();

  await page.getByRole("button", { name: /^Show what version 1 says/ }).click();
  await expect(page.getByRole("heading", { name: "From version 1 to version 2" })).toBeVisible();
  await expect(page.getByText('"press-*"')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Go back to version 1" }).click();
  await page.getByRole("button", { name: "Save as version 3" }).click();
  await expect(page.getByRole("cell", { name: "What version 1 said" })).toBeVisible();
});

test("what two people change at once is not lost: the second chooses", async ({
  browser,
  createGroup,
  page,
  product,
  watch,
}) => {
  const group = await createGroup("claim", "Browser conflict");
  const context = await browser.newContext({
    baseURL: product.url,
    storageState: await page.context().storageState(),
  });
  const other = await context.newPage();
  watch(other);
  for (const each of [page, other]) {
    await each.goto(`/onboard/groups/${group.id}`);
    await each.getByRole("button", { name: "Edit rules" }).click();
    await each.getByRole("textbox", { name: "Tags" }).fill(each === page ? "mine" : "theirs");
  }
  await other.getByRole("button", { name: "Save as version 2" }).click();
  await expect(other.getByRole("button", { name: "Edit rules" })).toBeVisible();

  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByText(/has saved version 2 while you were editing/)).toBeVisible();
  await page.getByRole("button", { name: "Save mine anyway" }).click();

  await expect(page.getByText("Version 3", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("mine", { exact: true })).toBeVisible();
  await context.close();
});

test("a group is switched off after its reach was shown, and on again", async ({
  createGroup,
  page,
}) => {
  const group = await createGroup("claim", "Browser switch");
  await page.goto(`/onboard/groups/${group.id}`);
  await page.getByRole("button", { name: "Switch off…" }).click();
  const dialog = dialogOf(page, "Switch Browser switch off?");
  await expect(dialog).toContainText("Requests that wait");
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText(/^This group is switched off/)).toBeVisible();
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByText(/^This group is switched off/)).toHaveCount(0);
});
