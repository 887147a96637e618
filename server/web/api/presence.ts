import { z } from "zod";
import { presenceCauses, presences } from "#server/domain/presence.ts";
import { availability } from "#server/services/presence/availability.ts";
import { presenceHistory } from "#server/services/presence/history.ts";
import { availabilitySchema } from "#server/services/presence/schemas.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

const instant = z.iso.datetime();
const presence = z.enum(presences);
const cause = z
  .enum(presenceCauses)
  .describe("Why, where the presence alone does not say it; empty otherwise");
const share = z
  .number()
  .nullable()
  .describe(
    "Share of the expected time in which it was heard (online or idle), 0 to 1; null when nobody expected it",
  );
const seconds = z
  .object({
    online: z.number(),
    idle: z.number(),
    late: z.number(),
    silent: z.number(),
    stranded: z.number(),
    excused: z.number().describe("By a person's decision, or not heard yet; does not count"),
  })
  .describe("For how long it was how");

export const presenceHistoryRoute = {
  method: "get",
  path: "/devices/{deviceId}/presence",
  tag: "Devices",
  summary: "How a device is and was: presence with causes over the last hours",
  operation: presenceHistory,
  request: presenceHistory.input,
  response: z.object({
    from: instant,
    until: instant,
    presence,
    cause,
    since: instant,
    gateway: z
      .object({ deviceId: z.string(), name: z.string(), presence, since: instant })
      .nullable()
      .describe("The gateway that is not heard, and this device because of that"),
    folded: z.int().describe("Devices behind it that are not heard because it is not"),
    spans: z
      .array(z.object({ from: instant, until: instant, presence, cause }))
      .describe("Oldest first, without gaps"),
    seconds,
    availability: share,
    isCut: z.boolean().describe("It changed too often: from is later than what was asked for"),
  }),
} as const;

const sum = { seconds, availability: share };

export const availabilityRoute = {
  method: "get",
  path: "/availability",
  tag: "Devices",
  summary: "How available devices were: in all, by day, by profile or tag, and the worst of them",
  operation: availability,
  request: availabilitySchema.omit({ devices: true }),
  response: z.object({
    from: z.iso.date().describe("First day, UTC"),
    until: instant,
    total: z.object({ devices: z.int(), ...sum }),
    days: z.array(z.object({ day: z.iso.date(), ...sum })),
    groups: z.array(z.object({ id: z.string(), name: z.string(), devices: z.int(), ...sum })),
    worst: z.array(z.object({ deviceId: z.string(), name: z.string(), presence, ...sum })),
  }),
} as const;

/** What tells of presence, in the order of the document. */
export const presenceRoutes: readonly AnyApiRoute[] = [presenceHistoryRoute, availabilityRoute];
