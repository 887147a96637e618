import type { Database } from "#server/db/client.ts";
import type { HaltedCampaign, OnlineRoot, ProbeResult } from "#server/domain/alert-rules-seen.ts";

/** Campaigns that stopped by themselves. */
export async function findHaltedCampaigns(
  db: Database,
  limit: number,
): Promise<readonly HaltedCampaign[]> {
  const result = await db.pool.query<HaltedCampaign>(
    `SELECT tenant_id AS "tenantId", id, name, halted_for AS "haltedFor" FROM rotation_campaign
     WHERE state = 'halted' LIMIT $1`,
    [limit],
  );
  return result.rows;
}

/** The newest finished look at the listeners; undefined before the first one. */
export async function readNewestProbe(db: Database): Promise<ProbeResult | undefined> {
  const result = await db.pool.query<ProbeResult>(
    `SELECT o.id AS "tenantId", r.wrong, r.cells, r.error, array(
       SELECT concat_ws(' ', listener, version, suite, curve, 'client ' || client || ':', outcome, 'instead of', expected)
       FROM tls_probe_cell c WHERE c.run_id = r.id AND c.outcome NOT IN (c.expected, 'not-probed')
       ORDER BY listener, version, suite, curve, client LIMIT 5) AS examples
     FROM tls_probe_run r
     CROSS JOIN (SELECT id FROM tenant WHERE operator ORDER BY created_at, id LIMIT 1) AS o
     WHERE r.finished_at IS NOT NULL ORDER BY r.started_at DESC LIMIT 1`,
  );
  return result.rows[0];
}

/** Root CAs whose private key is on this server. */
export async function findOnlineRoots(db: Database): Promise<readonly OnlineRoot[]> {
  const result = await db.pool.query<OnlineRoot>(
    `SELECT o.id AS "tenantId", a.sha256, a.subject AS name, a.created_at AS since
     FROM certificate_authority a
     CROSS JOIN (SELECT id FROM tenant WHERE operator ORDER BY created_at, id LIMIT 1) AS o
     WHERE a.kind = 'root' AND a.state <> 'retired' AND a.key_place <> 'absent' LIMIT 100`,
  );
  return result.rows;
}
