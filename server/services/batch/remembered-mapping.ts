import { createHash } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import { columnsText, guessMapping } from "#server/domain/column-mapping.ts";
import type { ColumnMapping } from "#server/domain/device-batch.ts";
import { columnMapping } from "#server/domain/device-batch-schema.ts";
import { rememberedMappingSchema } from "#server/services/batch/schemas.ts";
import type { RememberedMapping } from "#server/services/batch/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Names the kind of file: its columns, whatever their order, case and blanks. */
function signatureOf(columns: readonly string[]): string {
  return createHash("sha256").update(columnsText(columns)).digest("hex");
}

/** How these columns were mapped the last time, else what their names say. */
export const rememberedMapping = defineQuery({
  name: "batch.rememberedMapping",
  can: "fleet.view",
  input: rememberedMappingSchema,
  run: ({ ctx, tx, input }): Promise<RememberedMapping> =>
    findMapping(tx, { tenantId: ctx.tenantId, columns: input.columns }),
});

/** The same, within a transaction. */
export async function findMapping(
  tx: Tx,
  at: { readonly tenantId: string; readonly columns: readonly string[] },
): Promise<{ readonly mapping: ColumnMapping; readonly remembered: boolean }> {
  const { tenantId, columns } = at;
  const signature = signatureOf(columns);
  const row = await tx.columnMapping.findUnique({
    where: { tenantId_signature: { tenantId, signature } },
    select: { mapping: true },
  });
  const parsed = columnMapping.safeParse(row?.mapping);
  const isUsable =
    parsed.success && Object.keys(parsed.data).every((name) => columns.includes(name));
  if (isUsable) return { mapping: parsed.data, remembered: true };
  return { mapping: guessMapping(columns), remembered: false };
}

/** Keeps a mapping for the next file with the same columns. */
export async function rememberMapping(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly columns: readonly string[];
    readonly mapping: ColumnMapping;
    readonly by: string;
    readonly now: Date;
  },
): Promise<void> {
  const { tenantId, columns, mapping } = at;
  const signature = signatureOf(columns);
  const said = { mapping, changedAt: at.now, changedBy: at.by };
  await tx.columnMapping.upsert({
    where: { tenantId_signature: { tenantId, signature } },
    create: { tenantId, signature, ...said },
    update: said,
  });
}
