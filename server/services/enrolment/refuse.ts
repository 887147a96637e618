import { actorName } from "#server/services/context.ts";
import { groupTarget } from "#server/services/enrolment/internal.ts";
import { decidedAlready, requireRequest } from "#server/services/enrolment/require-request.ts";
import { refuseEnrolmentSchema } from "#server/services/enrolment/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type EnrolmentRefusedByPerson = { readonly requestId: string; readonly state: "refused" };

/**
 * Keeps a waiting device out, until somebody approves it after all.
 * @throws ServiceError not_found, conflict (decided already)
 */
export const refuseEnrolment = defineMutation({
  name: "enrolmentRequest.refuse",
  can: "enrolment.approve",
  input: refuseEnrolmentSchema,
  run: async ({ ctx, tx, input }) => {
    const request = await requireRequest(tx, ctx, input.requestId);
    if (request.state !== "pending" && request.state !== "approved") throw decidedAlready(request);
    await tx.enrolmentRequest.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: request.id } },
      data: {
        state: "refused",
        reason: "rejected-by-person",
        detail: `A person refused it: ${input.reason}`,
        decidedAt: ctx.now(),
        decidedBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: EnrolmentRefusedByPerson = { requestId: request.id, state: "refused" };
    const { registrationId, serial } = request;
    return {
      value,
      audit: {
        target: groupTarget(request.group),
        reason: input.reason,
        payload: { requestId: request.id, registrationId, serial, before: request.state },
      },
    };
  },
});
