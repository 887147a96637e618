import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

/** The CAs as an administrator of the installation sees and changes them. The root stays. */
const pageOf = "/certificates/authorities";
const passphrase = "correct horse battery";

const card = (page: Page) => page.getByRole("region", { name: "Certificate authorities" });

/** A click before hydration is lost, so it is repeated until the dialog is there. */
async function open(page: Page, button: string, title: string) {
  const dialog = page.getByRole("dialog", { name: title });
  await openBy(card(page).getByRole("button", { name: button }), dialog);
  return dialog;
}

test("the issuing CA is renewed under traffic, and no valid device is turned away", async ({
  page,
  createDevice,
  connectDevice,
  cli,
}) => {
  const old = await createDevice("CA old");
  const session = await connectDevice(old);
  let closed = false;
  session.on("close", () => {
    closed = true;
  });
  await page.goto(pageOf);
  await expect(card(page).getByText("The root's key is online")).toBeVisible();

  const dialog = await open(page, "Renew issuing CA", "Renew the issuing CA?");
  await dialog.getByRole("button", { name: "Renew" }).click();
  await expect(page.getByText("The new issuing CA signs from now on").first()).toBeVisible();
  await expect(card(page).getByText("Trusted", { exact: true }).first()).toBeVisible();

  const fresh = await createDevice("CA new");
  const other = await connectDevice(fresh);
  expect([closed, session.connected, other.connected]).toEqual([false, true, true]);
  const again = await connectDevice(old);
  expect(again.connected).toBe(true);

  const { document } = await cli("authority", "list");
  const authorities = document["authorities"] as readonly { pem: string; state: string }[];
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-e2e-ca-"));
  const bundle = path.join(folder, "bundle.pem");
  const trusted = authorities.filter(({ state }) => state !== "retired");
  writeFileSync(bundle, trusted.map(({ pem }) => pem).join(""));
  for (const [name, device] of Object.entries({ old, fresh })) {
    const file = path.join(folder, `${name}.pem`);
    writeFileSync(file, device.certificatePem);
    const verify = ["verify", "-purpose", "sslclient", "-CAfile", bundle, file];
    expect(execFileSync("openssl", verify, { encoding: "utf8" })).toContain(": OK");
  }
});

test("a trusted CA is retired only by its name, with the certificates that end in sight", async ({
  page,
}) => {
  await page.goto(pageOf);
  const dialog = await open(page, "Retire Quayside Device CA", "Retire Quayside Device CA");
  await expect(dialog.getByText(/still count|counts any more/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Retire for good" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
});

test("the root's key is exported once, under a passphrase that opens it", async ({ page }) => {
  await page.goto(pageOf);
  const dialog = await open(page, "Export root key", "Export the root's key");
  await dialog.getByLabel("Passphrase", { exact: true }).fill("short");
  await dialog.getByLabel("Passphrase again").fill("short");
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("At least 15 characters.");
  await dialog.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await dialog.getByLabel("Passphrase again").fill(passphrase);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText("This is shown once")).toBeVisible();

  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download root.key.pem" }).click();
  const key = readFileSync(await (await saved).path(), "utf8");

  expect(createPrivateKey({ key, passphrase }).asymmetricKeyType).toBe("ec");
  await dialog.getByRole("button", { name: "Done" }).click();
  const remove = await open(page, "Remove root key", "Remove the root's key from this server?");
  await expect(remove.getByRole("button", { name: "Remove for good" })).toBeDisabled();
});

test("another root is asked by a request, and what it answers is checked", async ({ page }) => {
  await page.goto(pageOf);
  const dialog = await open(page, "Use another root", "An issuing CA under another root");
  await dialog.getByLabel("Common name of the new CA").fill("Plant 7 CA");
  await dialog.getByLabel("Organisation").fill("Acme");
  await dialog.getByRole("button", { name: "Make request" }).click();
  await expect(dialog.getByText("BEGIN CERTIFICATE REQUEST")).toBeVisible();

  await dialog.getByLabel("Certificate of the new CA (PEM)").fill("no certificate");
  await dialog.getByLabel("Certificates above it, the root last (PEM)").fill("no chain");
  await dialog.getByRole("button", { name: "Use this CA" }).click();
  await expect(dialog.getByRole("alert")).toContainText("not one certificate in PEM form");
});
