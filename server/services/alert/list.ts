import type { z } from "zod";
import type { Prisma } from "#server/db/generated/client.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { alertListSchema } from "#server/services/alert/schemas.ts";
import { alertColumns, alertView, type AlertView } from "#server/services/alert/view.ts";
import { defineQuery } from "#server/services/query.ts";
import { decodeCursor, encodeCursor } from "#server/services/refused-connection/cursor.ts";

export type AlertPage = {
  readonly alerts: readonly AlertView[];
  /** `cursor` of the next page; null on the last. */
  readonly next: string | null;
};

const timeoutMs = 5000;

/**
 * Alerts, those of which something was said last come first.
 * @throws ServiceError invalid for a foreign cursor
 */
export const listAlerts = defineQuery({
  name: "alert.list",
  can: "alert.view",
  input: alertListSchema,
  run: async ({ ctx, tx, input }): Promise<AlertPage> => {
    await limitStatements(tx, timeoutMs);
    const rows = await tx.alert.findMany({
      where: { tenantId: ctx.tenantId, AND: [matching(input), beyond(input.cursor)] },
      orderBy: [{ lastAt: "desc" }, { id: "desc" }],
      take: input.limit + 1,
      select: alertColumns,
    });
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      alerts: page.map(alertView),
      next: rows.length > input.limit && last !== undefined ? encodeCursor(last) : null,
    };
  },
});

function matching({
  state,
  severity,
  rule,
  subject,
}: z.output<typeof alertListSchema>): Prisma.AlertWhereInput {
  return {
    ...(state === "standing" && { state: { in: ["open", "acknowledged"] } }),
    ...(state !== "standing" && state !== "all" && { state }),
    ...(severity !== undefined && { severity: { in: severity } }),
    ...(rule !== undefined && { rule: { in: rule } }),
    ...(subject !== undefined &&
      subject !== "" && {
        OR: [
          { subjectId: subject },
          { subjectName: { contains: subject, mode: "insensitive" as const } },
        ],
      }),
  };
}

function beyond(cursor: string | undefined): Prisma.AlertWhereInput {
  if (cursor === undefined) return {};
  const { lastAt, id } = decodeCursor(cursor);
  return { lastAt: { lte: lastAt }, OR: [{ lastAt: { lt: lastAt } }, { id: { lt: id } }] };
}
