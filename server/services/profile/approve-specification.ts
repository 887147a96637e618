import { lockProfile } from "#server/db/lock-profile.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { profileConflict } from "#server/services/profile/change.ts";
import { jsonOf } from "#server/services/profile/columns.ts";
import { approveSpecificationSchema } from "#server/services/profile/schemas.ts";
import { noProfile, readProfile } from "#server/services/profile/show.ts";

/**
 * Approves the transport specification of a profile, by another person than its author.
 * @throws ServiceError not_found, conflict (another revision, nothing to approve, one's own)
 */
export const approveSpecification = defineMutation({
  name: "profile.approveSpecification",
  can: "profile.manage",
  input: approveSpecificationSchema,
  run: async ({ ctx, tx, input }) => {
    const { profileId, revision } = input;
    const locked = await lockProfile(tx, ctx.tenantId, profileId);
    if (locked === undefined) throw noProfile();
    const before = await readProfile(tx, ctx, profileId);
    if (before.revision !== revision) throw profileConflict(locked.name);
    const { specification } = before;
    if (specification === null || specification.approvedBy !== null) {
      throw new ServiceError("conflict", "There is no specification that waits for approval.", {
        remedy: "Write one first, or look who approved it.",
      });
    }
    const approvedBy = actorName(ctx.actor);
    if (specification.writtenBy === approvedBy) {
      throw new ServiceError("conflict", "Whoever wrote a specification cannot approve it.", {
        remedy: "Ask another administrator.",
      });
    }
    const approved = { ...specification, approvedBy, approvedAt: ctx.now().toISOString() };
    await tx.profile.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: profileId } },
      data: { specification: jsonOf(approved), revision: revision + 1 },
      select: { id: true },
    });
    return {
      value: await readProfile(tx, ctx, profileId),
      audit: { target: `profile:${locked.name}`, payload: { specification: approved } },
    };
  },
});
