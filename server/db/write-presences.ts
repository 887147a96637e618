import type pg from "pg";
import type { PresenceKey } from "#server/db/presence-facts.ts";
import type { PresenceJudgement } from "#server/domain/judge-presence.ts";

/** How a device was judged. */
export type JudgedPresence = PresenceKey & {
  readonly judgement: PresenceJudgement;
  /** As it was before. */
  readonly before: { readonly presence: string; readonly since: number };
};

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/**
 * Writes judgements and how devices came to them (ingest role). A row that is as before is left
 * alone; an instant that has an event already keeps the newest.
 * @param now epoch milliseconds by the clock of the database
 */
export async function writePresences(
  client: pg.PoolClient,
  rows: readonly JudgedPresence[],
  now: number,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE device_presence p SET presence = n.presence, cause = n.cause, since = n.since,
       judged_at = $8, due_at = n.due_at, folded_key = n.folded_key, contact_at = n.contact_at
     FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[],
       $6::timestamptz[], $7::bigint[], $9::timestamptz[])
       AS n(tenant_id, device_key, presence, cause, since, due_at, folded_key, contact_at)
     WHERE p.tenant_id = n.tenant_id AND p.device_key = n.device_key
       AND (p.presence, p.cause, p.since, p.due_at, p.folded_key, p.contact_at) IS DISTINCT FROM
         (n.presence, n.cause, n.since, n.due_at, n.folded_key, n.contact_at)`,
    [
      rows.map(({ tenantId }) => tenantId),
      rows.map(({ deviceKey }) => deviceKey),
      rows.map(({ judgement }) => judgement.presence),
      rows.map(({ judgement }) => judgement.cause),
      rows.map(({ judgement, before }) => new Date(judgement.steps.at(-1)?.at ?? before.since)),
      rows.map(({ judgement }) => date(judgement.dueAt)),
      rows.map(({ judgement }) => judgement.foldedKey),
      new Date(now),
      rows.map(({ judgement }) => date(judgement.contactAt)),
    ],
  );
  await writeEvents(client, rows);
}

async function writeEvents(client: pg.PoolClient, rows: readonly JudgedPresence[]): Promise<void> {
  const events = rows.flatMap(({ tenantId, deviceKey, judgement, before }) =>
    judgement.steps.map((step, index) => {
      const previous = judgement.steps[index - 1]?.presence ?? before.presence;
      return { tenantId, deviceKey, previous, ...step, at: new Date(step.at) };
    }),
  );
  if (events.length === 0) return;
  await client.query(
    `INSERT INTO device_presence_event AS e (tenant_id, device_key, at, presence, cause, previous)
     SELECT DISTINCT ON (n.tenant_id, n.device_key, n.at) n.tenant_id, n.device_key, n.at, n.presence,
       n.cause, n.previous
     FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
       WITH ORDINALITY AS n(tenant_id, device_key, at, presence, cause, previous, nr)
     ORDER BY n.tenant_id, n.device_key, n.at, n.nr DESC
     ON CONFLICT (tenant_id, device_key, at) DO UPDATE
       SET presence = excluded.presence, cause = excluded.cause`,
    [
      events.map(({ tenantId }) => tenantId),
      events.map(({ deviceKey }) => deviceKey),
      events.map(({ at }) => at),
      events.map(({ presence }) => presence),
      events.map(({ cause }) => cause),
      events.map(({ previous }) => previous),
    ],
  );
}
