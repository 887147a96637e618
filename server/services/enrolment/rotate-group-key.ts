import { makeGroupKey } from "#server/services/enrolment/group-key.ts";
import { groupTarget, requireGroup } from "#server/services/enrolment/internal.ts";
import { rotateGroupKeySchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** The fresh key, in this answer and nowhere else in clear. */
export type GroupKeyRotated = { readonly key: string };

/**
 * Replaces a key of a group. Devices whose key is derived of the old one cannot enrol by it any
 * more; those that are enrolled keep theirs.
 * @throws ServiceError not_found, conflict (a group of this kind has no such key)
 */
export const rotateGroupKey = defineMutation({
  name: "enrolmentGroup.rotateKey",
  can: "enrolment.manage",
  input: rotateGroupKeySchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    const { slot } = input;
    const has = slot === "webhook" ? group.rules.webhook !== null : group.kind === "symmetric_key";
    if (!has) {
      throw new ServiceError("conflict", `The group ${group.name} has no ${slot} key.`, {
        remedy:
          slot === "webhook"
            ? "Set a webhook in its rules first."
            : "Only groups with symmetric keys have one.",
      });
    }
    const { tenantId } = ctx;
    const { text, sealed } = makeGroupKey(ctx, { tenantId, id: group.id }, slot);
    const column = {
      primary: { sealedPrimary: sealed },
      secondary: { sealedSecondary: sealed },
      webhook: { sealedWebhook: sealed },
    }[slot];
    await tx.enrolmentGroup.update({
      where: { tenantId_id: { tenantId, id: group.id } },
      data: column,
      select: { id: true },
    });
    const value: GroupKeyRotated = { key: text };
    return { value, audit: { target: groupTarget(group), payload: { slot } } };
  },
});
