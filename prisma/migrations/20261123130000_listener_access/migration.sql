-- Device credentials: SAS keys beside passwords.
-- AlterTable
ALTER TABLE "device_credential" ADD COLUMN     "sealed_key" BYTEA,
ALTER COLUMN "secret_hash" DROP NOT NULL;
-- A slot holds one key at a time.
CREATE UNIQUE INDEX device_credential_sas_slot ON device_credential (tenant_id, device_id, kind)
  WHERE revoked_at IS NULL AND kind LIKE 'sas-%';

-- CreateEnum
CREATE TYPE "ServiceClientState" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "ListenerLimitScope" AS ENUM ('connection', 'device', 'tenant');

-- CreateTable
CREATE TABLE "service_client" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" "ServiceClientState" NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "service_client_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "service_client_password" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "service_client_id" UUID NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "service_client_password_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "service_client_grant" (
    "tenant_id" UUID NOT NULL,
    "service_client_id" UUID NOT NULL,
    "filter" TEXT NOT NULL,
    "may_subscribe" BOOLEAN NOT NULL,
    "may_publish" BOOLEAN NOT NULL,

    CONSTRAINT "service_client_grant_pkey" PRIMARY KEY ("tenant_id","service_client_id","filter")
);

-- CreateTable
CREATE TABLE "listener_limit" (
    "tenant_id" UUID NOT NULL,
    "scope" "ListenerLimitScope" NOT NULL,
    "name" TEXT NOT NULL,
    "value" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "listener_limit_pkey" PRIMARY KEY ("tenant_id","scope","name")
);

-- CreateIndex
CREATE UNIQUE INDEX "service_client_username_key" ON "service_client"("username");

-- CreateIndex
CREATE UNIQUE INDEX "service_client_tenant_id_name_key" ON "service_client"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "service_client_password_tenant_id_service_client_id_idx" ON "service_client_password"("tenant_id", "service_client_id");

-- AddForeignKey
ALTER TABLE "service_client_password" ADD CONSTRAINT "service_client_password_tenant_id_service_client_id_fkey" FOREIGN KEY ("tenant_id", "service_client_id") REFERENCES "service_client"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_client_grant" ADD CONSTRAINT "service_client_grant_tenant_id_service_client_id_fkey" FOREIGN KEY ("tenant_id", "service_client_id") REFERENCES "service_client"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security and grants, as for the other tables of a tenant.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['service_client', 'service_client_password', 'service_client_grant', 'listener_limit']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

-- A service client that is removed leaves its record in the audit trail only.
GRANT SELECT, INSERT, UPDATE, DELETE ON service_client, service_client_password, service_client_grant, listener_limit TO quayside_app;
GRANT SELECT ON service_client, service_client_password, service_client_grant, listener_limit TO quayside_ingest;
GRANT UPDATE (used_at) ON service_client_password TO quayside_ingest;
