import type { Database } from "#server/db/client.ts";

/** A CA of this installation. */
export type PkiAuthority = {
  readonly sha256: string;
  readonly kind: "root" | "issuing";
  readonly state: "active" | "trusted" | "retired";
  /** As certificates name their issuer. */
  readonly subject: string;
  readonly pem: string;
  readonly notAfter: Date;
};

/** All of them, those that are retired too (ingest role). */
export async function findPkiAuthorities(db: Database): Promise<readonly PkiAuthority[]> {
  const { rows } = await db.pool.query<PkiAuthority>(
    `SELECT sha256, kind, state, subject, pem, not_after AS "notAfter"
     FROM certificate_authority ORDER BY created_at, sha256`,
  );
  return rows;
}
