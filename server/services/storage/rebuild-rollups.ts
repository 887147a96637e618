import { askForRebuild } from "#server/db/read-storage-state.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { requireStorageOperator } from "#server/services/storage/internal.ts";
import { rebuildRollupsSchema } from "#server/services/storage/schemas.ts";

/**
 * Has the rollups of a range computed from its readings again, for all devices. A worker begins within
 * seconds; until it is done charts of the range are made from readings. Asking twice changes nothing.
 */
export const rebuildRollups = defineMutation({
  name: "rollups.rebuild",
  can: "retention.manage",
  input: rebuildRollupsSchema,
  run: async ({ ctx, tx, input: { from, to } }) => {
    await requireStorageOperator(tx, ctx);
    const minutes = await askForRebuild(tx, { from, to });
    const range = { from: from.toISOString(), to: to.toISOString() };
    return {
      value: { ...range, minutes },
      audit: { target: "rollups", payload: { ...range, minutes } },
    };
  },
});
