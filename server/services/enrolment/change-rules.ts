import { actorName } from "#server/services/context.ts";
import { makeGroupKey } from "#server/services/enrolment/group-key.ts";
import { groupTarget, requireGroup, rulesAsJson } from "#server/services/enrolment/internal.ts";
import { requireProfile } from "#server/services/enrolment/require-profile.ts";
import { changeEnrolmentRulesSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** The version that counts from now on. */
export type EnrolmentRulesChanged = {
  readonly version: number;
  /** Of a group that got its first webhook, in this answer and nowhere else; else null. */
  readonly webhookSecret: string | null;
};

/**
 * Makes a new version of a group's rules; devices that came by older ones stay what they are.
 * @throws ServiceError not_found, conflict (somebody else has changed them since)
 */
export const changeEnrolmentRules = defineMutation({
  name: "enrolmentGroup.changeRules",
  can: "enrolment.manage",
  input: changeEnrolmentRulesSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    if (group.version !== input.version) {
      throw new ServiceError(
        "conflict",
        `The rules of ${group.name} are at version ${group.version} by now, and you have changed version ${input.version}.`,
        { remedy: "Load the newest version and make your change again." },
      );
    }
    const { rules, notes } = input;
    await requireProfile(tx, ctx, rules.profileId);
    const { tenantId } = ctx;
    const version = group.version + 1;
    const needsSecret = rules.webhook !== null && group.sealedWebhook === null;
    const webhook = needsSecret
      ? makeGroupKey(ctx, { tenantId, id: group.id }, "webhook")
      : undefined;
    await tx.enrolmentGroupVersion.create({
      data: {
        tenantId,
        groupId: group.id,
        version,
        rules: rulesAsJson(rules),
        notes,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { version: true },
    });
    await tx.enrolmentGroup.update({
      where: { tenantId_id: { tenantId, id: group.id } },
      data: { version, ...(webhook !== undefined && { sealedWebhook: webhook.sealed }) },
      select: { id: true },
    });
    const value: EnrolmentRulesChanged = { version, webhookSecret: webhook?.text ?? null };
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: {
          before: { version: group.version, rules: group.rules },
          after: { version, rules, notes },
        },
      },
    };
  },
});
