import { countSelectionPresences } from "#server/db/count-selection-presences.ts";
import type { Presence } from "#server/domain/presence.ts";
import { selectionPresenceSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type SelectionPresence = readonly {
  readonly presence: Presence;
  readonly devices: number;
}[];

/** How many devices of a selection are in each presence. */
export const selectionPresence = defineQuery({
  name: "dashboard.presence",
  can: "fleet.view",
  input: selectionPresenceSchema,
  run: ({ ctx, tx, input }): Promise<SelectionPresence> =>
    countSelectionPresences(tx, input.devices, { tenantId: ctx.tenantId, now: ctx.now() }),
});
