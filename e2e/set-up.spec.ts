import { expect, test } from "#e2e/fixtures.ts";
import { admin, adminState } from "#e2e/product.ts";

test.use({ storageState: { cookies: [], origins: [] } });

test("before it is set up, every page leads to signing in and that says what to do", async ({
  page,
}) => {
  await page.goto("/devices");

  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not set up yet");
});

test("a set-up link that was made up does not count", async ({ page }) => {
  await page.goto(`/setup#${"A".repeat(43)}`);

  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "This set-up link does not count",
  );
});

test("the printed link creates the first administrator and leads to the overview", async ({
  page,
  product,
}) => {
  await page.goto(product.setupLink);
  await page.getByLabel("Organisation").fill(admin.organisation);
  await page.getByLabel("Your name").fill(admin.name);
  await page.getByLabel("E-mail").fill(admin.email);
  const password = page.getByRole("textbox", { name: "Password" });
  const submit = page.getByRole("button", { name: "Create and sign in" });

  await password.fill("too short");
  await expect(page.getByText("at least 15 characters", { exact: false }).first()).toBeVisible();
  await submit.click();
  await expect(page).toHaveURL(/\/setup/);

  await password.fill(admin.password);
  await expect(page.getByText(/^Strength: /)).toBeVisible();
  await submit.click();

  await expect(page).toHaveURL(`${product.url}/`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await page.context().storageState({ path: adminState });
});

test("the link works once", async ({ page, product }) => {
  await page.goto(product.setupLink);

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This installation is set up");
});
