-- Identity of devices, gateways and children, quarantine, enrolment groups, batches, transfers; what a profile says of its devices.

-- CreateEnum
CREATE TYPE "ConnectivityModel" AS ENUM ('always_on', 'store_and_forward', 'disconnected_tolerant');

-- CreateEnum
CREATE TYPE "EnrolmentKind" AS ENUM ('customer_ca', 'claim', 'symmetric_key', 'est');

-- CreateEnum
CREATE TYPE "EnrolmentState" AS ENUM ('pending', 'approved', 'enrolled', 'refused');

-- CreateEnum
CREATE TYPE "CustomerCaState" AS ENUM ('unproven', 'active', 'disabled');

-- CreateEnum
CREATE TYPE "BatchState" AS ENUM ('receiving', 'checking', 'refused', 'ready', 'creating', 'sampling', 'approved', 'rejected', 'cancelled', 'failed');

-- CreateEnum
CREATE TYPE "TransferState" AS ENUM ('offered', 'accepted', 'withdrawn');

-- AlterEnum
ALTER TYPE "DeviceState" ADD VALUE 'quarantined';

-- AlterTable
ALTER TABLE "device" ADD COLUMN     "batch_id" UUID,
ADD COLUMN     "child_policy" JSONB,
ADD COLUMN     "desired" JSONB,
ADD COLUMN     "enrolment_group_id" UUID,
ADD COLUMN     "enrolment_version" INTEGER,
ADD COLUMN     "gateway_id" UUID,
ADD COLUMN     "hardware_revision" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "manufacturer" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "model" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "serial" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "profile" ADD COLUMN     "certificate_policy" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "commands" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "connectivity" "ConnectivityModel" NOT NULL DEFAULT 'always_on',
ADD COLUMN     "documentation" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "retention_class" TEXT NOT NULL DEFAULT 'standard',
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "specification" JSONB,
ADD COLUMN     "thresholds" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "enrolment_group" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "kind" "EnrolmentKind" NOT NULL,
    "public_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "enrolled" INTEGER NOT NULL DEFAULT 0,
    "sealed_primary" BYTEA,
    "sealed_secondary" BYTEA,
    "sealed_webhook" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "enrolment_group_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "enrolment_group_version" (
    "tenant_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "rules" JSONB NOT NULL,
    "notes" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "enrolment_group_version_pkey" PRIMARY KEY ("tenant_id","group_id","version")
);

-- CreateTable
CREATE TABLE "enrolment_credential" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "group_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT,
    "pem" TEXT,
    "secret_hash" BYTEA,
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "expected_serials" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "enrolment_credential_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "enrolment_request" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "group_id" UUID NOT NULL,
    "group_version" INTEGER NOT NULL,
    "registration_id" TEXT NOT NULL,
    "serial" TEXT NOT NULL DEFAULT '',
    "digest" TEXT NOT NULL,
    "csr_pem" TEXT,
    "spki_sha256" TEXT,
    "credential_id" UUID,
    "transport" TEXT NOT NULL,
    "remote" TEXT NOT NULL DEFAULT '',
    "state" "EnrolmentState" NOT NULL DEFAULT 'pending',
    "reason" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '',
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "ownership_hash" BYTEA,
    "device_uuid" UUID,
    "certificate_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,

    CONSTRAINT "enrolment_request_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "customer_ca" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "group_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "spki_sha256" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "state" "CustomerCaState" NOT NULL DEFAULT 'unproven',
    "challenge" TEXT NOT NULL,
    "proven_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "customer_ca_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "device_batch" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT 'manifest',
    "state" "BatchState" NOT NULL DEFAULT 'receiving',
    "profile_id" UUID NOT NULL,
    "options" JSONB NOT NULL,
    "file_name" TEXT NOT NULL DEFAULT '',
    "file_sha256" TEXT NOT NULL DEFAULT '',
    "report" JSONB NOT NULL DEFAULT '{}',
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "bad" INTEGER NOT NULL DEFAULT 0,
    "sample_size" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "started_by" TEXT,
    "finished_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "bundle_at" TIMESTAMPTZ(3),
    "bundle_by" TEXT,
    "worker_id" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "error" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "device_batch_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "device_batch_row" (
    "tenant_id" UUID NOT NULL,
    "batch_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "device_id" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL DEFAULT '',
    "serial" TEXT NOT NULL DEFAULT '',
    "data" JSONB NOT NULL DEFAULT '{}',
    "csr_pem" TEXT,
    "spki_sha256" TEXT,
    "problems" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "device_uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "certificate_pem" TEXT,
    "sealed_secret" BYTEA,

    CONSTRAINT "device_batch_row_pkey" PRIMARY KEY ("tenant_id","batch_id","line")
);

-- CreateTable
CREATE TABLE "column_mapping" (
    "tenant_id" UUID NOT NULL,
    "signature" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "column_mapping_pkey" PRIMARY KEY ("tenant_id","signature")
);

