import { z } from "zod";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";

const instant = z.iso.datetime();
const instantText = z.string().describe("ISO 8601, or epoch milliseconds");

export const listRefusedConnectionsRoute = {
  method: "get",
  path: "/refused-connections",
  tag: "Refused connections",
  summary: "List who was refused and why, newest first, one entry for each cause",
  operation: listRefusedConnections,
  request: z.object({
    deviceId: z.string().describe("The device's own id, or our UUID").optional(),
    cause: z.string().describe("A cause, or several by commas").optional(),
    text: z.string().describe("Part of a name, an explanation or an address").optional(),
    from: instantText.optional(),
    to: instantText.describe("Not included; ISO 8601, or epoch milliseconds").optional(),
    cursor: z.string().describe("`next` of the page before").optional(),
    limit: z.int().min(1).max(200).optional(),
  }),
  response: z.object({
    refusals: z.array(
      z.object({
        id: z.uuid(),
        claimedId: z.string(),
        device: z.object({ deviceId: z.string(), name: z.string() }).nullable(),
        cause: z.string(),
        detail: z.string(),
        remedy: z.string(),
        remote: z.string(),
        transport: z.string(),
        sha256: z.string(),
        certificate: z
          .object({ deviceId: z.string(), state: z.string(), notAfter: instant })
          .nullable(),
        count: z.int(),
        firstAt: instant,
        lastAt: instant,
      }),
    ),
    next: z.string().nullable().describe("Pass as `cursor` for the next page"),
  }),
} as const;
