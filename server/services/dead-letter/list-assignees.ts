import { z } from "zod";
import { may } from "#server/domain/roles.ts";
import { defineQuery } from "#server/services/query.ts";

/** Somebody who may be given a cause to take care of. */
export type Assignee = { readonly id: string; readonly name: string };

const most = 1000;

/** The people of the organisation who may settle dead letters, by name. */
export const listAssignees = defineQuery({
  name: "deadLetter.listAssignees",
  can: "deadLetter.manage",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<readonly Assignee[]> => {
    const users = await tx.user.findMany({
      where: { tenantId: ctx.tenantId, disabledAt: null },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: most,
      select: { id: true, name: true, role: true },
    });
    return users
      .filter(({ role }) => may(role, "deadLetter.manage"))
      .map(({ id, name }) => ({ id, name }));
  },
});
