import type pg from "pg";
import type { Database } from "#server/db/client.ts";

/** What of an issuing CA is revoked or held now. */
export type Revocations = {
  /** By serial. */
  readonly devices: readonly {
    readonly serial: string;
    readonly at: Date;
    /** As in the registry; `certificate_hold` for what is suspended. */
    readonly reason: string;
  }[];
  /** Claim certificates of any issuer. */
  readonly claims: readonly { readonly sha256: string; readonly pem: string; readonly at: Date }[];
  /** Revocations that no list names yet. */
  readonly pending: readonly string[];
};

const isListed = `c.issuer = $1 AND c.state IN ('revoked', 'suspended') AND c.not_after >= $2`;

/**
 * Reads, as of one moment and over all tenants (ingest role), what the list of a CA must name.
 * @param input.issuer the CA's subject, as certificates have it
 * @param input.endingAfter certificates that expired before it are left out
 */
export async function readRevocations(
  db: Database,
  input: { readonly issuer: string; readonly endingAfter: Date },
): Promise<Revocations> {
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const read = await readAll(client, [input.issuer, input.endingAfter]);
    await client.query("COMMIT");
    client.release();
    return read;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function readAll(
  client: pg.PoolClient,
  parameters: readonly [issuer: string, endingAfter: Date],
): Promise<Revocations> {
  const devices = await client.query<Revocations["devices"][number]>(
    `SELECT c.serial, coalesce(CASE c.state WHEN 'suspended' THEN c.suspended_at ELSE c.revoked_at END,
         c.revoked_at, c.suspended_at, c.issued_at) AS at,
       CASE c.state WHEN 'suspended' THEN 'certificate_hold'
         ELSE coalesce(c.revocation_reason, 'unspecified') END AS reason
     FROM certificate c WHERE ${isListed} ORDER BY c.serial COLLATE "C"`,
    [...parameters],
  );
  const claims = await client.query<Revocations["claims"][number]>(
    `SELECT sha256, pem, revoked_at AS at FROM enrolment_credential
     WHERE kind = 'certificate' AND revoked_at IS NOT NULL AND pem IS NOT NULL
     ORDER BY sha256`,
  );
  const pending = await client.query<{ readonly id: string }>(
    `SELECT r.id FROM certificate_revocation r
     JOIN certificate c ON c.tenant_id = r.tenant_id AND c.id = r.certificate_id
     WHERE r.crl_number IS NULL AND r.released_at IS NULL AND ${isListed}`,
    [...parameters],
  );
  return { devices: devices.rows, claims: claims.rows, pending: pending.rows.map(({ id }) => id) };
}
