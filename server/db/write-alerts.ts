import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { Finding } from "#server/domain/alert.ts";

/** Rows of one statement: JSON of this many findings is some hundred kilobytes. */
const chunk = 1000;

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += chunk) {
    yield items.slice(start, start + chunk);
  }
}

const findingColumns = Prisma.sql`AS r(id uuid, was text, tenant_id uuid, rule text, severity text, subject_kind text,
  subject_id text, subject_name text, step text, title text, detail text, remedy text, data jsonb, seen_at timestamptz)`;

/** Findings as the statements take them. */
function recordsOf(
  findings: readonly { readonly id?: string; readonly was?: string; readonly finding: Finding }[],
): string {
  return JSON.stringify(
    findings.map(({ id, was, finding }) => ({
      id,
      was,
      tenant_id: finding.tenantId,
      rule: finding.rule,
      severity: finding.severity,
      subject_kind: finding.subject.kind,
      subject_id: finding.subject.id,
      subject_name: finding.subject.name,
      step: finding.step,
      title: finding.title,
      detail: finding.detail,
      remedy: finding.remedy,
      data: { path: finding.subject.path },
      seen_at: finding.seenAt,
    })),
  );
}

/**
 * To which channels an event goes, as the end of a statement with `told` (the event, its rule): those
 * that are on, for its rule and severity. Its end is told to programs only.
 */
function enqueue(now: Date): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO alert_delivery (tenant_id, event_id, channel_id, next_at)
    SELECT t.tenant_id, t.id, c.id, ${now}
    FROM told t JOIN alert_channel c ON c.tenant_id = t.tenant_id AND c.enabled
      AND (cardinality(c.rules) = 0 OR t.rule = ANY(c.rules))
      AND array_position(ARRAY['info', 'warning', 'critical'], t.severity)
        >= array_position(ARRAY['info', 'warning', 'critical'], c.min_severity)
      AND (t.kind <> 'resolved' OR c.kind = 'webhook')
    ON CONFLICT DO NOTHING`;
}

/** Raises what is new, each with its event and what is to be sent. One that stands already is left. */
export async function raiseAlerts(
  tx: Tx,
  at: { readonly findings: readonly Finding[]; readonly now: Date },
): Promise<void> {
  for (const part of chunksOf(at.findings)) {
    await tx.$executeRaw`
      WITH raised AS (
        INSERT INTO alert (tenant_id, rule, severity, subject_kind, subject_id, subject_name, step, title, detail, remedy,
          data, first_at, last_at)
        SELECT tenant_id, rule, severity, subject_kind, subject_id, subject_name, step, title, detail, remedy, data,
          ${at.now}, greatest(seen_at, ${at.now})
        FROM json_to_recordset(${recordsOf(part.map((finding) => ({ finding })))}::json) ${findingColumns}
        ON CONFLICT (tenant_id, rule, subject_kind, subject_id) WHERE state <> 'resolved' DO NOTHING
        RETURNING tenant_id, id, rule, severity, step, title),
      events AS (
        INSERT INTO alert_event (tenant_id, alert_id, kind, step, severity, at, by, detail)
        SELECT tenant_id, id, 'fired', step, severity, ${at.now}, 'system', title FROM raised
        RETURNING tenant_id, id, alert_id, kind, severity),
      told AS (SELECT e.*, a.rule FROM events e JOIN raised a ON a.tenant_id = e.tenant_id AND a.id = e.alert_id)
      ${enqueue(at.now)}`;
  }
}

/** Alerts that reached a later step: open again, and told again, once. */
export async function escalateAlerts(
  tx: Tx,
  at: {
    readonly steps: readonly {
      readonly id: string;
      readonly was: string;
      readonly finding: Finding;
    }[];
    readonly now: Date;
  },
): Promise<void> {
  for (const part of chunksOf(at.steps)) {
    await tx.$executeRaw`
      WITH raised AS (
        UPDATE alert a SET step = r.step, severity = r.severity, title = r.title, detail = r.detail, remedy = r.remedy,
          data = r.data, subject_name = r.subject_name, last_at = ${at.now}, state = 'open', acknowledged_at = NULL,
          acknowledged_by = NULL, note = ''
        FROM json_to_recordset(${recordsOf(part)}::json) ${findingColumns}
        WHERE a.tenant_id = r.tenant_id AND a.id = r.id AND a.step = r.was AND a.state <> 'resolved'
        RETURNING a.tenant_id, a.id, a.rule, a.severity, a.step, a.title),
      events AS (
        INSERT INTO alert_event (tenant_id, alert_id, kind, step, severity, at, by, detail)
        SELECT tenant_id, id, 'escalated', step, severity, ${at.now}, 'system', title FROM raised
        RETURNING tenant_id, id, alert_id, kind, severity),
      told AS (SELECT e.*, a.rule FROM events e JOIN raised a ON a.tenant_id = e.tenant_id AND a.id = e.alert_id)
      ${enqueue(at.now)}`;
  }
}

/** What was seen again says what it saw last; nobody is told. */
export async function touchAlerts(
  tx: Tx,
  seen: readonly { readonly id: string; readonly finding: Finding }[],
): Promise<void> {
  for (const part of chunksOf(seen)) {
    await tx.$executeRaw`
      UPDATE alert a SET detail = r.detail, data = r.data, last_at = r.seen_at
      FROM json_to_recordset(${recordsOf(part)}::json) ${findingColumns}
      WHERE a.tenant_id = r.tenant_id AND a.id = r.id AND a.state <> 'resolved'`;
  }
}

/** Alerts whose cause is gone, or that a person resolves. @returns how many were not resolved yet */
export async function resolveAlerts(
  tx: Tx,
  at: {
    readonly alerts: readonly { readonly tenantId: string; readonly id: string }[];
    readonly now: Date;
    /** "system", or who did it. */
    readonly by: string;
    readonly detail: string;
  },
): Promise<number> {
  let count = 0;
  for (const part of chunksOf(at.alerts)) {
    const rows = await tx.$queryRaw<{ readonly count: number }[]>`
      WITH raised AS (
        UPDATE alert a SET state = 'resolved', resolved_at = ${at.now}, resolved_by = ${at.by}, last_at = greatest(a.last_at, ${at.now})
        FROM unnest(${part.map(({ tenantId }) => tenantId)}::uuid[], ${part.map(({ id }) => id)}::uuid[]) AS r(tenant_id, id)
        WHERE a.tenant_id = r.tenant_id AND a.id = r.id AND a.state <> 'resolved'
        RETURNING a.tenant_id, a.id, a.rule, a.severity, a.step),
      events AS (
        INSERT INTO alert_event (tenant_id, alert_id, kind, step, severity, at, by, detail)
        SELECT tenant_id, id, 'resolved', step, severity, ${at.now}, ${at.by}, ${at.detail} FROM raised
        RETURNING tenant_id, id, alert_id, kind, severity),
      told AS (SELECT e.*, a.rule FROM events e JOIN raised a ON a.tenant_id = e.tenant_id AND a.id = e.alert_id),
      sent AS (${enqueue(at.now)})
      SELECT count(*)::integer AS count FROM raised`;
    count += rows[0]?.count ?? 0;
  }
  return count;
}
