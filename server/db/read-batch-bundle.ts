import type { Tx } from "#server/db/client.ts";

/** A row of a batch whose device exists, with what it proves itself by. */
export type BundleRow = {
  readonly line: number;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly certificatePem: string | null;
  readonly sealedSecret: Uint8Array | null;
};

/** The next rows after a line. */
export async function readBundleRows(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly batchId: string;
    readonly afterLine: number;
    readonly limit: number;
  },
): Promise<readonly BundleRow[]> {
  return tx.deviceBatchRow.findMany({
    where: { tenantId: at.tenantId, batchId: at.batchId, line: { gt: at.afterLine } },
    orderBy: { line: "asc" },
    take: at.limit,
    select: {
      line: true,
      deviceId: true,
      name: true,
      serial: true,
      certificatePem: true,
      sealedSecret: true,
    },
  });
}
