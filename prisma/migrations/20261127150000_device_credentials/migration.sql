-- Pre-shared keys beside SAS keys, and when a credential was last used.
-- AlterTable
ALTER TABLE "device_credential" ADD COLUMN     "last_used_at" TIMESTAMPTZ(3);

-- A slot holds one key at a time; workers read all of them by this index.
CREATE UNIQUE INDEX device_credential_psk_slot ON device_credential (tenant_id, device_id, kind)
  WHERE revoked_at IS NULL AND kind LIKE 'psk-%';

-- Written by workers, a while after the use.
GRANT UPDATE (last_used_at) ON device_credential TO quayside_ingest;
