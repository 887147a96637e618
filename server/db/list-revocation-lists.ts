import type { Tx } from "#server/db/client.ts";

/** The newest list of a CA and kind, without its bytes. */
export type RevocationListRow = {
  readonly issuerSha256: string;
  readonly issuer: string;
  readonly issuerState: "active" | "trusted" | "retired";
  readonly issuerNotAfter: Date;
  /** null: there is none yet. */
  readonly kind: "full" | "delta" | null;
  readonly number: bigint | null;
  readonly baseNumber: bigint | null;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  readonly createdAt: Date | null;
  readonly entries: number | null;
  readonly bytes: number | null;
  /** The end of it, where its addresses are. */
  readonly tail: Uint8Array | null;
};

const tailBytes = 4_096;

/** Every issuing CA with its newest lists; those that never had one have a row without. */
export async function listRevocationLists(tx: Tx): Promise<readonly RevocationListRow[]> {
  return tx.$queryRaw<RevocationListRow[]>`
    SELECT a.sha256 AS "issuerSha256", a.subject AS issuer, a.state::text AS "issuerState",
      a.not_after AS "issuerNotAfter", l.kind, l.number, l.base_number AS "baseNumber",
      l.this_update AS "thisUpdate", l.next_update AS "nextUpdate", l.created_at AS "createdAt",
      l.entries, octet_length(l.der) AS bytes,
      substring(l.der FROM greatest(1, octet_length(l.der) - ${tailBytes}::int + 1)) AS tail
    FROM certificate_authority a
    LEFT JOIN LATERAL (
      SELECT DISTINCT ON (kind) * FROM certificate_revocation_list
      WHERE issuer_sha256 = a.sha256 ORDER BY kind, number DESC) l ON true
    WHERE a.kind = 'issuing'
    ORDER BY a.state, a.created_at DESC, a.sha256, l.kind DESC`;
}
