import type { Database } from "#server/db/client.ts";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";
import type {
  FoundAuthority,
  FoundCredential,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";

type GroupRow = {
  readonly tenantId: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly kind: EnrolmentKind;
  readonly publicId: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly rules: unknown;
};

type CredentialRow = GroupRow & {
  readonly credentialId: string;
  readonly maxUses: number | null;
  readonly uses: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly expectedSerials: string[];
};

type AuthorityRow = GroupRow & {
  readonly authorityId: string;
  readonly pem: string;
  readonly sha256: string;
  readonly state: FoundAuthority["state"];
};

/** Sealed symmetric keys of a group, to be opened with the keyring. */
type FoundGroupKeys = {
  readonly group: FoundGroup;
  /** UUID of the group: the row of the sealed place. */
  readonly id: string;
  readonly tenantId: string;
  readonly sealedPrimary: Buffer;
  readonly sealedSecondary: Buffer;
};

const groupColumns = `g.tenant_id AS "tenantId", g.id AS "groupId", g.name AS "groupName",
  g.kind::text AS kind, g.public_id AS "publicId", g.enabled, g.version, v.rules`;

const version = `JOIN enrolment_group_version v
  ON v.tenant_id = g.tenant_id AND v.group_id = g.id AND v.version = g.version`;

const credential = `SELECT ${groupColumns}, c.id AS "credentialId", c.max_uses AS "maxUses", c.uses,
    c.expires_at AS "expiresAt", c.revoked_at AS "revokedAt",
    c.expected_serials AS "expectedSerials"
  FROM enrolment_credential c
  JOIN enrolment_group g ON g.tenant_id = c.tenant_id AND g.id = c.group_id
  ${version}`;

function groupOf(row: GroupRow): FoundGroup {
  const { tenantId, groupId: id, groupName: name, kind, publicId, enabled } = row;
  return {
    tenantId,
    id,
    name,
    kind,
    publicId,
    enabled,
    version: row.version,
    // What a newer version of the product asks of older rules is filled in.
    rules: enrolmentRules.parse(row.rules),
  };
}

function credentialOf(row: CredentialRow): FoundCredential {
  const { credentialId: id, maxUses, uses, expiresAt, revokedAt, expectedSerials } = row;
  return { id, group: groupOf(row), maxUses, uses, expiresAt, revokedAt, expectedSerials };
}

/** The group that devices call by this id, enabled or not; over all tenants (ingest role). */
export async function findGroup(db: Database, publicId: string): Promise<FoundGroup | undefined> {
  const { rows } = await db.pool.query<GroupRow>(
    `SELECT ${groupColumns} FROM enrolment_group g ${version} WHERE g.public_id = $1`,
    [publicId],
  );
  return rows[0] && groupOf(rows[0]);
}

/**
 * The claim certificate with this fingerprint, whatever its state; over all tenants (ingest role).
 * @param sha256 of the DER, lower-case hex
 */
export async function findClaimCertificate(
  db: Database,
  sha256: string,
): Promise<FoundCredential | undefined> {
  const { rows } = await db.pool.query<CredentialRow>(`${credential} WHERE c.sha256 = $1`, [
    sha256,
  ]);
  return rows[0] && credentialOf(rows[0]);
}

/**
 * The enrolment secret with this hash, whatever its state; over all tenants (ingest role).
 * @param secretHash SHA-256 of the secret's text
 */
export async function findEnrolmentSecret(
  db: Database,
  secretHash: Buffer,
): Promise<FoundCredential | undefined> {
  const { rows } = await db.pool.query<CredentialRow>(`${credential} WHERE c.secret_hash = $1`, [
    secretHash,
  ]);
  return rows[0] && credentialOf(rows[0]);
}

/**
 * Customers' CAs by the fingerprint of their certificate or by their subject (several may have the
 * same one), proven or not; over all tenants (ingest role).
 * @param presented.sha256s lower-case hex
 * @param presented.subjects as `describeCertificate` writes names
 */
export async function findAuthorities(
  db: Database,
  presented: { readonly sha256s?: readonly string[]; readonly subjects?: readonly string[] },
): Promise<readonly FoundAuthority[]> {
  const { rows } = await db.pool.query<AuthorityRow>(
    `SELECT ${groupColumns}, a.id AS "authorityId", a.pem, a.sha256, a.state::text AS state
     FROM customer_ca a
     JOIN enrolment_group g ON g.tenant_id = a.tenant_id AND g.id = a.group_id
     ${version}
     WHERE a.sha256 = ANY($1) OR a.subject = ANY($2)
     ORDER BY a.created_at, a.id LIMIT 100`,
    [presented.sha256s ?? [], presented.subjects ?? []],
  );
  return rows.map((row) => ({
    id: row.authorityId,
    group: groupOf(row),
    pem: row.pem,
    sha256: row.sha256,
    state: row.state,
  }));
}

/**
 * The symmetric keys of the group that devices call by this id, as they are sealed (table
 * `enrolment_group`, columns `sealed_primary` and `sealed_secondary`); over all tenants (ingest role).
 * @returns undefined when there is no such group or it has no keys
 */
export async function findGroupKeys(
  db: Database,
  publicId: string,
): Promise<FoundGroupKeys | undefined> {
  const { rows } = await db.pool.query<
    GroupRow & { readonly sealedPrimary: Buffer | null; readonly sealedSecondary: Buffer | null }
  >(
    `SELECT ${groupColumns}, g.sealed_primary AS "sealedPrimary",
       g.sealed_secondary AS "sealedSecondary"
     FROM enrolment_group g ${version} WHERE g.public_id = $1`,
    [publicId],
  );
  const row = rows[0];
  if (row?.sealedPrimary == null || row.sealedSecondary == null) return undefined;
  const { tenantId, groupId: id, sealedPrimary, sealedSecondary } = row;
  return { group: groupOf(row), id, tenantId, sealedPrimary, sealedSecondary };
}
