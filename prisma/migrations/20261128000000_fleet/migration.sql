-- The fleet as people see it: presence as workers judged it, tags, groups, views, notes, dashboards,
-- bulk changes, exports; and telemetry rolled up by minute and hour.

-- CreateEnum
CREATE TYPE "WorkState" AS ENUM ('queued', 'running', 'done', 'cancelled', 'failed');

-- CreateEnum
CREATE TYPE "Sharing" AS ENUM ('private', 'view', 'edit');

-- AlterTable
ALTER TABLE "device" ADD COLUMN     "latitude" DOUBLE PRECISION,
ADD COLUMN     "location_at" TIMESTAMPTZ(3),
ADD COLUMN     "location_source" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "longitude" DOUBLE PRECISION,
ADD COLUMN     "place" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "device_presence" (
    "tenant_id" UUID NOT NULL,
    "device_key" BIGINT NOT NULL,
    "presence" TEXT NOT NULL,
    "cause" TEXT NOT NULL DEFAULT '',
    "since" TIMESTAMPTZ(3) NOT NULL,
    "judged_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "folded_key" BIGINT,
    "contact_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_presence_pkey" PRIMARY KEY ("tenant_id","device_key")
);

-- CreateTable
CREATE TABLE "device_presence_event" (
    "tenant_id" UUID NOT NULL,
    "device_key" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "presence" TEXT NOT NULL,
    "cause" TEXT NOT NULL DEFAULT '',
    "previous" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "device_presence_event_pkey" PRIMARY KEY ("tenant_id","device_key","at")
);

-- CreateTable
CREATE TABLE "device_presence_day" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "device_key" BIGINT NOT NULL,
    "online" INTEGER NOT NULL DEFAULT 0,
    "idle" INTEGER NOT NULL DEFAULT 0,
    "late" INTEGER NOT NULL DEFAULT 0,
    "silent" INTEGER NOT NULL DEFAULT 0,
    "stranded" INTEGER NOT NULL DEFAULT 0,
    "excused" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "device_presence_day_pkey" PRIMARY KEY ("tenant_id","day","device_key")
);

-- CreateTable
CREATE TABLE "device_tag" (
    "tenant_id" UUID NOT NULL,
    "tag" TEXT NOT NULL,
    "device_key" BIGINT NOT NULL,

    CONSTRAINT "device_tag_pkey" PRIMARY KEY ("tenant_id","tag","device_key")
);

-- CreateTable
CREATE TABLE "device_note" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "device_note_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "device_group" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "filter" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "device_group_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "state" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "person_preference" (
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_preference_pkey" PRIMARY KEY ("tenant_id","user_id","key")
);

-- CreateTable
CREATE TABLE "bulk_job" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "action" JSONB NOT NULL,
    "selection" JSONB NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "state" "WorkState" NOT NULL DEFAULT 'queued',
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "user_id" UUID,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "cancelled_by" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "lease_owner" UUID,

    CONSTRAINT "bulk_job_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "bulk_job_device" (
    "tenant_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "device_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "detail" TEXT NOT NULL DEFAULT '',
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_job_device_pkey" PRIMARY KEY ("tenant_id","job_id","device_id")
);

-- CreateTable
CREATE TABLE "export_job" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "state" "WorkState" NOT NULL DEFAULT 'queued',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT NOT NULL DEFAULT '',
    "error" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "user_id" UUID,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "downloads" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "lease_owner" UUID,

    CONSTRAINT "export_job_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dashboard" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "owner_id" UUID NOT NULL,
    "sharing" "Sharing" NOT NULL DEFAULT 'private',
    "content" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "dashboard_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dashboard_version" (
    "tenant_id" UUID NOT NULL,
    "dashboard_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,

    CONSTRAINT "dashboard_version_pkey" PRIMARY KEY ("tenant_id","dashboard_id","revision")
);

-- CreateTable
CREATE TABLE "chart_annotation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "device_id" UUID,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3),
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "chart_annotation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "device_presence_tenant_id_presence_device_key_idx" ON "device_presence"("tenant_id", "presence", "device_key");

-- CreateIndex
CREATE INDEX "device_presence_tenant_id_folded_key_idx" ON "device_presence"("tenant_id", "folded_key");

-- CreateIndex
CREATE INDEX "device_presence_due_at_idx" ON "device_presence"("due_at");

-- CreateIndex
CREATE INDEX "device_presence_event_at_idx" ON "device_presence_event" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "device_presence_day_tenant_id_device_key_day_idx" ON "device_presence_day"("tenant_id", "device_key", "day");

-- CreateIndex
CREATE INDEX "device_tag_tenant_id_device_key_idx" ON "device_tag"("tenant_id", "device_key");

