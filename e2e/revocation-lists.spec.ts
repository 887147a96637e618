import { readProduct } from "#e2e/product.ts";
import { expect, test } from "#e2e/fixtures.ts";

test("the lists are there, are made anew when asked, and everybody reads them", async ({
  page,
}) => {
  await page.goto("/certificates/authorities");
  const card = page.getByRole("region", { name: "Revocation lists" });
  const row = card.getByRole("row", { name: /^Full list/ }).first();
  await expect(row).toContainText("Current");
  const numberIn = async () => Number(await row.getByRole("cell").nth(1).innerText());
  const before = await numberIn();
  await expect(async () => {
    await card.getByRole("button", { name: "Publish now" }).click();
    await expect(page.getByText("New lists were asked for").first()).toBeVisible();
  }).toPass();
  await expect.poll(numberIn, { timeout: 20_000 }).toBeGreaterThan(before);

  const download = page.waitForEvent("download");
  await row.getByRole("link", { name: /^Download: Full list/ }).click();
  expect((await download).suggestedFilename()).toMatch(/^[0-9a-f]{8}\.crl$/);

  const address = await card
    .getByText(/\/crl\/[0-9a-f]{64}\.crl$/)
    .first()
    .innerText();
  const { pkiPort } = readProduct();
  expect(new URL(address).port).toBe(String(pkiPort));
  const list = await fetch(address);
  expect(list.headers.get("content-type")).toBe("application/pkix-crl");
});
