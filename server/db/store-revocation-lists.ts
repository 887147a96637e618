import type { Database } from "#server/db/client.ts";

/** A list that was signed. */
export type SignedList = {
  readonly kind: "full" | "delta";
  readonly number: bigint;
  /** Of a delta: the number of the full list that it adds to. */
  readonly baseNumber: bigint | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly der: Uint8Array;
  readonly entries: number;
};

/** Lists of a kind that are kept, beside those that a delta adds to. */
const kept = 3;

/**
 * Keeps the lists, notes on the revocations which list names them first, and forgets older lists;
 * all of it or nothing.
 * @param input.revocations ids of those that these lists are the first to name
 */
export async function storeRevocationLists(
  db: Database,
  input: {
    readonly issuerSha256: string;
    readonly lists: readonly SignedList[];
    readonly revocations: readonly string[];
    readonly at: Date;
  },
): Promise<void> {
  const { issuerSha256, lists, revocations, at } = input;
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    for (const list of lists) {
      await client.query(
        `INSERT INTO certificate_revocation_list
           (issuer_sha256, kind, number, base_number, this_update, next_update, der, entries, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          issuerSha256,
          list.kind,
          list.number,
          list.baseNumber ?? null,
          list.thisUpdate,
          list.nextUpdate,
          list.der,
          list.entries,
          at,
        ],
      );
    }
    const number = lists[0]?.number ?? null;
    await client.query(
      `UPDATE certificate_revocation SET crl_number = $1, crl_at = $2
       WHERE id = ANY($3) AND crl_number IS NULL`,
      [number, at, revocations],
    );
    await client.query(
      `DELETE FROM certificate_revocation_list l
       WHERE l.issuer_sha256 = $1
         AND l.number NOT IN (SELECT k.number FROM certificate_revocation_list k
           WHERE k.issuer_sha256 = l.issuer_sha256 AND k.kind = l.kind ORDER BY k.number DESC LIMIT $2)
         AND (l.kind = 'delta' OR l.number NOT IN (SELECT d.base_number FROM certificate_revocation_list d
           WHERE d.issuer_sha256 = l.issuer_sha256 AND d.kind = 'delta'
           ORDER BY d.number DESC LIMIT 1))`,
      [issuerSha256, kept],
    );
    await client.query("COMMIT");
    client.release();
  } catch (error) {
    // The connection goes, and with it the transaction.
    client.release(true);
    throw error;
  }
}
