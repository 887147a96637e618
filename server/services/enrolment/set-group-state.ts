import { groupTarget, requireGroup } from "#server/services/enrolment/internal.ts";
import { setEnrolmentGroupStateSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type EnrolmentGroupStateSet = { readonly id: string; readonly enabled: boolean };

/**
 * Lets a group enrol devices, or not. Devices that came by it stay what they are.
 * @throws ServiceError not_found, conflict (it is so already)
 */
export const setEnrolmentGroupState = defineMutation({
  name: "enrolmentGroup.setState",
  can: "enrolment.manage",
  input: setEnrolmentGroupStateSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    const { enabled } = input;
    if (group.enabled === enabled) {
      throw new ServiceError(
        "conflict",
        `The group ${group.name} is ${enabled ? "enabled" : "disabled"} already.`,
        { remedy: "Nothing was changed." },
      );
    }
    await tx.enrolmentGroup.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: group.id } },
      data: { enabled },
      select: { id: true },
    });
    const value: EnrolmentGroupStateSet = { id: group.id, enabled };
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: { before: { enabled: group.enabled }, after: { enabled } },
      },
    };
  },
});
