import { describe, expect, it } from "vitest";
import { z } from "zod";
import { certificateFilterSchema } from "#server/domain/certificate-filter-schema.ts";
import { certificateViewFromParams } from "#server/domain/certificate-filter.ts";
import { dashboardContentSchema, widgetSchema } from "#server/domain/dashboard-schema.ts";
import { emptyContent, newWidget, widgetSize, type WidgetKind } from "#server/domain/dashboard.ts";
import { passphraseProblem, rejectionProblem } from "#server/domain/device-batch.ts";
import { deviceNameProblem } from "#server/domain/device-name.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import { everyDevice, fleetViewFromParams } from "#server/domain/fleet-filter.ts";
import { isUuid } from "#server/domain/uuid.ts";
import { bundleSchema, rejectBatchSchema } from "#server/services/batch/schemas.ts";
import { createDeviceSchema } from "#server/services/device/schemas.ts";

// Browsers get no zod: what they must know of the rules is written plainly, and held to the
// schemas here.

describe("a UUID", () => {
  it.each([
    ["of version 4", "0f4c2f1e-77aa-4c1e-9a55-3b1c6f0d2231"],
    ["of version 7 in capitals", "0190A1B2-0000-7000-8000-000000000001"],
    ["nil", "00000000-0000-0000-0000-000000000000"],
    ["max", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    ["of no version", "0f4c2f1e-77aa-0c1e-9a55-3b1c6f0d2231"],
    ["of another variant", "0f4c2f1e-77aa-4c1e-ca55-3b1c6f0d2231"],
    ["in braces", "{0f4c2f1e-77aa-4c1e-9a55-3b1c6f0d2231}"],
    ["with a line", "0f4c2f1e-77aa-4c1e-9a55-3b1c6f0d2231\n"],
    ["empty", ""],
  ])("%s is what the schemas take", (_what, text) => {
    expect(isUuid(text)).toBe(z.uuid().safeParse(text).success);
  });
});

describe("a widget", () => {
  it.each(Object.keys(widgetSize) as WidgetKind[])(
    "of the kind %s starts as the schema says",
    (kind) => {
      const at = { id: "w", x: 0, y: 0 };

      expect(newWidget(kind, at)).toEqual(widgetSchema.parse({ ...at, ...widgetSize[kind], kind }));
    },
  );

  it("keeps what the kind has, and nothing else", () => {
    const more = { id: "w", x: 1, y: 2, title: "Heat", metrics: ["a"], text: "x", limit: 5 };

    expect(newWidget("table", more)).toEqual(
      widgetSchema.parse({ ...widgetSize.table, ...more, kind: "table" }),
    );
  });
});

it("an empty dashboard and the whole fleet are what the schemas make of nothing", () => {
  expect(emptyContent).toEqual(dashboardContentSchema.parse({ format: 1 }));
  expect(everyDevice.filter).toEqual(fleetFilterSchema.parse({}));
});

describe("an address", () => {
  it.each(["1", "86400", "316224000", "316224001", "0", "-1", "1.5", "", " 7 ", "1e3", "x"])(
    "has %j seconds as the schema of the fleet takes them",
    (text) => {
      const { contactBefore, contactWithin } = fleetFilterSchema.shape;
      const { filter } = fleetViewFromParams(new URLSearchParams({ before: text, within: text }));

      expect(filter.contactBefore).toBe(contactBefore.safeParse(text).data);
      expect(filter.contactWithin).toBe(contactWithin.safeParse(text).data);
    },
  );

  it.each([
    "-90,-180,90,180",
    "0,0,0,0",
    "1,0,0,0",
    "0,170,1,-170",
    "-91,0,0,0",
    "0,0,0,181",
    "0,x,0,0",
  ])("has the bounds %s as the schema of the fleet takes them", (text) => {
    const [south, west, north, east] = text.split(",").map(Number);
    const { filter } = fleetViewFromParams(new URLSearchParams({ bounds: text }));

    expect(filter.bounds).toEqual(
      fleetFilterSchema.shape.bounds.safeParse({ south, west, north, east }).data,
    );
  });

  it.each([
    "2026-11-30",
    "2026-02-29",
    "2028-02-29",
    "2026-13-01",
    "2026-1-1",
    "2026-11-30T00:00",
    "",
  ])("has the day %j as the schema of certificates takes it", (text) => {
    const { filter } = certificateViewFromParams(new URLSearchParams({ from: text, to: text }));

    expect(filter.from).toBe(certificateFilterSchema.shape.from.safeParse(text).data);
    expect(filter.to).toBe(certificateFilterSchema.shape.to.safeParse(text).data);
  });

  it.each(["1", "3650", "3651", "0", "2.5", "", "x"])(
    "has %j days as the schema of certificates takes them",
    (text) => {
      const { filter } = certificateViewFromParams(new URLSearchParams({ within: text }));

      expect(filter.withinDays).toBe(certificateFilterSchema.shape.withinDays.safeParse(text).data);
    },
  );
});

describe("what a form says of a text is what the service says", () => {
  const said = (schema: z.ZodType, text: string) =>
    schema.safeParse(text).error?.issues[0]?.message;
  const texts = ["", "   ", "Pump 17", "two\nlines", "tab\tbed", "x".repeat(121), "x".repeat(501)];

  it.each(texts)("%j", (text) => {
    expect(deviceNameProblem(text)).toBe(said(createDeviceSchema.shape.name, text));
    expect(rejectionProblem(text)).toBe(said(rejectBatchSchema.shape.reason, text));
    expect(passphraseProblem(text)).toBe(said(bundleSchema.shape.passphrase, text));
  });
});
