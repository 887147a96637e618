import { actorName } from "#server/services/context.ts";
import { groupTarget } from "#server/services/enrolment/internal.ts";
import { decidedAlready, requireRequest } from "#server/services/enrolment/require-request.ts";
import { enrolmentRequestTarget } from "#server/services/enrolment/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type EnrolmentApproved = { readonly requestId: string; readonly state: "approved" };

/**
 * Lets a waiting device in: it gets what it asked for when it asks again. Also takes back the
 * refusal of a person.
 * @throws ServiceError not_found, conflict (decided already)
 */
export const approveEnrolment = defineMutation({
  name: "enrolmentRequest.approve",
  can: "enrolment.approve",
  input: enrolmentRequestTarget,
  run: async ({ ctx, tx, input }) => {
    const request = await requireRequest(tx, ctx, input.requestId);
    const waits =
      request.state === "pending" ||
      (request.state === "refused" && request.reason === "rejected-by-person");
    if (!waits) throw decidedAlready(request);
    await tx.enrolmentRequest.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: request.id } },
      data: {
        state: "approved",
        reason: "",
        detail: "",
        decidedAt: ctx.now(),
        decidedBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: EnrolmentApproved = { requestId: request.id, state: "approved" };
    const { registrationId, serial } = request;
    return {
      value,
      audit: {
        target: groupTarget(request.group),
        payload: { requestId: request.id, registrationId, serial, before: request.state },
      },
    };
  },
});
