import type { SealedPlace } from "#server/crypto/envelope.ts";

/** Where the key or secret of a row is sealed for. */
export function placeOfRowSecret(row: {
  readonly tenantId: string;
  readonly batchId: string;
  readonly line: number;
}): SealedPlace {
  const { tenantId, batchId, line } = row;
  return {
    table: "device_batch_row",
    column: "sealed_secret",
    tenantId,
    id: `${batchId}/${line}`,
  };
}
