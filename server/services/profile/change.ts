import { Prisma } from "#server/db/generated/client.ts";
import { lockProfile } from "#server/db/lock-profile.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { jsonOf, recordedBy } from "#server/services/profile/columns.ts";
import { changeProfileSchema } from "#server/services/profile/schemas.ts";
import { noProfile, readProfile, type ProfileView } from "#server/services/profile/show.ts";
import type { z } from "zod";

type Change = Omit<z.output<typeof changeProfileSchema>, "profileId" | "revision">;

/** Somebody else changed the profile meanwhile. */
export function profileConflict(name: string): ServiceError {
  return new ServiceError("conflict", `Somebody else changed the profile “${name}” meanwhile.`, {
    remedy: "Load it again, look at the change, and make yours on top of it.",
  });
}

/** What is written of a change; what is left out stays. */
function columnsOf(ctx: Context, { specification, ...change }: Change) {
  const { commands, thresholds, certificatePolicy, ...plain } = change;
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
    ...(commands !== undefined && { commands: commands.map((each) => jsonOf(each)) }),
    ...(thresholds !== undefined && { thresholds: thresholds.map((each) => jsonOf(each)) }),
    ...(certificatePolicy !== undefined && { certificatePolicy: jsonOf(certificatePolicy) }),
    ...(specification === null && { specification: Prisma.DbNull }),
    ...(specification !== null &&
      specification !== undefined && { specification: recordedBy(ctx, specification) }),
  };
}

/**
 * Changes what a profile says. A changed transport specification waits for approval again.
 * @throws ServiceError not_found, conflict (another revision)
 */
export const changeProfile = defineMutation({
  name: "profile.change",
  can: "profile.manage",
  input: changeProfileSchema,
  run: async ({ ctx, tx, input }) => {
    const { profileId, revision, ...change } = input;
    const locked = await lockProfile(tx, ctx.tenantId, profileId);
    if (locked === undefined) throw noProfile();
    const before = await readProfile(tx, ctx, profileId);
    if (before.revision !== revision) throw profileConflict(locked.name);
    await tx.profile.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: profileId } },
      data: { ...columnsOf(ctx, change), revision: revision + 1 },
      select: { id: true },
    });
    const value: ProfileView = await readProfile(tx, ctx, profileId);
    const names = Object.keys(change) as readonly (keyof Change)[];
    const told = (view: ProfileView) => Object.fromEntries(names.map((name) => [name, view[name]]));
    return {
      value,
      audit: {
        target: `profile:${locked.name}`,
        payload: { before: told(before), after: told(value), revision: value.revision },
      },
      control: { kind: "profile", tenantId: ctx.tenantId, profileId },
    };
  },
});
