-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'operator', 'admin', 'compliance_officer', 'auditor');

-- CreateEnum
CREATE TYPE "DeviceState" AS ENUM ('active', 'suspended', 'decommissioned');

-- CreateEnum
CREATE TYPE "CertificateState" AS ENUM ('issued', 'active', 'superseded', 'retired', 'suspended', 'revoked');

-- CreateEnum
CREATE TYPE "LedgerOutcome" AS ENUM ('received', 'stored', 'duplicate', 'filtered', 'dead_lettered', 'rejected', 'shed');

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "operator" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "password_hash" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "session" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "token_hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "absolute_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "token_hash" BYTEA NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "actor_type" TEXT NOT NULL,
    "action_code" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "request_id" TEXT,
    "ip" TEXT,
    "payload" JSONB,
    "salt" BYTEA,
    "payload_digest" BYTEA NOT NULL,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "profile" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "open" BOOLEAN NOT NULL DEFAULT false,
    "schema_id" INTEGER NOT NULL,
    "expected_contact_seconds" INTEGER NOT NULL DEFAULT 300,
    "certificate_days" INTEGER NOT NULL DEFAULT 90,
    "max_past_seconds" INTEGER NOT NULL DEFAULT 604800,
    "max_future_seconds" INTEGER NOT NULL DEFAULT 300,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "profile_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "schema_version" (
    "tenant_id" UUID NOT NULL,
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "json_schema" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schema_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "schema_field" (
    "tenant_id" UUID NOT NULL,
    "schema_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "unit" TEXT,
    "introduced_by" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schema_field_pkey" PRIMARY KEY ("tenant_id","schema_id","position")
);

-- CreateTable
CREATE TABLE "device" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "key" BIGSERIAL NOT NULL,
    "device_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "state" "DeviceState" NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "decommissioned_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "device_status" (
    "tenant_id" UUID NOT NULL,
    "device_key" BIGINT NOT NULL,
    "connected" BOOLEAN NOT NULL DEFAULT false,
    "worker_id" UUID,
    "connected_at" TIMESTAMPTZ(3),
    "disconnected_at" TIMESTAMPTZ(3),
    "disconnect_reason" TEXT,
    "last_message_at" TIMESTAMPTZ(3),
    "remote_address" TEXT,
    "client_id" TEXT,
    "protocol" TEXT,
    "tls_version" TEXT,
    "tls_cipher" TEXT,
    "certificate_sha256" TEXT,

    CONSTRAINT "device_status_pkey" PRIMARY KEY ("tenant_id","device_key")
);

-- CreateTable
CREATE TABLE "certificate" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "serial" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "spki_sha256" TEXT NOT NULL,
    "key_algorithm" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "state" "CertificateState" NOT NULL DEFAULT 'issued',
    "pem" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "issued_by" TEXT NOT NULL,
    "activated_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revocation_reason" TEXT,

    CONSTRAINT "certificate_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "device_credential" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_credential_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_key" BIGINT NOT NULL,
    "device_id" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "transport" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "qos" INTEGER NOT NULL,
    "message_id" TEXT,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "ledger_minute" (
    "tenant_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "transport" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "outcome" "LedgerOutcome" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL,

    CONSTRAINT "ledger_minute_pkey" PRIMARY KEY ("tenant_id","minute","transport","profile_id","outcome","reason")
);

