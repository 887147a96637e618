import { defineQuery } from "#server/services/query.ts";
import { differenceListSchema } from "#server/services/ledger/schemas.ts";

/** A minute whose messages do not add up. Times are ISO 8601. */
export type LedgerDifferenceView = {
  readonly minute: string;
  /** balance: received against outcomes; dead_letters: the ledger against the letters kept. */
  readonly kind: string;
  /** More counted than accounted for when positive. */
  readonly difference: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** When it added up again; null while it does not. */
  readonly resolvedAt: string | null;
  readonly acknowledged: {
    readonly at: string;
    readonly by: string;
    readonly note: string;
  } | null;
};

/** What the balance check found, newest minute first. */
export const listLedgerDifferences = defineQuery({
  name: "ledger.differences",
  can: "telemetry.view",
  input: differenceListSchema,
  run: async ({ ctx, tx, input }): Promise<readonly LedgerDifferenceView[]> => {
    const rows = await tx.ledgerDifference.findMany({
      where: {
        tenantId: ctx.tenantId,
        ...(input.state === "open" && { resolvedAt: null, acknowledgedAt: null }),
      },
      orderBy: [{ minute: "desc" }, { kind: "asc" }],
      take: input.limit,
    });
    return rows.map((row) => ({
      minute: row.minute.toISOString(),
      kind: row.kind,
      difference: Number(row.difference),
      firstSeenAt: row.firstSeenAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      resolvedAt: row.resolvedAt?.toISOString() ?? null,
      acknowledged:
        row.acknowledgedAt === null
          ? null
          : {
              at: row.acknowledgedAt.toISOString(),
              by: row.acknowledgedBy ?? "",
              note: row.note,
            },
    }));
  },
});
