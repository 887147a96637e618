import type { Database } from "#server/db/client.ts";
import type { ServerPause } from "#server/domain/judge-presence.ts";

/** That a worker may judge, as of when, and what it must excuse. */
export type PresenceTurn = {
  /** The database's clock. */
  readonly now: Date;
  readonly pause: ServerPause | null;
  /** The clock is behind where it was: what is due by it is due too late. */
  readonly jumpedBack: boolean;
  /** Last day (ISO) of which the sums are written; null: none yet. */
  readonly dayDone: string | null;
};

const leaseSeconds = 10;
/** So long without a look, or such a step of the clock, is a pause. */
const gapSeconds = 60;

type Row = {
  readonly now: Date;
  readonly from: number | null;
  readonly until: number | null;
  readonly jumpedBack: boolean;
  readonly dayDone: string | null;
};

/**
 * Takes the turn to judge presence, or keeps it: one worker has it, and loses it when it does not
 * come back for ten seconds (ingest role).
 * @param at.now the database's clock; tests set it
 * @returns null when another worker has it
 */
export async function takePresenceTurn(
  db: Database,
  at: { readonly holder: string; readonly now?: Date },
): Promise<PresenceTurn | null> {
  const { rows } = await db.pool.query<Row>(
    `UPDATE telemetry.presence_engine e SET holder = $1, looked_at = c.now,
       lease_until = c.now + make_interval(secs => $3::float8),
       jumped_back = c.gap < -$4::float8,
       pause_from = CASE WHEN c.gap > $4::float8 THEN e.looked_at WHEN c.gap < -$4::float8 THEN c.now ELSE e.pause_from END,
       pause_until = CASE WHEN abs(c.gap) > $4::float8 THEN c.now ELSE e.pause_until END
     FROM (SELECT n.now, extract(epoch FROM n.now - b.looked_at)::float8 AS gap
       FROM (SELECT date_trunc('milliseconds', COALESCE($2::timestamptz, clock_timestamp())) AS now) n,
         telemetry.presence_engine b) c
     WHERE e.holder IS NULL OR e.holder = $1 OR e.lease_until <= c.now
       OR e.lease_until > c.now + make_interval(secs => $3::float8 + $4::float8)
     RETURNING e.looked_at AS now, (extract(epoch FROM e.pause_from) * 1000)::float8 AS "from",
       (extract(epoch FROM e.pause_until) * 1000)::float8 AS until,
       coalesce(e.jumped_back, false) AS "jumpedBack", e.day_done::text AS "dayDone"`,
    [at.holder, at.now ?? null, leaseSeconds, gapSeconds],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { now, from, until, jumpedBack, dayDone } = row;
  return {
    now,
    jumpedBack,
    dayDone,
    pause: from === null || until === null ? null : { from, until },
  };
}

/** Gives the turn back, for the next worker to take at once (ingest role). */
export async function leavePresenceTurn(db: Database, holder: string): Promise<void> {
  await db.pool.query("UPDATE telemetry.presence_engine SET holder = NULL WHERE holder = $1", [
    holder,
  ]);
}

/** Everything that was due at some time is due now: the clock by which it was said jumped (ingest role). */
export async function judgeAllAgain(db: Database): Promise<void> {
  await db.pool.query(
    `INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT p.tenant_id, p.device_key FROM device_presence p WHERE p.due_at IS NOT NULL`,
  );
}