-- CreateTable
CREATE TABLE "refused_connection" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "claimed_id" TEXT NOT NULL,
    "device_key" BIGINT,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "remedy" TEXT NOT NULL,
    "remote" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "sha256" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refused_connection_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "sign_in_throttle" (
    "key" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "retry_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "setup_token" (
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_token_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "certificate_authority" (
    "sha256" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "certificate_authority_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "worker_instance" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "bus_path" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_run" (
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT NOT NULL DEFAULT 'running',
    "detail" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_hash_key" ON "session"("token_hash");

-- CreateIndex
CREATE INDEX "session_tenant_id_user_id_idx" ON "session"("tenant_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_target_seq_idx" ON "audit_event"("tenant_id", "target", "seq");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_at_idx" ON "audit_event"("tenant_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "profile_tenant_id_name_key" ON "profile"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "schema_version_id_key" ON "schema_version"("id");

-- CreateIndex
CREATE UNIQUE INDEX "schema_version_tenant_id_name_version_key" ON "schema_version"("tenant_id", "name", "version");

-- CreateIndex
CREATE UNIQUE INDEX "schema_field_tenant_id_schema_id_name_key" ON "schema_field"("tenant_id", "schema_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "device_device_id_key" ON "device"("device_id");

-- CreateIndex
CREATE INDEX "device_tenant_id_name_id_idx" ON "device"("tenant_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "device_key_key" ON "device"("key");

-- CreateIndex
CREATE UNIQUE INDEX "device_tenant_id_key_key" ON "device"("tenant_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "certificate_sha256_key" ON "certificate"("sha256");

-- CreateIndex
CREATE INDEX "certificate_tenant_id_device_id_idx" ON "certificate"("tenant_id", "device_id");

-- CreateIndex
CREATE INDEX "certificate_tenant_id_not_after_idx" ON "certificate"("tenant_id", "not_after");

-- CreateIndex
CREATE INDEX "certificate_spki_sha256_idx" ON "certificate"("spki_sha256");

-- CreateIndex
CREATE INDEX "device_credential_tenant_id_device_id_idx" ON "device_credential"("tenant_id", "device_id");

-- CreateIndex
CREATE INDEX "dead_letter_tenant_id_received_at_id_idx" ON "dead_letter"("tenant_id", "received_at", "id");

-- CreateIndex
CREATE INDEX "dead_letter_tenant_id_device_key_received_at_idx" ON "dead_letter"("tenant_id", "device_key", "received_at");

-- CreateIndex
CREATE INDEX "refused_connection_tenant_id_last_at_idx" ON "refused_connection"("tenant_id", "last_at");

-- CreateIndex
CREATE INDEX "refused_connection_tenant_id_device_key_last_at_idx" ON "refused_connection"("tenant_id", "device_key", "last_at");

-- CreateIndex
CREATE UNIQUE INDEX "refused_connection_tenant_id_claimed_id_reason_sha256_remot_key" ON "refused_connection"("tenant_id", "claimed_id", "reason", "sha256", "remote");

-- AddForeignKey
ALTER TABLE "user" ADD CONSTRAINT "user_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "user"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_tenant_id_schema_id_fkey" FOREIGN KEY ("tenant_id", "schema_id") REFERENCES "schema_version"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "schema_field" ADD CONSTRAINT "schema_field_tenant_id_schema_id_fkey" FOREIGN KEY ("tenant_id", "schema_id") REFERENCES "schema_version"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device" ADD CONSTRAINT "device_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device" ADD CONSTRAINT "device_tenant_id_profile_id_fkey" FOREIGN KEY ("tenant_id", "profile_id") REFERENCES "profile"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device_status" ADD CONSTRAINT "device_status_tenant_id_device_key_fkey" FOREIGN KEY ("tenant_id", "device_key") REFERENCES "device"("tenant_id", "key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificate" ADD CONSTRAINT "certificate_tenant_id_device_id_fkey" FOREIGN KEY ("tenant_id", "device_id") REFERENCES "device"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device_credential" ADD CONSTRAINT "device_credential_tenant_id_device_id_fkey" FOREIGN KEY ("tenant_id", "device_id") REFERENCES "device"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Row-level security, grants, telemetry: what Prisma does not describe.
-- Roles are created before the migrations (server/db/roles.ts), neither owns a table nor bypasses row-level security.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO quayside_app, quayside_ingest;

CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant', true), '')::uuid;
CREATE FUNCTION app_presented(kind text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN decode(nullif(current_setting('app.' || kind, true), ''), 'hex');

-- Every tenant table: forced row-level security, the application sees the tenant that the transaction names.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user', 'session', 'invitation', 'api_token', 'audit_head', 'audit_event',
    'profile', 'schema_version', 'schema_field', 'device', 'device_status', 'certificate',
    'device_credential', 'dead_letter', 'ledger_minute', 'refused_connection']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
  END LOOP;
END $$;
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant TO quayside_app USING (id = app_tenant()) WITH CHECK (id = app_tenant());

-- Before the tenant is known: exactly the row whose credential was presented.
CREATE POLICY presented ON "user" FOR SELECT TO quayside_app USING (email = nullif(current_setting('app.email', true), ''));
CREATE POLICY presented ON session FOR SELECT TO quayside_app USING (token_hash = app_presented('session'));
CREATE POLICY presented ON api_token FOR SELECT TO quayside_app USING (token_hash = app_presented('token'));
CREATE POLICY presented ON invitation FOR SELECT TO quayside_app USING (token_hash = app_presented('invitation'));

GRANT SELECT, INSERT, UPDATE ON tenant, "user", session, invitation, api_token, profile, device, certificate,
  device_credential, audit_head TO quayside_app;
GRANT SELECT, INSERT ON audit_event, schema_version, schema_field TO quayside_app;
GRANT SELECT ON device_status, dead_letter, ledger_minute, refused_connection TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_throttle, setup_token TO quayside_app;
GRANT SELECT, INSERT ON certificate_authority TO quayside_app, quayside_ingest;
GRANT SELECT ON worker_instance, job_run TO quayside_app;
GRANT USAGE ON SEQUENCE device_key_seq, schema_version_id_seq TO quayside_app;

-- The ingest role works for all tenants, on what ingest needs and nothing else.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_head', 'audit_event', 'profile', 'schema_version', 'schema_field', 'device',
    'device_status', 'certificate', 'device_credential', 'dead_letter', 'ledger_minute', 'refused_connection']
  LOOP
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
CREATE POLICY ingest ON tenant FOR SELECT TO quayside_ingest USING (true);
GRANT SELECT ON tenant, profile, schema_version, schema_field, device, certificate, device_credential TO quayside_ingest;
GRANT INSERT ON schema_field TO quayside_ingest;
GRANT UPDATE (state, activated_at) ON certificate TO quayside_ingest;
GRANT SELECT, INSERT, UPDATE ON device_status, ledger_minute, refused_connection, audit_head TO quayside_ingest;
GRANT SELECT, INSERT ON dead_letter, audit_event TO quayside_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_instance, job_run TO quayside_ingest;

-- Telemetry. One row per message, values[position + 1] is the field at that position of the schema version.
-- No tenant_id: the key is the device's, and the application reads through the view below only.
CREATE SCHEMA telemetry;
GRANT USAGE ON SCHEMA telemetry TO quayside_app, quayside_ingest;

CREATE TABLE telemetry.reading (
  device_key  bigint      NOT NULL,
  ts          timestamptz NOT NULL,
  message_key bigint      NOT NULL,
  received_at timestamptz NOT NULL,
  schema_id   integer     NOT NULL,
  flags       smallint    NOT NULL,
  "values"    double precision[] NOT NULL,
  extra       jsonb,
  PRIMARY KEY (device_key, ts, message_key)
) PARTITION BY RANGE (ts);
COMMENT ON COLUMN telemetry.reading.flags IS '1: the device''s time was out of bounds, ts is the server''s, 2: the device sent no time';

-- What no daily partition takes (very old back-fill) lands here and is never lost.
CREATE TABLE telemetry.reading_default PARTITION OF telemetry.reading DEFAULT;
GRANT SELECT, INSERT ON telemetry.reading TO quayside_ingest;

-- Keys of recent messages that came without a device time: the duplicate window.
CREATE TABLE telemetry.recent_message (
  device_key  bigint      NOT NULL,
  message_key bigint      NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (device_key, message_key)
);
CREATE INDEX recent_message_received_at ON telemetry.recent_message USING brin (received_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.recent_message TO quayside_ingest;

-- The newest batch that each worker committed: a COMMIT whose answer was lost is recognised when the batch is tried again.
CREATE TABLE telemetry.batch (
  worker_id    uuid PRIMARY KEY,
  sequence     bigint NOT NULL,
  committed_at timestamptz NOT NULL
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.batch TO quayside_ingest;
-- First statement of a batch's transaction. Its row lock also makes a retry wait for a connection that is thought dead but is not.
CREATE FUNCTION telemetry.claim_batch(worker uuid, batch_sequence bigint) RETURNS void
LANGUAGE plpgsql SET search_path = telemetry, pg_temp AS $$
BEGIN
  INSERT INTO batch AS b (worker_id, sequence, committed_at) VALUES (worker, batch_sequence, now())
  ON CONFLICT (worker_id) DO UPDATE SET sequence = EXCLUDED.sequence, committed_at = now()
    WHERE b.sequence < EXCLUDED.sequence;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'batch % of worker % is committed already', batch_sequence, worker USING ERRCODE = 'QS001';
  END IF;
END $$;
REVOKE ALL ON FUNCTION telemetry.claim_batch(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.claim_batch(uuid, bigint) TO quayside_ingest;

-- Newest value of each field: {"temperature":{"v":21.5,"t":1732270000123}}.
CREATE TABLE telemetry.latest (
  device_key  bigint PRIMARY KEY,
  received_at timestamptz NOT NULL,
  fields      jsonb NOT NULL
) WITH (fillfactor = 70);
GRANT SELECT, INSERT, UPDATE ON telemetry.latest TO quayside_ingest;

-- Daily partitions from first_day on, returns how many had to be created.
CREATE FUNCTION telemetry.ensure_partitions(first_day date, days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
DECLARE
  day date;
  created integer := 0;
BEGIN
  IF days > 400 THEN RAISE EXCEPTION 'at most 400 days at a time'; END IF;
  PERFORM pg_advisory_xact_lock(7294816302);
  FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
    IF to_regclass(format('telemetry.reading_%s', to_char(day, 'YYYYMMDD'))) IS NULL THEN
      EXECUTE format('CREATE TABLE telemetry.%I PARTITION OF telemetry.reading FOR VALUES FROM (%L) TO (%L)',
        'reading_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
      created := created + 1;
    END IF;
  END LOOP;
  RETURN created;
END $$;
-- How many of the coming days have their partition already.
CREATE FUNCTION telemetry.partitions_ahead() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT count(*)::integer FROM generate_series(1, 30) AS n
  WHERE to_regclass(format('telemetry.reading_%s', to_char((now() AT TIME ZONE 'UTC')::date + n, 'YYYYMMDD'))) IS NOT NULL
$$;
REVOKE ALL ON FUNCTION telemetry.ensure_partitions(date, integer), telemetry.partitions_ahead() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.ensure_partitions(date, integer), telemetry.partitions_ahead() TO quayside_ingest;

-- The application's window on telemetry: the tenant's devices and no others, whatever the query asks.
CREATE VIEW telemetry.visible_reading WITH (security_barrier) AS
  SELECT r.* FROM telemetry.reading r JOIN public.device d ON d.key = r.device_key
  WHERE d.tenant_id = public.app_tenant();
CREATE VIEW telemetry.visible_latest WITH (security_barrier) AS
  SELECT l.* FROM telemetry.latest l JOIN public.device d ON d.key = l.device_key
  WHERE d.tenant_id = public.app_tenant();
GRANT SELECT ON telemetry.visible_reading, telemetry.visible_latest TO quayside_app;
-- A device's newest readings by index: the view's barrier keeps ORDER BY … LIMIT from using it.
CREATE FUNCTION telemetry.newest_readings(device bigint, most integer)
RETURNS TABLE (ts timestamptz, received_at timestamptz, schema_id integer, flags smallint, "values" double precision[], extra jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.device d WHERE d.key = device AND d.tenant_id = public.app_tenant()) THEN
    RETURN;
  END IF;
  -- Literals, so that the plan knows how few rows are wanted.
  RETURN QUERY EXECUTE format('SELECT r.ts, r.received_at, r.schema_id, r.flags, r."values", r.extra
    FROM telemetry.reading r WHERE r.device_key = %s ORDER BY r.ts DESC LIMIT %s', device, least(most, 1000));
END $$;
REVOKE ALL ON FUNCTION telemetry.newest_readings(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.newest_readings(bigint, integer) TO quayside_app;

-- An owner that is no superuser is bound by the forced policies too, its views may read what the tenant setting allows.
CREATE POLICY owner_view ON device FOR SELECT TO CURRENT_USER USING (tenant_id = app_tenant());

-- Whether the public key is bound to another device, of whichever tenant; told as yes or no and nothing else.
-- The lock makes two issues of the same key wait for each other until their transactions end.
CREATE POLICY owner_public_key ON certificate FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION spki_in_use(spki text, device uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('spki:' || spki, 0));
  RETURN EXISTS (SELECT 1 FROM certificate c WHERE c.spki_sha256 = spki AND c.device_id <> device);
END $$;
REVOKE ALL ON FUNCTION spki_in_use(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spki_in_use(text, uuid) TO quayside_app;

-- Before anyone has signed in: whether the first administrator exists, and whose audit trail keeps sign-ins of unknown accounts.
CREATE POLICY owner_people ON "user" FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION installation_has_users() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT EXISTS (SELECT 1 FROM "user") $$;
CREATE POLICY owner_operator ON tenant FOR SELECT TO CURRENT_USER USING (operator);
CREATE FUNCTION operator_tenant() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id FROM tenant WHERE operator ORDER BY created_at, id LIMIT 1
$$;
REVOKE ALL ON FUNCTION installation_has_users(), operator_tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION installation_has_users(), operator_tenant() TO quayside_app;
