import type { Tx } from "#server/db/client.ts";

/** What the devices of a batch have in common. */
export type BatchMake = {
  readonly tenantId: string;
  readonly batchId: string;
  readonly profileId: string;
  readonly isQuarantined: boolean;
  readonly tags: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
};

/** Inserts a device for each row. @returns how many; fewer than the rows when an id is taken */
export async function insertBatchDevices(tx: Tx, make: BatchMake): Promise<number> {
  const { tenantId, batchId, profileId, isQuarantined, createdAt, createdBy } = make;
  return tx.$executeRaw`
    INSERT INTO device (tenant_id, id, device_id, name, profile_id, state, attributes, serial, manufacturer, model,
      hardware_revision, tags, desired, batch_id, created_at, created_by)
    SELECT tenant_id, device_uuid, device_id, name, ${profileId}::uuid,
      (CASE WHEN data ->> 'disabled' = 'true' THEN 'suspended' WHEN ${isQuarantined}::boolean THEN 'quarantined'
        ELSE 'active' END)::"DeviceState",
      coalesce(data -> 'attributes', '{}'), serial, coalesce(data ->> 'manufacturer', ''),
      coalesce(data ->> 'model', ''), coalesce(data ->> 'hardwareRevision', ''),
      ARRAY(SELECT DISTINCT tag FROM unnest(${[...make.tags]}::text[]
        || ARRAY(SELECT jsonb_array_elements_text(coalesce(data -> 'tags', '[]')))) AS tag ORDER BY tag),
      data -> 'desired', batch_id, ${createdAt}::timestamptz, ${createdBy}::text
    FROM device_batch_row WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${batchId}::uuid ORDER BY line
    ON CONFLICT (device_id) DO NOTHING`;
}

/** Inserts the certificates that were signed for the rows. @returns how many */
export async function insertBatchCertificates(tx: Tx, make: BatchMake): Promise<number> {
  const { tenantId, batchId, createdAt, createdBy } = make;
  return tx.$executeRaw`
    INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm,
      not_before, not_after, pem, issued_at, issued_by)
    SELECT r.tenant_id, r.device_uuid, c.sha256, c.serial, c.issuer, c.subject, r.spki_sha256, c."keyAlgorithm",
      c."notBefore", c."notAfter", r.certificate_pem, ${createdAt}::timestamptz, ${createdBy}::text
    FROM device_batch_row r CROSS JOIN jsonb_to_record(r.data -> 'certificate') AS c(sha256 text, serial text,
      issuer text, subject text, "keyAlgorithm" text, "notBefore" timestamptz, "notAfter" timestamptz)
    WHERE r.tenant_id = ${tenantId}::uuid AND r.batch_id = ${batchId}::uuid AND r.certificate_pem IS NOT NULL
    ORDER BY r.line`;
}

/** Inserts the keys and tokens of the rows as they are sealed or hashed. @returns how many */
export async function insertBatchCredentials(tx: Tx, make: BatchMake): Promise<number> {
  const { tenantId, batchId, createdAt, createdBy } = make;
  return tx.$executeRaw`
    INSERT INTO device_credential (tenant_id, id, device_id, kind, secret_hash, sealed_key, created_at, created_by)
    SELECT r.tenant_id, c.id, r.device_uuid, c.kind, decode(c.hash, 'base64'), decode(c.sealed, 'base64'),
      ${createdAt}::timestamptz, ${createdBy}::text
    FROM device_batch_row r CROSS JOIN jsonb_to_recordset(coalesce(r.data -> 'credentials', '[]'))
      AS c(id uuid, kind text, hash text, sealed text)
    WHERE r.tenant_id = ${tenantId}::uuid AND r.batch_id = ${batchId}::uuid ORDER BY r.line`;
}

/** The keys of the rows that belong to a device already; no other can be bound until the transaction ends. */
export async function batchKeysInUse(tx: Tx, make: BatchMake): Promise<readonly string[]> {
  const { tenantId, batchId } = make;
  const rows = await tx.$queryRaw<{ spki: string }[]>`
    SELECT spki FROM spkis_in_use(ARRAY(SELECT spki_sha256 FROM device_batch_row
      WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${batchId}::uuid AND spki_sha256 IS NOT NULL)) AS spki`;
  return rows.map(({ spki }) => spki);
}

/** SHA-256 of the device ids in the order of the file, a line feed after each; lower-case hex. */
export async function digestOfBatch(tx: Tx, make: BatchMake): Promise<string> {
  const { tenantId, batchId } = make;
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    SELECT encode(sha256(convert_to(string_agg(device_id || E'\n', '' ORDER BY line), 'UTF8')), 'hex') AS digest
    FROM device_batch_row WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${batchId}::uuid`;
  return rows[0]?.digest ?? "";
}
