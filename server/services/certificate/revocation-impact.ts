import { measureRevocation, type RevocationImpactRow } from "#server/db/revocation-selection.ts";
import {
  revocationImpactSchema,
  type RevocationFilter,
} from "#server/services/certificate/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** How far revoking certificates would reach; those that are revoked already do not count. */
export type RevocationImpact = RevocationImpactRow;

/** What is selected, of an input that gives either. */
export function selectionOf(input: {
  readonly ids?: readonly string[] | undefined;
  readonly filter?: RevocationFilter | undefined;
}) {
  return input.ids === undefined ? (input.filter ?? { ids: [] }) : { ids: input.ids };
}

/** The blast radius of revoking certificates, before anybody does it. */
export const revocationImpact = defineQuery({
  name: "certificate.revocationImpact",
  can: "certificate.view",
  input: revocationImpactSchema,
  run: ({ ctx, tx, input }): Promise<RevocationImpact> =>
    measureRevocation(tx, selectionOf(input), ctx.now()),
});