-- CreateIndex
CREATE INDEX "device_note_tenant_id_device_id_created_at_idx" ON "device_note"("tenant_id", "device_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "device_group_tenant_id_name_key" ON "device_group"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "saved_view_tenant_id_page_owner_id_name_key" ON "saved_view"("tenant_id", "page", "owner_id", "name");

-- CreateIndex
CREATE INDEX "bulk_job_tenant_id_created_at_idx" ON "bulk_job"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "bulk_job_state_idx" ON "bulk_job"("state");

-- CreateIndex
CREATE INDEX "bulk_job_device_tenant_id_job_id_state_idx" ON "bulk_job_device"("tenant_id", "job_id", "state");

-- CreateIndex
CREATE INDEX "export_job_tenant_id_created_at_idx" ON "export_job"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "export_job_state_idx" ON "export_job"("state");

-- CreateIndex
CREATE INDEX "dashboard_tenant_id_name_idx" ON "dashboard"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "chart_annotation_tenant_id_from_at_idx" ON "chart_annotation"("tenant_id", "from_at");

-- CreateIndex
CREATE INDEX "device_tenant_id_profile_id_name_id_idx" ON "device"("tenant_id", "profile_id", "name", "id");

-- CreateIndex
CREATE INDEX "device_tenant_id_latitude_longitude_idx" ON "device"("tenant_id", "latitude", "longitude");

-- AddForeignKey
ALTER TABLE "bulk_job_device" ADD CONSTRAINT "bulk_job_device_tenant_id_job_id_fkey" FOREIGN KEY ("tenant_id", "job_id") REFERENCES "bulk_job"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dashboard_version" ADD CONSTRAINT "dashboard_version_tenant_id_dashboard_id_fkey" FOREIGN KEY ("tenant_id", "dashboard_id") REFERENCES "dashboard"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;


DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['device_presence', 'device_presence_event', 'device_presence_day', 'device_tag',
    'device_note', 'device_group', 'saved_view', 'person_preference', 'bulk_job', 'bulk_job_device', 'export_job',
    'dashboard', 'dashboard_version', 'chart_annotation']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['device_presence', 'device_presence_event', 'device_presence_day', 'device_tag',
    'device_group', 'bulk_job', 'bulk_job_device', 'export_job']
  LOOP
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
  END LOOP;
  -- A device that moves between organisations is inserted by a function of the owner.
  FOREACH name IN ARRAY ARRAY['device_presence', 'device_presence_event', 'device_tag']
  LOOP
    EXECUTE format('CREATE POLICY owner_device ON %I TO CURRENT_USER USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON device_presence, device_presence_event, device_presence_day TO quayside_app;
GRANT SELECT, INSERT, DELETE ON device_tag TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON device_note, device_group, saved_view, person_preference, dashboard,
  dashboard_version, chart_annotation, bulk_job, bulk_job_device, export_job TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON device_presence, device_presence_event, device_presence_day TO quayside_ingest;
GRANT SELECT ON device_tag, device_group TO quayside_ingest;
GRANT SELECT, UPDATE ON bulk_job, bulk_job_device, export_job TO quayside_ingest;

ALTER TABLE device ADD CONSTRAINT device_location_whole CHECK (
  (latitude IS NULL) = (longitude IS NULL)
  AND (latitude IS NULL OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)));

-- Every device has a presence and its tags as rows, however it comes.
CREATE FUNCTION device_inserted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO device_presence (tenant_id, device_key, presence, since, judged_at)
    SELECT n.tenant_id, n.key, CASE WHEN n.state = 'active' THEN 'never_seen' ELSE n.state::text END, n.created_at, now()
    FROM inserted n ON CONFLICT DO NOTHING;
  INSERT INTO device_presence_event (tenant_id, device_key, at, presence)
    SELECT n.tenant_id, n.key, n.created_at, CASE WHEN n.state = 'active' THEN 'never_seen' ELSE n.state::text END
    FROM inserted n ON CONFLICT DO NOTHING;
  INSERT INTO device_tag (tenant_id, tag, device_key)
    SELECT DISTINCT n.tenant_id, t.tag, n.key FROM inserted n CROSS JOIN LATERAL unnest(n.tags) AS t(tag)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER device_inserted AFTER INSERT ON device REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION device_inserted();

-- What a person decides counts at once; everything else a worker judges again, within a second.
CREATE FUNCTION device_updated() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM after_update n JOIN before_update o ON o.key = n.key WHERE n.tags IS DISTINCT FROM o.tags) THEN
    DELETE FROM device_tag t USING after_update n JOIN before_update o ON o.key = n.key
      WHERE n.tags IS DISTINCT FROM o.tags AND t.tenant_id = n.tenant_id AND t.device_key = n.key
        AND NOT t.tag = ANY (n.tags);
    INSERT INTO device_tag (tenant_id, tag, device_key)
      SELECT DISTINCT n.tenant_id, t.tag, n.key FROM after_update n JOIN before_update o ON o.key = n.key
      CROSS JOIN LATERAL unnest(n.tags) AS t(tag)
      WHERE n.tags IS DISTINCT FROM o.tags
      ON CONFLICT DO NOTHING;
  END IF;
  IF EXISTS (SELECT FROM after_update n JOIN before_update o ON o.key = n.key
      WHERE n.state <> o.state OR n.profile_id <> o.profile_id OR n.gateway_id IS DISTINCT FROM o.gateway_id) THEN
    WITH changed AS (
      UPDATE device_presence p SET due_at = now(),
          presence = CASE WHEN n.state = 'active' THEN p.presence ELSE n.state::text END,
          cause = CASE WHEN n.state = 'active' THEN p.cause ELSE 'state' END,
          since = CASE WHEN n.state = 'active' OR p.presence = n.state::text THEN p.since ELSE now() END
        FROM after_update n JOIN before_update o ON o.key = n.key
        JOIN device_presence q ON q.tenant_id = n.tenant_id AND q.device_key = n.key
        WHERE (n.state <> o.state OR n.profile_id <> o.profile_id OR n.gateway_id IS DISTINCT FROM o.gateway_id)
          AND p.tenant_id = n.tenant_id AND p.device_key = n.key
        RETURNING p.tenant_id, p.device_key, p.presence, p.cause, q.presence AS previous)
    INSERT INTO device_presence_event (tenant_id, device_key, at, presence, cause, previous)
      SELECT c.tenant_id, c.device_key, now(), c.presence, c.cause, c.previous FROM changed c
      WHERE c.presence <> c.previous
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER device_updated AFTER UPDATE ON device REFERENCING OLD TABLE AS before_update NEW TABLE AS after_update
  FOR EACH STATEMENT EXECUTE FUNCTION device_updated();

