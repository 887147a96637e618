import { readDeadLetterGroups } from "#server/db/read-dead-letter-groups.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { decodeGroupCursor, encodeGroupCursor } from "#server/services/dead-letter/cursor.ts";
import { withTrends, type DeadLetterGroup } from "#server/services/dead-letter/group-view.ts";
import { deadLetterGroupListSchema } from "#server/services/dead-letter/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type { DeadLetterGroup } from "#server/services/dead-letter/group-view.ts";

export type DeadLetterGroupPage = {
  readonly groups: readonly DeadLetterGroup[];
  /** `cursor` of the next page; null on the last. */
  readonly next: string | null;
};

const timeoutMs = 5000;
/** Letters of a group that are looked at for its devices. */
const newest = 1000;

/**
 * Dead letters by cause, those of which the last came latest first.
 * @throws ServiceError invalid for a foreign cursor
 */
export const listDeadLetterGroups = defineQuery({
  name: "deadLetter.listGroups",
  can: "deadLetter.view",
  input: deadLetterGroupListSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterGroupPage> => {
    await limitStatements(tx, timeoutMs);
    const { tenantId } = ctx;
    const { direction, state, q, assignee, cursor, limit } = input;
    const rows = await readDeadLetterGroups(tx, {
      tenantId,
      direction,
      q,
      openOnly: state === "open",
      assigneeId: assignee === "none" ? null : assignee,
      after: cursor === undefined ? undefined : decodeGroupCursor(cursor),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      groups: await withTrends(tx, page, { tenantId, now: ctx.now(), newest }),
      next: rows.length > limit && last !== undefined ? encodeGroupCursor(last) : null,
    };
  },
});
