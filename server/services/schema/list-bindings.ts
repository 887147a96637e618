import { readBindings } from "#server/db/read-bindings.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { listBindingsSchema } from "#server/services/schema/schemas.ts";
import { toBindingView } from "#server/services/schema/to-binding-view.ts";
import type { BindingView } from "#server/services/schema/view.ts";

/**
 * Which schema versions the messages of a profile have.
 * @throws ServiceError not_found
 */
export const listBindings = defineQuery({
  name: "schema.listBindings",
  can: "schema.view",
  input: listBindingsSchema,
  run: async ({ ctx, tx, input }): Promise<{ readonly bindings: readonly BindingView[] }> => {
    const rows = await readBindings(tx, ctx.tenantId, input);
    // Every profile has its main binding.
    if (rows.length === 0) throw new ServiceError("not_found", "There is no such profile.");
    return { bindings: rows.map(toBindingView) };
  },
});
