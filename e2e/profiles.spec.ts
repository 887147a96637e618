import { expect, test } from "#e2e/fixtures.ts";

test("a profile is made of a template, and its parts are changed one by one", async ({
  page,
  watch,
}) => {
  watch(page);
  await page.goto("/profiles");
  await page.getByRole("link", { name: "New profile" }).click();
  await page.getByLabel("A template").check();
  await page.getByLabel("Template", { exact: true }).selectOption("machine");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Name").fill("harbour-pump");
  await page.getByRole("button", { name: "Create the profile" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "harbour-pump" })).toBeVisible();
  const specification = page.getByRole("region", { name: "Transport specification" });
  await expect(specification).toContainText("Not approved yet");
  await specification.getByRole("button", { name: "Approve" }).click();
  await expect(specification).toContainText("Whoever wrote a specification cannot approve it.");

  const commands = page.getByRole("region", { name: "Commands" });
  await commands.getByRole("button", { name: "Edit" }).click();
  await commands.getByLabel("Name").fill("re boot");
  await commands.getByRole("button", { name: "Save" }).click();
  await expect(commands).toContainText("Use 1 to 64 letters");
  await commands.getByLabel("Name").fill("reboot");
  await commands.getByLabel("What it does").fill("Starts anew");
  await commands.getByRole("button", { name: "Save" }).click();
  await expect(commands.getByRole("table")).toContainText("Starts anew");

  const thresholds = page.getByRole("region", { name: "Thresholds" });
  await thresholds.getByRole("button", { name: "Edit" }).click();
  await thresholds.getByLabel("Metric").fill("temperature");
  await thresholds.getByLabel("Not above").fill("80");
  await thresholds.getByRole("button", { name: "Save" }).click();
  await expect(thresholds.getByRole("table")).toContainText("80");
});

test("two people change a profile at once: the second is told, and loses nothing", async ({
  api,
  page,
}) => {
  const call = await api();
  const created = await call("/profiles", {
    method: "POST",
    body: JSON.stringify({
      name: "two-editors",
      jsonSchema: { type: "object", properties: { level: { type: "number" } } },
    }),
  });
  const { id } = (await created.json()) as { id: string };
  await page.goto("/profiles/two-editors");
  const documentation = page.getByRole("region", { name: "Documentation" });
  await documentation.getByRole("button", { name: "Edit" }).click();
  await documentation.getByRole("textbox").fill("Mount it upright.");

  const changed = await call(`/profiles/${id}`, {
    method: "PATCH",
    body: JSON.stringify({ revision: 1, description: "Changed meanwhile" }),
  });
  expect(changed.ok).toBe(true);
  await documentation.getByRole("button", { name: "Save" }).click();

  await expect(documentation).toContainText("Somebody else changed the profile");
  await expect(documentation.getByRole("textbox")).toHaveValue("Mount it upright.");
});

test("a profile is made of what a device in quarantine has sent", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Unknown pump", "--quarantine", "yes");
  const client = await connectDevice(device);
  for (let step = 0; step < 3; step += 1) {
    await client.publishAsync(
      `qs/v1/d/${device.deviceId}/up/telemetry`,
      JSON.stringify({ id: `q${step}`, values: { head: 2.5 + step, running: true } }),
      { qos: 1 },
    );
  }

  await page.goto(`/profiles/new?device=${device.deviceId}`);
  await expect(page.getByLabel("Device id")).toHaveValue(device.deviceId);
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText(`From 3 messages of ${device.deviceId}.`)).toBeVisible();
  await page.getByLabel("Name").fill("found-pump");
  await page.getByRole("button", { name: "Create the profile" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "found-pump" })).toBeVisible();
  await page.getByRole("link", { name: "found-pump v1" }).click();
  await expect(page).toHaveURL(/\/schemas\/found-pump/);
});
