import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";

type Got = { readonly headers: IncomingMessage["headers"]; readonly body: string };

/** A receiver of webhooks on the port that the product under test may reach. */
async function receive(port: number): Promise<{ readonly got: Got[]; readonly server: Server }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString("utf8")));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  return { got, server };
}

test("a certificate that ends is told to a webhook, acknowledged, and over when it is replaced", async ({
  api,
  cli,
  page,
  product,
}) => {
  const { got, server } = await receive(product.webhookPort);
  const call = await api();
  const jsonSchema = { type: "object", properties: { level: { type: "number" } } };
  const profile = { name: "short-lived", certificateDays: 7, jsonSchema };
  const made = await call("/profiles", { method: "POST", body: JSON.stringify(profile) });
  expect(made.status, await made.text()).toBe(201);

  await page.goto("/settings/alerts");
  const create = page.getByRole("dialog", { name: "Make a channel" });
  await expect(async () => {
    await page.getByRole("button", { name: "Make a channel" }).click();
    await expect(create).toBeVisible({ timeout: 1000 });
  }).toPass();
  await create.getByRole("textbox", { name: "Name" }).fill("Control room");
  await create
    .getByRole("textbox", { name: "URL" })
    .fill(`http://localhost:${product.webhookPort}/alerts`);
  await create.getByRole("checkbox", { name: "Certificate ending", exact: true }).check();
  await create.getByRole("button", { name: "Make the channel" }).click();
  const once = page.getByRole("dialog", { name: "Secret of the webhook" });
  const secret = await once.locator("pre, code").first().innerText();
  expect(secret).toMatch(/^whsec_/);
  await once.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("The test was sent", { exact: true })).toBeVisible();
  expect(JSON.parse(got[0]?.body ?? "")).toMatchObject({ data: { events: [{ kind: "test" }] } });
  await expectAccessible(page);

  const device = await cli(
    "device",
    "create",
    "--name",
    "Alarm pump",
    "--id",
    "alarm-pump",
    "--profile",
    "short-lived",
  );
  expect(device.status).toBe(0);
  await page.goto("/alerts");
  const row = page.getByRole("link", { name: /certificate of alarm-pump ends on/ });
  await expect(async () => {
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(row).toBeVisible({ timeout: 5000 });
  }).toPass();
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    /certificate of alarm-pump ends/,
  );
  await expect(page.getByText("Issue a new certificate on the page of the device")).toBeVisible();
  await expect(page.getByRole("list", { name: "Sent to" })).toContainText("Control room");
  await expect(page.getByText("Sent", { exact: true })).toBeVisible({ timeout: 20_000 });

  const told = got.at(-1);
  const { "webhook-id": id, "webhook-timestamp": at } = told?.headers ?? {};
  const signed = `${String(id)}.${String(at)}.${told?.body ?? ""}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  expect(told?.headers["webhook-signature"]).toBe(
    `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  );
  expect(JSON.parse(told?.body ?? "")).toMatchObject({
    data: { events: [{ kind: "fired", alert: { step: "7", subject: { name: "alarm-pump" } } }] },
  });

  await page.getByRole("button", { name: "Acknowledge" }).click();
  const note = page.getByRole("dialog", { name: "Acknowledge" });
  await note.getByRole("textbox", { name: "Note" }).fill("A technician drives there on Monday.");
  await note.getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByText("A technician drives there on Monday.").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Acknowledge" })).toHaveCount(0);
  await expectAccessible(page);
  const listed = await cli("alert", "list", "--subject", "alarm-pump", "--state", "acknowledged");
  expect(listed.document).toMatchObject({ alerts: [{ rule: "certificate-ending", step: "7" }] });
  expect((await cli("device", "decommission", "alarm-pump")).status).toBe(0);
  await call("/alerts/check", { method: "POST", body: "{}" });
  await expect
    .poll(() => got.map(({ body }) => body).some((body) => body.includes('"kind":"resolved"')))
    .toBe(true);
  server.close();
});

test("a viewer sees alerts and cannot change them", async ({ api }) => {
  const call = await api("viewer");
  expect((await call("/alerts?state=all")).status).toBe(200);
  expect((await call("/alerts/check", { method: "POST", body: "{}" })).status).toBe(403);
  const channel = { name: "Mine", kind: "email", target: "vera@harbour.example" };
  const refused = await call("/alert-channels", { method: "POST", body: JSON.stringify(channel) });
  expect(refused.status).toBe(403);
});
