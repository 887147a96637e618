import type { Tx } from "#server/db/client.ts";

/** A row of a batch as it is read from its file. */
export type NewBatchRow = {
  readonly line: number;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly data: unknown;
  readonly csrPem: string | null;
  readonly problems: readonly string[];
};

/** Inserts rows with one statement. */
export async function insertBatchRows(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly batchId: string;
    readonly rows: readonly NewBatchRow[];
  },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO device_batch_row (tenant_id, batch_id, line, device_id, name, serial, data, csr_pem, problems)
    SELECT ${at.tenantId}::uuid, ${at.batchId}::uuid, r.line, r."deviceId", r.name, r.serial, r.data, r."csrPem", r.problems
    FROM jsonb_to_recordset(${JSON.stringify(at.rows)}::jsonb) AS r(line integer, "deviceId" text, name text,
      serial text, data jsonb, "csrPem" text, problems text[])`;
}
