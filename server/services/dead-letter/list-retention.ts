import { z } from "zod";
import { dataCategories, type DataCategory } from "#server/domain/data-category.ts";
import { defaultRetentionDays } from "#server/domain/dead-letter-retention.ts";
import { defineQuery } from "#server/services/query.ts";

/** For how long dead letters of a category are kept. */
export type DeadLetterRetention = {
  readonly category: DataCategory;
  readonly days: number;
  readonly isDefault: boolean;
  /** ISO 8601; null for a default. */
  readonly changedAt: string | null;
  readonly changedBy: string | null;
};

/** For how long dead letters are kept, by data category, least sensitive first. */
export const listDeadLetterRetention = defineQuery({
  name: "deadLetter.listRetention",
  can: "deadLetter.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<readonly DeadLetterRetention[]> => {
    const rows = await tx.deadLetterRetention.findMany({ where: { tenantId: ctx.tenantId } });
    return dataCategories.map((category) => {
      const row = rows.find((each) => each.category === category);
      return {
        category,
        days: row?.days ?? defaultRetentionDays[category],
        isDefault: row === undefined,
        changedAt: row?.changedAt.toISOString() ?? null,
        changedBy: row?.changedBy ?? null,
      };
    });
  },
});
