import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import { knownReferences } from "#server/services/dashboard/known-references.ts";
import { referencesSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** Which of the things that a dashboard names exist here, and what they are called. */
export const dashboardReferences = defineQuery({
  name: "dashboard.references",
  can: "telemetry.view",
  input: referencesSchema,
  run: ({ ctx, tx, input }): Promise<KnownReferences> => knownReferences(tx, ctx, input),
});
