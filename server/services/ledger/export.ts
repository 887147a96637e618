import { readLedgerPage, type LedgerRow } from "#server/db/read-ledger-page.ts";
import { withTenant } from "#server/db/tenant.ts";
import { csvRecord } from "#server/domain/csv.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { ledgerExportSchema } from "#server/services/ledger/schemas.ts";
import { requireCapability } from "#server/services/mutation.ts";

const pageSize = 2000;
const header = ["minute", "transport", "profile", "outcome", "reason", "count"] as const;

type Range = { readonly from: Date; readonly to: Date };

/**
 * Every count of a range as CSV, page by page, so that a month never stands in memory.
 * @throws ServiceError forbidden, invalid, before the first record
 */
export async function exportLedger(
  ctx: Context,
  input: unknown,
): Promise<AsyncGenerator<string, void>> {
  await requireCapability(ctx, { name: "ledger.export", can: "telemetry.view" });
  return records(ctx, parseInput(ledgerExportSchema, input));
}

async function* records(ctx: Context, range: Range): AsyncGenerator<string, void> {
  yield csvRecord(header);
  let after: LedgerRow | undefined;
  for (;;) {
    const page = await readPage(ctx, range, after);
    yield page.map(recordOf).join("");
    if (page.length < pageSize) return;
    after = page.at(-1);
  }
}

function readPage(
  ctx: Context,
  { from, to }: Range,
  after: LedgerRow | undefined,
): Promise<readonly LedgerRow[]> {
  const { tenantId } = ctx;
  return withTenant(ctx, (tx) =>
    readLedgerPage(tx, { tenantId, from, to, after, limit: pageSize }),
  );
}

function recordOf({ minute, transport, profile, outcome, reason, count }: LedgerRow): string {
  return csvRecord([minute, transport, profile, outcome, reason, count]);
}
