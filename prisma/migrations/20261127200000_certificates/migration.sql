-- Certificates to their last day: revocation with proof, lists, rotation and campaigns, trust anchors, TLS probes, alerts.

-- CreateEnum
CREATE TYPE "AuthorityState" AS ENUM ('active', 'trusted', 'retired');

-- CreateEnum
CREATE TYPE "CampaignState" AS ENUM ('draft', 'running', 'paused', 'halted', 'done', 'cancelled');

-- CreateEnum
CREATE TYPE "AlertState" AS ENUM ('open', 'acknowledged', 'resolved');

-- AlterTable
ALTER TABLE "certificate" ADD COLUMN     "follows_id" UUID,
ADD COLUMN     "last_used_at" TIMESTAMPTZ(3),
ADD COLUMN     "renewal_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "retire_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "certificate_authority" ADD COLUMN     "changed_at" TIMESTAMPTZ(3),
ADD COLUMN     "key_algorithm" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "key_place" TEXT NOT NULL DEFAULT 'file',
ADD COLUMN     "serial" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "spki_sha256" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "state" "AuthorityState" NOT NULL DEFAULT 'active';

-- AlterTable
ALTER TABLE "device_connection_event" ADD COLUMN     "certificate_sha256" TEXT,
ADD COLUMN     "tls_cipher" TEXT;

-- CreateTable
CREATE TABLE "certificate_revocation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "position" BIGSERIAL NOT NULL,
    "certificate_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "device_key" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "was_connected" BOOLEAN NOT NULL DEFAULT false,
    "last_session_at" TIMESTAMPTZ(3),
    "last_message_at" TIMESTAMPTZ(3),
    "crl_number" BIGINT,
    "crl_at" TIMESTAMPTZ(3),
    "cut_at" TIMESTAMPTZ(3),
    "cut_sessions" INTEGER NOT NULL DEFAULT 0,
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "last_attempt_at" TIMESTAMPTZ(3),
    "last_attempt_remote" TEXT,
    "released_at" TIMESTAMPTZ(3),
    "released_by" TEXT,

    CONSTRAINT "certificate_revocation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "revocation_check" (
    "tenant_id" UUID NOT NULL,
    "revocation_id" UUID NOT NULL,
    "worker_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sessions" INTEGER NOT NULL,

    CONSTRAINT "revocation_check_pkey" PRIMARY KEY ("tenant_id","revocation_id","worker_id")
);

-- CreateTable
CREATE TABLE "certificate_revocation_list" (
    "issuer_sha256" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "base_number" BIGINT,
    "this_update" TIMESTAMPTZ(3) NOT NULL,
    "next_update" TIMESTAMPTZ(3) NOT NULL,
    "der" BYTEA NOT NULL,
    "entries" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "certificate_revocation_list_pkey" PRIMARY KEY ("issuer_sha256","kind","number")
);

-- CreateTable
CREATE TABLE "renewal_ticket" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "certificate_id" UUID,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "renewal_ticket_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "rotation_campaign" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "target" JSONB NOT NULL,
    "waves" JSONB NOT NULL,
    "per_minute" INTEGER NOT NULL,
    "patience_days" INTEGER NOT NULL DEFAULT 7,
    "state" "CampaignState" NOT NULL DEFAULT 'draft',
    "wave" INTEGER NOT NULL DEFAULT 0,
    "wave_at" TIMESTAMPTZ(3),
    "halted_for" TEXT NOT NULL DEFAULT '',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "total" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "lease_owner" UUID,

    CONSTRAINT "rotation_campaign_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "rotation_campaign_device" (
    "tenant_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "device_id" UUID NOT NULL,
    "wave" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "open" BOOLEAN NOT NULL DEFAULT true,
    "asked_at" TIMESTAMPTZ(3),
    "asks" INTEGER NOT NULL DEFAULT 0,
    "old_certificate_id" UUID NOT NULL,
    "new_certificate_id" UUID,
    "finished_at" TIMESTAMPTZ(3),
    "detail" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "rotation_campaign_device_pkey" PRIMARY KEY ("tenant_id","campaign_id","device_id")
);

-- CreateTable
CREATE TABLE "trust_anchor" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "firmware" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "profile_id" UUID,
    "note" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "trust_anchor_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "server_certificate" (
    "sha256" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "serial" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "hosts" TEXT[],
    "key_algorithm" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replaced_at" TIMESTAMPTZ(3),

    CONSTRAINT "server_certificate_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "installation_setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "installation_setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "tls_probe_run" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "worker_id" UUID NOT NULL,
    "profile" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "cells" INTEGER NOT NULL DEFAULT 0,
    "wrong" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "tls_probe_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tls_probe_cell" (
    "run_id" UUID NOT NULL,
    "listener" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "suite" TEXT NOT NULL,
    "curve" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "milliseconds" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "tls_probe_cell_pkey" PRIMARY KEY ("run_id","listener","version","suite","curve","client")
);

-- CreateTable
CREATE TABLE "alert" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "rule" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "subject_name" TEXT NOT NULL,
    "step" TEXT NOT NULL DEFAULT '',
    "title" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "remedy" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "state" "AlertState" NOT NULL DEFAULT 'open',
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "alert_event" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "alert_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "step" TEXT NOT NULL DEFAULT '',
    "severity" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "alert_event_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "alert_channel" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "sealed_secret" BYTEA,
    "min_severity" TEXT NOT NULL DEFAULT 'warning',
    "rules" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "alert_channel_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "alert_delivery" (
    "tenant_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "error" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("tenant_id","event_id","channel_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "certificate_revocation_position_key" ON "certificate_revocation"("position");

