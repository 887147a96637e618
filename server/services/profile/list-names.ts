import { listProfilesSchema } from "#server/services/profile/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type ProfileName = { readonly id: string; readonly name: string };

/** What the tenant's profiles are called, at most 500 of them. */
export const listProfileNames = defineQuery({
  name: "profile.listNames",
  can: "fleet.view",
  input: listProfilesSchema,
  run: ({ ctx, tx }): Promise<readonly ProfileName[]> =>
    tx.profile.findMany({
      where: { tenantId: ctx.tenantId },
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 500,
    }),
});
