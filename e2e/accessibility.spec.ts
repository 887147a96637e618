import AxeBuilder from "@axe-core/playwright";
import mqtt from "mqtt";
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
  { path: "/audit", signedIn: true },
  { path: "/settings/people", signedIn: true },
  { path: "/settings/account", signedIn: true },
  { path: "/settings/tokens", signedIn: true },
  { path: "/settings/service-clients", signedIn: true },
  { path: "/settings/service-clients/axe-dashboard@harbour-works", signedIn: true },
  { path: "/settings/limits", signedIn: true },
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

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Both widths and both schemes: all rules twice, and the colours of what only a desktop shows. */
const views = [
  { width: 1440, height: 900, colorScheme: "light", onlyColours: false },
  { width: 1440, height: 900, colorScheme: "dark", onlyColours: true },
  { width: 390, height: 844, colorScheme: "dark", onlyColours: false },
] as const;

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

for (const { path, signedIn, without } of pages) {
  test.describe(path, () => {
    if (!signedIn) test.use({ storageState: { cookies: [], origins: [] } });

    test("has no accessibility violation, light or dark, and fits desktop and phone", async ({
      page,
    }) => {
      // One load shows both: colours follow the system's scheme, the layout follows the width.
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.setViewportSize(views[0]);
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      for (const { colorScheme, onlyColours, ...size } of views) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        // There are no frames of other origins, for which axe would open a page of its own each time.
        const axe = new AxeBuilder({ page }).setLegacyMode();
        if (onlyColours) axe.withRules(["color-contrast"]);
        else axe.withTags(standards);
        if (without !== undefined) axe.exclude(without);
        const { violations } = await axe.analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
          `${size.width} ${colorScheme}`,
        ).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, String(size.width)).toBeLessThanOrEqual(0);
      }
    });
  });
}