-- CreateIndex
CREATE INDEX "certificate_revocation_tenant_id_certificate_id_idx" ON "certificate_revocation"("tenant_id", "certificate_id");

-- CreateIndex
CREATE INDEX "certificate_revocation_sha256_idx" ON "certificate_revocation"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "renewal_ticket_code_hash_key" ON "renewal_ticket"("code_hash");

-- CreateIndex
CREATE INDEX "renewal_ticket_tenant_id_device_id_idx" ON "renewal_ticket"("tenant_id", "device_id");

-- CreateIndex
CREATE INDEX "rotation_campaign_state_idx" ON "rotation_campaign"("state");

-- CreateIndex
CREATE INDEX "rotation_campaign_device_tenant_id_campaign_id_wave_state_idx" ON "rotation_campaign_device"("tenant_id", "campaign_id", "wave", "state");

-- CreateIndex
CREATE INDEX "rotation_campaign_device_tenant_id_device_id_idx" ON "rotation_campaign_device"("tenant_id", "device_id");

-- CreateIndex
CREATE UNIQUE INDEX "trust_anchor_tenant_id_sha256_key" ON "trust_anchor"("tenant_id", "sha256");

-- CreateIndex
CREATE INDEX "tls_probe_run_started_at_idx" ON "tls_probe_run"("started_at");

-- CreateIndex
CREATE INDEX "alert_tenant_id_state_last_at_idx" ON "alert"("tenant_id", "state", "last_at");

-- CreateIndex
CREATE INDEX "alert_tenant_id_rule_subject_id_idx" ON "alert"("tenant_id", "rule", "subject_id");

-- CreateIndex
CREATE INDEX "alert_event_tenant_id_alert_id_at_idx" ON "alert_event"("tenant_id", "alert_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_channel_tenant_id_name_key" ON "alert_channel"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "alert_delivery_state_next_at_idx" ON "alert_delivery"("state", "next_at");

-- CreateIndex
CREATE INDEX "certificate_tenant_id_renewal_due_at_idx" ON "certificate"("tenant_id", "renewal_due_at");

-- CreateIndex
CREATE INDEX "certificate_issuer_state_idx" ON "certificate"("issuer", "state");

-- AddForeignKey
ALTER TABLE "rotation_campaign_device" ADD CONSTRAINT "rotation_campaign_device_tenant_id_campaign_id_fkey" FOREIGN KEY ("tenant_id", "campaign_id") REFERENCES "rotation_campaign"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_event" ADD CONSTRAINT "alert_event_tenant_id_alert_id_fkey" FOREIGN KEY ("tenant_id", "alert_id") REFERENCES "alert"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_tenant_id_event_id_fkey" FOREIGN KEY ("tenant_id", "event_id") REFERENCES "alert_event"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_tenant_id_channel_id_fkey" FOREIGN KEY ("tenant_id", "channel_id") REFERENCES "alert_channel"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- A device is in one campaign at a time.
CREATE UNIQUE INDEX rotation_campaign_device_open_key ON rotation_campaign_device (tenant_id, device_id) WHERE open;
-- An alert that is not resolved is there once.
CREATE UNIQUE INDEX alert_open_key ON alert (tenant_id, rule, subject_kind, subject_id) WHERE state <> 'resolved';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['certificate_revocation', 'revocation_check', 'renewal_ticket', 'rotation_campaign',
    'rotation_campaign_device', 'trust_anchor', 'alert', 'alert_event', 'alert_channel', 'alert_delivery']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON certificate_revocation, renewal_ticket, rotation_campaign, rotation_campaign_device,
  alert, alert_event, alert_channel, alert_delivery TO quayside_app;
GRANT SELECT ON revocation_check TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON trust_anchor TO quayside_app;
GRANT DELETE ON alert_channel, alert_delivery TO quayside_app;
GRANT USAGE ON SEQUENCE certificate_revocation_position_seq TO quayside_app;
GRANT SELECT, UPDATE ON certificate_revocation, renewal_ticket, rotation_campaign TO quayside_ingest;
GRANT SELECT, INSERT, UPDATE ON rotation_campaign_device, alert, alert_event, alert_delivery TO quayside_ingest;
GRANT SELECT, INSERT ON revocation_check TO quayside_ingest;
GRANT SELECT ON alert_channel, trust_anchor TO quayside_ingest;
GRANT UPDATE (renewal_due_at, retire_at, last_used_at, suspended_at) ON certificate TO quayside_ingest;

-- Of the installation. Only services of the organisation that runs it change the settings and the authorities.
GRANT SELECT, INSERT, UPDATE ON installation_setting TO quayside_app;
GRANT UPDATE (state, key_place, key_algorithm, serial, spki_sha256, changed_at) ON certificate_authority TO quayside_app, quayside_ingest;
GRANT SELECT ON certificate_revocation_list, server_certificate, tls_probe_run, tls_probe_cell TO quayside_app;
GRANT SELECT ON installation_setting TO quayside_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON certificate_revocation_list, server_certificate, tls_probe_run, tls_probe_cell TO quayside_ingest;
