import { expect, test } from "#e2e/fixtures.ts";

test("an invited viewer chooses a password, looks, and cannot change anything", async ({
  api,
  browser,
  product,
  watch,
}) => {
  const call = await api();
  const invited = await call("/people/invitations", {
    method: "POST",
    body: JSON.stringify({ email: "vera@harbour.example", name: "Vera Viewer", role: "viewer" }),
  });
  const { token } = (await invited.json()) as { token: string };
  const context = await browser.newContext({
    baseURL: product.url,
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  watch(page);

  await page.goto(`/invite#${token}`);
  await page.getByRole("textbox", { name: "Password" }).fill("copper meadow sixty bicycle");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");

  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Devices" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Onboard" })).toHaveCount(0);
  await page.goto("/onboard");
  await expect(page.locator("#content").getByText(/Your role does not include/)).toBeVisible();
  await page.goto("/settings/people");
  await expect(page.locator("#content").getByText(/Your role does not include/)).toBeVisible();
  await context.close();
});