-- CreateTable
CREATE TABLE "device_transfer" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_uuid" UUID NOT NULL,
    "device_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "state" "TransferState" NOT NULL DEFAULT 'offered',
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" TEXT,
    "accepted_tenant_id" UUID,

    CONSTRAINT "device_transfer_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_group_public_id_key" ON "enrolment_group"("public_id");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_group_tenant_id_name_key" ON "enrolment_group"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_credential_sha256_key" ON "enrolment_credential"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_credential_secret_hash_key" ON "enrolment_credential"("secret_hash");

-- CreateIndex
CREATE INDEX "enrolment_credential_tenant_id_group_id_idx" ON "enrolment_credential"("tenant_id", "group_id");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_request_ownership_hash_key" ON "enrolment_request"("ownership_hash");

-- CreateIndex
CREATE INDEX "enrolment_request_tenant_id_last_at_idx" ON "enrolment_request"("tenant_id", "last_at");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_request_tenant_id_group_id_digest_key" ON "enrolment_request"("tenant_id", "group_id", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "customer_ca_sha256_key" ON "customer_ca"("sha256");

-- CreateIndex
CREATE INDEX "customer_ca_tenant_id_group_id_idx" ON "customer_ca"("tenant_id", "group_id");

-- CreateIndex
CREATE INDEX "device_batch_tenant_id_created_at_idx" ON "device_batch"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "device_batch_state_lease_until_idx" ON "device_batch"("state", "lease_until");

-- CreateIndex
CREATE INDEX "device_batch_row_tenant_id_batch_id_device_id_idx" ON "device_batch_row"("tenant_id", "batch_id", "device_id");

-- CreateIndex
CREATE INDEX "device_batch_row_tenant_id_batch_id_spki_sha256_idx" ON "device_batch_row"("tenant_id", "batch_id", "spki_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "device_transfer_code_hash_key" ON "device_transfer"("code_hash");

-- CreateIndex
CREATE INDEX "device_transfer_tenant_id_device_uuid_idx" ON "device_transfer"("tenant_id", "device_uuid");

-- CreateIndex
CREATE INDEX "device_tenant_id_serial_idx" ON "device"("tenant_id", "serial");

-- CreateIndex
CREATE INDEX "device_tenant_id_gateway_id_idx" ON "device"("tenant_id", "gateway_id");

-- CreateIndex
CREATE INDEX "device_tenant_id_batch_id_idx" ON "device"("tenant_id", "batch_id");

-- CreateIndex
CREATE INDEX "device_tenant_id_enrolment_group_id_idx" ON "device"("tenant_id", "enrolment_group_id");

-- AddForeignKey
ALTER TABLE "device" ADD CONSTRAINT "device_tenant_id_gateway_id_fkey" FOREIGN KEY ("tenant_id", "gateway_id") REFERENCES "device"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device" ADD CONSTRAINT "device_tenant_id_batch_id_fkey" FOREIGN KEY ("tenant_id", "batch_id") REFERENCES "device_batch"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device" ADD CONSTRAINT "device_tenant_id_enrolment_group_id_fkey" FOREIGN KEY ("tenant_id", "enrolment_group_id") REFERENCES "enrolment_group"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrolment_group_version" ADD CONSTRAINT "enrolment_group_version_tenant_id_group_id_fkey" FOREIGN KEY ("tenant_id", "group_id") REFERENCES "enrolment_group"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrolment_credential" ADD CONSTRAINT "enrolment_credential_tenant_id_group_id_fkey" FOREIGN KEY ("tenant_id", "group_id") REFERENCES "enrolment_group"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrolment_request" ADD CONSTRAINT "enrolment_request_tenant_id_group_id_fkey" FOREIGN KEY ("tenant_id", "group_id") REFERENCES "enrolment_group"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_ca" ADD CONSTRAINT "customer_ca_tenant_id_group_id_fkey" FOREIGN KEY ("tenant_id", "group_id") REFERENCES "enrolment_group"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device_batch_row" ADD CONSTRAINT "device_batch_row_tenant_id_batch_id_fkey" FOREIGN KEY ("tenant_id", "batch_id") REFERENCES "device_batch"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Row-level security and grants. The worker enrols and creates devices as the application role, in
-- the tenant that the ingest role has found for what was presented.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['enrolment_group', 'enrolment_group_version', 'enrolment_credential',
    'enrolment_request', 'customer_ca', 'device_batch', 'device_batch_row', 'column_mapping', 'device_transfer']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['enrolment_group', 'enrolment_group_version', 'enrolment_credential', 'customer_ca', 'device_batch']
  LOOP
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO quayside_ingest', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON enrolment_group_version TO quayside_app;
GRANT SELECT, INSERT, UPDATE ON enrolment_group, enrolment_credential, enrolment_request, customer_ca,
  device_batch, device_transfer TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON device_batch_row, column_mapping TO quayside_app;
GRANT DELETE ON customer_ca TO quayside_app;
GRANT UPDATE (state, worker_id, lease_until, error, finished_at) ON device_batch TO quayside_ingest;
