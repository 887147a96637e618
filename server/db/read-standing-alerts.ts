import type { Database } from "#server/db/client.ts";
import type { AlertRule } from "#server/domain/alert.ts";
import type { SettledAlert, StandingAlert } from "#server/domain/reconcile-alerts.ts";

/** Alerts of the rules that are not resolved, of all organisations (ingest role). */
export async function readStandingAlerts(
  db: Database,
  rules: readonly AlertRule[],
): Promise<readonly StandingAlert[]> {
  const result = await db.pool.query<StandingAlert>(
    `SELECT id, tenant_id AS "tenantId", rule, subject_kind AS "subjectKind", subject_id AS "subjectId", step, last_at AS "lastAt"
     FROM alert WHERE state <> 'resolved' AND rule = ANY($1)`,
    [rules],
  );
  return result.rows;
}

/** When alerts of the rules were resolved since `since`, the last one of each subject. */
export async function readSettledAlerts(
  db: Database,
  at: { readonly rules: readonly AlertRule[]; readonly since: Date },
): Promise<readonly SettledAlert[]> {
  if (at.rules.length === 0) return [];
  const result = await db.pool.query<SettledAlert>(
    `SELECT tenant_id AS "tenantId", rule, subject_kind AS "subjectKind", subject_id AS "subjectId", max(resolved_at) AS "resolvedAt"
     FROM alert WHERE state = 'resolved' AND rule = ANY($1) AND last_at > $2 GROUP BY 1, 2, 3, 4`,
    [at.rules, at.since],
  );
  return result.rows;
}
