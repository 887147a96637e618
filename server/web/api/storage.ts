import { z } from "zod";
import { storeNames } from "#server/domain/stores.ts";
import { rebuildRollups } from "#server/services/storage/rebuild-rollups.ts";
import { showStorage } from "#server/services/storage/show.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

const tag = "Storage";

export const showStorageRoute = {
  method: "get",
  path: "/storage",
  tag,
  summary: "Show what the installation stores, how it grows, and how far its rollups are",
  operation: showStorage,
  request: showStorage.input,
  response: z.object({
    measuredAt: z.iso.datetime(),
    totalBytes: z.number(),
    bytesPerDay: z.number().nullable(),
    stores: z.array(
      z.object({
        store: z.enum(storeNames),
        bytes: z.number(),
        rows: z.number(),
        bytesPerDay: z.number().nullable(),
        rowsPerDay: z.number().nullable(),
      }),
    ),
    partitionsAhead: z.int(),
    days: z.array(
      z.object({
        day: z.iso.date(),
        bytes: z.number(),
        rows: z.number(),
        order: z.enum(["open", "waiting", "ordered", "too-large", "in-use"]),
      }),
    ),
    rollups: z.object({
      openMinutes: z.int(),
      dueMinutes: z.int(),
      oldestAt: z.iso.datetime().nullable(),
    }),
    timescale: z.object({ available: z.boolean(), installed: z.string().nullable() }),
  }),
} as const;

export const rebuildRollupsRoute = {
  method: "post",
  path: "/storage/rollups/rebuild",
  tag,
  summary: "Have the rollups of at most three days computed from their readings again",
  operation: rebuildRollups,
  request: rebuildRollups.input,
  response: z.object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    minutes: z.int(),
  }),
  status: 202,
} as const;

/** What an operator asks of the stores, in the order of the document. */
export const storageRoutes: readonly AnyApiRoute[] = [showStorageRoute, rebuildRollupsRoute];
