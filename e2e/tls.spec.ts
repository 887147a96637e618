import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

/**
 * The TLS listeners as an administrator sees them. The profile is changed to one that takes more, so
 * that nobody else's devices are shut out.
 */
const pageOf = "/certificates/tls";

test("a probe on demand shows what each listener took and refused", async ({ page }) => {
  await page.goto(pageOf);
  const probe = page.getByRole("region", { name: "Self-probe" });
  const button = probe.getByRole("button", { name: "Probe now" });
  await expect(async () => {
    await button.click();
    await expect(page.getByText("A worker probes the listeners").first()).toBeVisible({
      timeout: 2_000,
    });
  }).toPass();
  await expect(probe.getByText(/^\d+ answers, none wrong$/)).toBeVisible({ timeout: 30_000 });

  const handshakes = probe.getByRole("table", { name: "Handshake", exact: true });
  const row = (suite: string) => handshakes.getByRole("row").filter({ hasText: suite });
  await expect(row("TLS_AES_128_GCM_SHA256")).toContainText("Accepted");
  await expect(row("ECDHE-ECDSA-RC4-SHA")).toContainText("Refused");
  const clients = probe.getByRole("table", { name: "Client certificate" });
  await expect(clients.getByText("Refused at CONNECT").first()).toBeVisible();
  await probe.getByRole("button", { name: "HTTPS for devices" }).click();
  await expect(clients.getByText("Refused by EST").first()).toBeVisible();
  await expect(probe.getByText(/The prober has no device/)).toBeVisible();
});

test("another profile is chosen with its consequences in sight, and chosen back", async ({
  page,
  cli,
}) => {
  await page.goto(pageOf);
  const card = page.getByRole("region", { name: "TLS profile" });
  await expect(card.getByText("NIST SP 800-52 Rev. 2", { exact: true })).toBeVisible();
  const dialog = page.getByRole("dialog", { name: "Change the TLS profile" });
  await openBy(card.getByRole("button", { name: "Change profile" }), dialog);
  await dialog.getByRole("radio", { name: "Constrained devices" }).check();
  await expect(dialog.getByRole("status")).toContainText(/none is shut out|cannot come back/);
  await dialog.getByRole("button", { name: "Use this profile" }).click();
  await expect(card.getByText("Constrained devices", { exact: true })).toBeVisible();
  await expect(card.getByText("ECDHE-ECDSA-AES128-CCM8")).toBeVisible();

  const back = await cli("tls", "profile", "--set", "nist-800-52r2");
  expect(back).toMatchObject({ status: 0, document: { profile: "nist-800-52r2" } });
  const probed = await cli("tls", "probe");
  expect(probed).toMatchObject({ status: 0, document: { wrong: 0, error: "" } });
});

test("whoever may only look changes nothing", async ({ api }) => {
  const request = await api("auditor");
  expect((await request("/tls")).status).toBe(200);
  const body = JSON.stringify({ profile: "modern", revision: 0 });
  expect((await request("/tls/profile", { method: "PUT", body })).status).toBe(403);
  expect((await request("/tls/probes", { method: "POST", body: "{}" })).status).toBe(403);
});
