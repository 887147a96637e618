import path from "node:path";
import type { Page } from "@playwright/test";
import mqtt from "mqtt";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";

type PageToSee = {
  readonly path: string;
  readonly signedIn: boolean;
  /** What is left out of it. */
  readonly without?: string;
};

const pages: readonly PageToSee[] = [
  { path: "/", signedIn: true },
  { path: "/devices", signedIn: true },
  { path: "/devices/axe-pump", signedIn: true },
  { path: "/devices/axe-pump/certificate", signedIn: true },
  { path: "/devices/axe-pump/connection", signedIn: true },
  { path: "/devices/axe-pump/audit", signedIn: true },
  { path: "/devices/axe-pump/decommission", signedIn: true },
  { path: "/fleet/map", signedIn: true },
  { path: "/fleet/groups", signedIn: true },
  { path: "/fleet/availability?days=30", signedIn: true },
  { path: "/explore?d=axe-pump&m=temperature", signedIn: true },
  { path: "/dashboards", signedIn: true },
  { path: "/onboard", signedIn: true },
  { path: "/onboard/device", signedIn: true },
  { path: "/onboard/groups", signedIn: true },
  { path: "/onboard/groups/new", signedIn: true },
  { path: "/onboard/groups/new?kind=customer_ca", signedIn: true },
  { path: "/onboard/requests?state=all", signedIn: true },
  { path: "/onboard/quarantine?batches=all", signedIn: true },
  { path: "/docs/enrolment", signedIn: true },
  { path: "/onboard/gateway", signedIn: true },
  { path: "/onboard/gateway?gateway=axe-pump", signedIn: true },
  { path: "/onboard/claim", signedIn: true },
  { path: "/onboard/batches", signedIn: true },
  { path: "/onboard/batches/new", signedIn: true },
  { path: "/onboard/batches/new?source=azure", signedIn: true },
  { path: "/profiles", signedIn: true },
  { path: "/profiles/new", signedIn: true },
  { path: "/profiles/axe-schema", signedIn: true },
  { path: "/schemas", signedIn: true },
  { path: "/schemas/axe-schema", signedIn: true },
  { path: "/schemas/axe-schema/versions", signedIn: true },
  { path: "/schemas/axe-schema/use", signedIn: true },
  { path: "/schemas/axe-schema/documentation", signedIn: true },
  { path: "/messages", signedIn: true },
  { path: "/messages/follow?device=axe-pump&id=s1", signedIn: true },
  { path: "/messages/live", signedIn: true },
  { path: "/refused", signedIn: true },
  { path: "/dead-letters", signedIn: true },
  { path: "/dead-letters?state=all", signedIn: true },
  { path: "/dead-letters/all", signedIn: true },
  { path: "/certificates", signedIn: true },
  { path: "/certificates?kind=device&within=365", signedIn: true },
  { path: "/certificates/trust-anchors", signedIn: true },
  { path: "/certificates/inventory", signedIn: true },
  { path: "/work", signedIn: true },
  { path: "/audit", signedIn: true },
  { path: "/settings/people", signedIn: true },
  { path: "/settings/account", signedIn: true },
  { path: "/settings/tokens", signedIn: true },
  { path: "/settings/service-clients", signedIn: true },
  { path: "/settings/service-clients/axe-dashboard@harbour-works", signedIn: true },
  { path: "/settings/limits", signedIn: true },
  { path: "/settings/storage", signedIn: true },
  { path: "/certificates/authorities", signedIn: true },
  { path: "/certificates/tls", signedIn: true },
  { path: "/certificates/revocations", signedIn: true },
  { path: "/certificates/campaigns", signedIn: true },
  { path: "/certificates/campaigns/new", signedIn: true },
  { path: "/settings/alerts", signedIn: true },
  { path: "/alerts", signedIn: true },
  { path: "/alerts?state=all", signedIn: true },
  // Some hundred operations alike: the first few stand for all.
  { path: "/docs/api", signedIn: true, without: "section:nth-of-type(n+4)" },
  { path: "/docs/mqtt", signedIn: true },
  { path: "/no-such-page", signedIn: true },
  { path: "/sign-in", signedIn: false },
  { path: "/setup", signedIn: false },
  { path: "/invite", signedIn: false },
];

/** With SCREENSHOTS=1 every page is kept as a picture, at both widths, light and dark. */
const keepsScreens = process.env["SCREENSHOTS"] === "1";

async function keepScreen(page: Page, address: string, scheme: string): Promise<void> {
  const name = address === "/" ? "overview" : address.slice(1).replaceAll(/[^A-Za-z0-9]+/g, "-");
  const file = `${name}-${page.viewportSize()?.width}-${scheme}.png`;
  await page.screenshot({ path: path.join(".build", "screens", file), fullPage: true });
}

test("there is a schema to look at, with its profile", async ({ api }) => {
  const call = await api();
  const created = await call("/profiles", {
    method: "POST",
    body: JSON.stringify({
      name: "axe-schema",
      jsonSchema: {
        type: "object",
        properties: {
          temperature: { type: "number", unit: "Cel", description: "Of the bearing" },
          running: { type: "boolean", category: "diagnostics" },
        },
        required: ["temperature"],
      },
    }),
  });
  expect(created.ok).toBe(true);
});

test("there are a device, a token, a service client and a refusal to look at", async ({
  cli,
  connectDevice,
  createDevice,
  product,
}) => {
  await cli(
    "service-client",
    "create",
    "--name",
    "Axe dashboard",
    "--slug",
    "axe-dashboard",
    "--subscribe",
    "qs/v1/d/+/up/#",
  );
  await mqtt
    .connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
      protocolVersion: 5,
      username: "axe-dashboard@harbour-works",
      password: "wrong",
      reconnectPeriod: 0,
    })
    .then((client) => client.endAsync(true))
    .catch(() => undefined);
  await cli("token", "create", "--role", "viewer", "--name", "a token with a long name to read");
  const device = await createDevice("Axe pump", "--id", "axe-pump");
  const client = await connectDevice(device);
  for (let step = 0; step < 5; step += 1) {
    await client.publishAsync(
      `qs/v1/d/${device.deviceId}/up/telemetry`,
      JSON.stringify({ id: `s${step}`, ts: Date.now(), values: { temperature: 20 + step } }),
      { qos: 1 },
    );
  }
});

for (const { path: address, signedIn, without } of pages) {
  test.describe(address, () => {
    if (!signedIn) test.use({ storageState: { cookies: [], origins: [] } });

    test("has no accessibility violation, light or dark, and fits desktop and phone", async ({
      page,
    }) => {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page, {
        ...(without !== undefined && { without }),
        ...(keepsScreens && { seen: ({ colorScheme }) => keepScreen(page, address, colorScheme) }),
      });
      if (!keepsScreens) return;
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await keepScreen(page, address, "light");
    });
  });
}

test("a dashboard, its wall and what is ready-made for a profile are accessible", async ({
  page,
  api,
}) => {
  const call = await api();
  const readyMade = (await (await call("/dashboards/ready-made")).json()) as {
    readonly profileId: string;
    readonly name: string;
  }[];
  const profileId = readyMade.find(({ name }) => name === "axe-schema")?.profileId ?? "";
  const copied = await call(`/dashboards/ready-made/${profileId}/copy`, {
    method: "POST",
    body: "{}",
  });
  const { id } = (await copied.json()) as { id: string };
  for (const address of [
    `/dashboards/ready-made/${profileId}`,
    `/dashboards/${id}`,
    `/dashboards/${id}/wall`,
  ]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
});