-- Devices that were there before. The forced policies bind an owner that is no superuser.
ALTER TABLE device NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_tag NO FORCE ROW LEVEL SECURITY;
INSERT INTO device_presence (tenant_id, device_key, presence, since, judged_at, due_at)
  SELECT d.tenant_id, d.key, CASE WHEN d.state = 'active' THEN 'never_seen' ELSE d.state::text END, d.created_at, now(), now()
  FROM device d;
INSERT INTO device_presence_event (tenant_id, device_key, at, presence)
  SELECT d.tenant_id, d.key, d.created_at, CASE WHEN d.state = 'active' THEN 'never_seen' ELSE d.state::text END FROM device d;
INSERT INTO device_tag (tenant_id, tag, device_key)
  SELECT DISTINCT d.tenant_id, t.tag, d.key FROM device d CROSS JOIN LATERAL unnest(d.tags) AS t(tag);
ALTER TABLE device FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence_event FORCE ROW LEVEL SECURITY;
ALTER TABLE device_tag FORCE ROW LEVEL SECURITY;

-- Readings by minute and by hour: one row for each device, bucket and schema version; the field at a position of the
-- version is at that position + 1 of every array. A field without readings in the bucket has the count 0.
CREATE TABLE telemetry.rollup_minute (
  device_key bigint      NOT NULL,
  bucket     timestamptz NOT NULL,
  schema_id  integer     NOT NULL,
  counts     integer[]   NOT NULL,
  sums       double precision[] NOT NULL,
  mins       double precision[] NOT NULL,
  maxs       double precision[] NOT NULL,
  lasts      double precision[] NOT NULL,
  last_ms    integer[]   NOT NULL,
  PRIMARY KEY (device_key, bucket, schema_id)
) PARTITION BY RANGE (bucket);
COMMENT ON COLUMN telemetry.rollup_minute.last_ms IS 'milliseconds from the bucket to the reading that is the last of the field';
CREATE TABLE telemetry.rollup_minute_default PARTITION OF telemetry.rollup_minute DEFAULT;
CREATE TABLE telemetry.rollup_hour (LIKE telemetry.rollup_minute INCLUDING ALL) PARTITION BY RANGE (bucket);
CREATE TABLE telemetry.rollup_hour_default PARTITION OF telemetry.rollup_hour DEFAULT;
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.rollup_minute, telemetry.rollup_hour TO quayside_ingest;
CREATE VIEW telemetry.visible_rollup_minute WITH (security_barrier) AS
  SELECT r.* FROM telemetry.rollup_minute r JOIN public.device d ON d.key = r.device_key
  WHERE d.tenant_id = public.app_tenant();
CREATE VIEW telemetry.visible_rollup_hour WITH (security_barrier) AS
  SELECT r.* FROM telemetry.rollup_hour r JOIN public.device d ON d.key = r.device_key
  WHERE d.tenant_id = public.app_tenant();
GRANT SELECT ON telemetry.visible_rollup_minute, telemetry.visible_rollup_hour TO quayside_app;
