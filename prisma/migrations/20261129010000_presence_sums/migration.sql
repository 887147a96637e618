-- Sums over a period without its days: each row of a day says as well what all days of the device up to it add up to, so
-- that two rows of a device answer for any period. What all devices of an organisation add up to in a day is a row of its own.

ALTER TABLE "device_presence_day" ADD COLUMN "online_sum" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "idle_sum" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "late_sum" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "silent_sum" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "stranded_sum" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "excused_sum" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "presence_day" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "online" BIGINT NOT NULL DEFAULT 0,
    "idle" BIGINT NOT NULL DEFAULT 0,
    "late" BIGINT NOT NULL DEFAULT 0,
    "silent" BIGINT NOT NULL DEFAULT 0,
    "stranded" BIGINT NOT NULL DEFAULT 0,
    "excused" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "presence_day_pkey" PRIMARY KEY ("tenant_id","day")
);

ALTER TABLE presence_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE presence_day FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON presence_day TO quayside_app
  USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE POLICY ingest ON presence_day TO quayside_ingest USING (true) WITH CHECK (true);
GRANT SELECT ON presence_day TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON presence_day TO quayside_ingest;

-- Days into which news reaches back, written with the news itself: whoever judged may be gone before it has summed up again.
CREATE TABLE telemetry.presence_again (
  tenant_id  uuid   NOT NULL,
  device_key bigint NOT NULL,
  day        date   NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.presence_again TO quayside_ingest;

-- Whoever writes the day of a device changes the day of its organisation by the difference, in the same transaction.
CREATE FUNCTION presence_day_added() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO presence_day AS p (tenant_id, day, online, idle, late, silent, stranded, excused)
    SELECT n.tenant_id, n.day, sum(n.online), sum(n.idle), sum(n.late), sum(n.silent), sum(n.stranded), sum(n.excused)
    FROM added n GROUP BY n.tenant_id, n.day ORDER BY n.tenant_id, n.day
    ON CONFLICT (tenant_id, day) DO UPDATE SET online = p.online + excluded.online, idle = p.idle + excluded.idle,
      late = p.late + excluded.late, silent = p.silent + excluded.silent, stranded = p.stranded + excluded.stranded,
      excused = p.excused + excluded.excused;
  RETURN NULL;
END $$;
CREATE TRIGGER presence_day_added AFTER INSERT ON device_presence_day REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION presence_day_added();

CREATE FUNCTION presence_day_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO presence_day AS p (tenant_id, day, online, idle, late, silent, stranded, excused)
    SELECT c.tenant_id, c.day, sum(c.online), sum(c.idle), sum(c.late), sum(c.silent), sum(c.stranded), sum(c.excused)
    FROM (SELECT n.tenant_id, n.day, n.online, n.idle, n.late, n.silent, n.stranded, n.excused FROM after_update n
      UNION ALL
      SELECT o.tenant_id, o.day, -o.online, -o.idle, -o.late, -o.silent, -o.stranded, -o.excused FROM before_update o) c
    GROUP BY c.tenant_id, c.day ORDER BY c.tenant_id, c.day
    ON CONFLICT (tenant_id, day) DO UPDATE SET online = p.online + excluded.online, idle = p.idle + excluded.idle,
      late = p.late + excluded.late, silent = p.silent + excluded.silent, stranded = p.stranded + excluded.stranded,
      excused = p.excused + excluded.excused;
  RETURN NULL;
END $$;
CREATE TRIGGER presence_day_changed AFTER UPDATE ON device_presence_day
  REFERENCING OLD TABLE AS before_update NEW TABLE AS after_update
  FOR EACH STATEMENT EXECUTE FUNCTION presence_day_changed();

-- Days that are there already. The forced policies bind an owner that is no superuser.
ALTER TABLE device_presence_day NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence_day DISABLE TRIGGER presence_day_changed;
ALTER TABLE presence_day NO FORCE ROW LEVEL SECURITY;
UPDATE device_presence_day y SET online_sum = s.online, idle_sum = s.idle, late_sum = s.late,
    silent_sum = s.silent, stranded_sum = s.stranded, excused_sum = s.excused
  FROM (SELECT d.tenant_id, d.day, d.device_key, sum(d.online) OVER upto AS online, sum(d.idle) OVER upto AS idle,
      sum(d.late) OVER upto AS late, sum(d.silent) OVER upto AS silent, sum(d.stranded) OVER upto AS stranded,
      sum(d.excused) OVER upto AS excused
    FROM device_presence_day d WINDOW upto AS (PARTITION BY d.tenant_id, d.device_key ORDER BY d.day)) s
  WHERE y.tenant_id = s.tenant_id AND y.day = s.day AND y.device_key = s.device_key;
INSERT INTO presence_day (tenant_id, day, online, idle, late, silent, stranded, excused)
  SELECT d.tenant_id, d.day, sum(d.online), sum(d.idle), sum(d.late), sum(d.silent), sum(d.stranded), sum(d.excused)
  FROM device_presence_day d GROUP BY d.tenant_id, d.day;
ALTER TABLE presence_day FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence_day ENABLE TRIGGER presence_day_changed;
ALTER TABLE device_presence_day FORCE ROW LEVEL SECURITY;
