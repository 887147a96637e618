import { enrolmentGroupListSchema } from "#server/services/enrolment/schemas.ts";
import {
  groupColumns,
  summariesOf,
  type EnrolmentGroupSummary,
} from "#server/services/enrolment/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Enrolment groups of the organisation by name, at most a thousand. */
export const listEnrolmentGroups = defineQuery({
  name: "enrolmentGroup.list",
  can: "enrolment.view",
  input: enrolmentGroupListSchema,
  run: async ({ ctx, tx }): Promise<readonly EnrolmentGroupSummary[]> => {
    const rows = await tx.enrolmentGroup.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: 1000,
      select: groupColumns,
    });
    return (await summariesOf({ ctx, tx }, rows)).map(({ summary }) => summary);
  },
});
