import { expect, test } from "#e2e/fixtures.ts";
import { admin } from "#e2e/product.ts";

test.use({ storageState: { cookies: [], origins: [] } });

test("an administrator signs in, is led where they wanted to go, and signs out", async ({
  page,
}) => {
  await page.goto("/devices");
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByRole("textbox", { name: "Password" }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/devices$/);

  await page.getByRole("button", { name: `Account of ${admin.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);

  await page.goto("/devices");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a cookie that was copied before signing out is worth nothing afterwards", async ({
  page,
  browser,
  product,
}) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByRole("textbox", { name: "Password" }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${product.url}/`);
  const stolen = await page.context().storageState();
  await page.getByRole("button", { name: `Account of ${admin.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);

  const thief = await browser.newContext({ storageState: stolen, baseURL: product.url });
  const theirs = await thief.newPage();
  await theirs.goto("/devices");

  await expect(theirs).toHaveURL(/\/sign-in/);
  await thief.close();
});

test("guessing is slowed down, and the message says for how long", async ({ page }) => {
  await page.goto("/sign-in");
  const message = page.getByRole("alert").filter({ hasText: /\S/ });
  for (let attempt = 0; attempt < 12; attempt += 1) {
    await page.getByLabel("E-mail").fill("nobody@harbour.example");
    await page.getByRole("textbox", { name: "Password" }).fill(`wrong guess number ${attempt}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(message).toBeVisible();
    if (/too many/i.test(await message.innerText())) break;
  }

  await expect(message).toHaveText(/too many/i);
  await expect(message).toHaveText(/\d+ ?(s|second|minute)/i);
});
