-- When devices came and went: the newest connection alone is in device_status.
-- CreateEnum
CREATE TYPE "ConnectionEventKind" AS ENUM ('connected', 'disconnected');

-- CreateTable
CREATE TABLE "device_connection_event" (
    "tenant_id" UUID NOT NULL,
    "device_key" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "ConnectionEventKind" NOT NULL,
    "reason" TEXT,
    "remote_address" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "tls_version" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "device_connection_event_pkey" PRIMARY KEY ("tenant_id","device_key","at","kind")
);

-- CreateIndex
CREATE INDEX "device_connection_event_at_idx" ON "device_connection_event" USING BRIN ("at");

-- Row-level security and grants, as for the other tables of a tenant.
ALTER TABLE device_connection_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_connection_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON device_connection_event TO quayside_app
  USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE POLICY ingest ON device_connection_event TO quayside_ingest USING (true) WITH CHECK (true);
GRANT SELECT ON device_connection_event TO quayside_app;
GRANT SELECT, INSERT, DELETE ON device_connection_event TO quayside_ingest;
