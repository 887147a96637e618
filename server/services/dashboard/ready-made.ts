import type { Tx } from "#server/db/client.ts";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import { referencesOf } from "#server/domain/dashboard-references.ts";
import { threshold } from "#server/domain/profile-parts-schema.ts";
import { readyMadeDashboard } from "#server/domain/ready-made-dashboard.ts";
import type { Context } from "#server/services/context.ts";
import { dashboardTarget, insertDashboard, viewOf } from "#server/services/dashboard/internal.ts";
import { knownReferences } from "#server/services/dashboard/known-references.ts";
import { adoptReadyMadeSchema, readyMadeRefSchema } from "#server/services/dashboard/schemas.ts";
import type { ReadyMadeView } from "#server/services/dashboard/view.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { noProfile } from "#server/services/profile/show.ts";
import { defineQuery } from "#server/services/query.ts";

type ReadyMade = { readonly name: string; readonly content: DashboardContent };

/** @throws ServiceError not_found */
async function readReadyMade(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  profileId: string,
): Promise<ReadyMade> {
  const profile = await tx.profile.findUnique({
    where: { tenantId_id: { tenantId, id: profileId } },
    select: {
      name: true,
      thresholds: true,
      schema: {
        select: {
          fields: {
            where: { deprecated: false },
            select: { name: true, type: true, unit: true },
            orderBy: { position: "asc" },
            take: 256,
          },
        },
      },
    },
  });
  if (profile === null) throw noProfile();
  const content = readyMadeDashboard({
    profileId,
    name: profile.name,
    fields: profile.schema.fields,
    thresholds: threshold.array().parse(profile.thresholds),
  });
  return { name: profile.name, content };
}

/**
 * The ready-made dashboard of a profile, made of its schema as it is now.
 * @throws ServiceError not_found
 */
export const showReadyMade = defineQuery({
  name: "dashboard.readyMade",
  can: "telemetry.view",
  input: readyMadeRefSchema,
  run: async ({ ctx, tx, input }): Promise<ReadyMadeView> => {
    const made = await readReadyMade(tx, ctx, input.profileId);
    const references = await knownReferences(tx, ctx, referencesOf(made.content));
    return { profileId: input.profileId, ...made, references };
  },
});

/**
 * Copies the ready-made dashboard of a profile into one of the caller.
 * @throws ServiceError not_found
 */
export const adoptReadyMade = defineMutation({
  name: "dashboard.adoptReadyMade",
  can: "dashboard.edit",
  input: adoptReadyMadeSchema,
  run: async ({ ctx, tx, input }) => {
    const made = await readReadyMade(tx, ctx, input.profileId);
    const row = await insertDashboard(tx, ctx, {
      name: input.name ?? made.name,
      description: "",
      content: made.content,
      note: `Copied from the ready-made dashboard of the profile ${made.name}.`,
    });
    return {
      value: viewOf(ctx, row),
      audit: {
        target: dashboardTarget(row.id),
        payload: { name: row.name, profileId: input.profileId },
      },
    };
  },
});
