import type { Database } from "#server/db/client.ts";
import type { AlertRule, Severity } from "#server/domain/alert.ts";

/** Events that go to one channel together: those of one evaluation. */
export type DeliveryGroup = {
  readonly tenantId: string;
  readonly organisation: string;
  readonly eventIds: readonly string[];
  /** Attempts made. */
  readonly attempts: number;
  /** Of the first event. */
  readonly since: Date;
  readonly channel: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly target: string;
    readonly sealedSecret: Buffer | null;
    readonly enabled: boolean;
  };
};

/** What is due to be sent, oldest first (ingest role). */
export async function findDueDeliveries(
  db: Database,
  at: { readonly now: Date; readonly limit: number },
): Promise<readonly DeliveryGroup[]> {
  type Row = DeliveryGroup & { readonly sealedSecret: Buffer | null };
  const result = await db.pool.query<Row>(
    `SELECT g.tenant_id AS "tenantId", t.name AS organisation, g.event_ids AS "eventIds", g.attempts, g.since,
       json_build_object('id', c.id, 'name', c.name, 'kind', c.kind, 'target', c.target, 'enabled', c.enabled) AS channel,
       c.sealed_secret AS "sealedSecret"
     FROM (SELECT d.tenant_id, d.channel_id, d.next_at, max(d.attempts) AS attempts,
         array_agg(d.event_id ORDER BY d.event_id) AS event_ids, min(e.at) AS since
       FROM alert_delivery d JOIN alert_event e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
       WHERE d.state = 'pending' AND d.next_at <= $1
       GROUP BY d.tenant_id, d.channel_id, d.next_at ORDER BY d.next_at LIMIT $2) AS g
     JOIN alert_channel c ON c.tenant_id = g.tenant_id AND c.id = g.channel_id
     JOIN tenant t ON t.id = g.tenant_id
     ORDER BY g.next_at`,
    [at.now, at.limit],
  );
  return result.rows.map(({ sealedSecret, ...row }) => ({
    ...row,
    channel: { ...row.channel, sealedSecret },
  }));
}

/** An event with its alert, for a notification. */
export type NotifiedEvent = {
  readonly eventId: string;
  readonly alertId: string;
  readonly kind: string;
  readonly at: Date;
  readonly rule: AlertRule;
  readonly severity: Severity;
  readonly step: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly subjectName: string;
};

/** The gravest of a group's events, and how many there are of each severity. */
export async function readNotifiedEvents(
  db: Database,
  group: Pick<DeliveryGroup, "tenantId" | "eventIds">,
  limit: number,
): Promise<{
  readonly events: readonly NotifiedEvent[];
  readonly counts: Readonly<Record<Severity, number>>;
}> {
  const events = await db.pool.query<NotifiedEvent>(
    `SELECT e.id AS "eventId", a.id AS "alertId", e.kind, e.at, a.rule, e.severity, e.step, a.title, a.detail, a.remedy,
       a.subject_kind AS "subjectKind", a.subject_id AS "subjectId", a.subject_name AS "subjectName"
     FROM alert_event e JOIN alert a ON a.tenant_id = e.tenant_id AND a.id = e.alert_id
     WHERE e.tenant_id = $1 AND e.id = ANY($2::uuid[])
     ORDER BY array_position(ARRAY['critical', 'warning', 'info'], e.severity), a.subject_name, e.id LIMIT $3`,
    [group.tenantId, group.eventIds, limit],
  );
  const counted = await db.pool.query<Record<Severity, number>>(
    `SELECT count(*) FILTER (WHERE severity = 'info')::integer AS info,
       count(*) FILTER (WHERE severity = 'warning')::integer AS warning,
       count(*) FILTER (WHERE severity = 'critical')::integer AS critical
     FROM alert_event WHERE tenant_id = $1 AND id = ANY($2::uuid[])`,
    [group.tenantId, group.eventIds],
  );
  return { events: events.rows, counts: counted.rows[0] ?? { info: 0, warning: 0, critical: 0 } };
}

/** How an attempt ended; `nextAt` for one that is made again. */
export type DeliveryOutcome =
  | { readonly state: "sent"; readonly at: Date }
  | { readonly state: "pending"; readonly error: string; readonly nextAt: Date }
  | { readonly state: "failed"; readonly error: string };

/** Writes down how an attempt ended, for all events of the group alike. */
export async function settleDeliveries(
  db: Database,
  group: Pick<DeliveryGroup, "tenantId" | "eventIds" | "channel">,
  outcome: DeliveryOutcome,
): Promise<void> {
  await db.pool.query(
    `UPDATE alert_delivery SET state = $4, attempts = attempts + 1, sent_at = $5, error = $6, next_at = coalesce($7, next_at)
     WHERE tenant_id = $1 AND channel_id = $2 AND event_id = ANY($3::uuid[]) AND state = 'pending'`,
    [
      group.tenantId,
      group.channel.id,
      group.eventIds,
      outcome.state,
      outcome.state === "sent" ? outcome.at : null,
      outcome.state === "sent" ? "" : outcome.error,
      outcome.state === "pending" ? outcome.nextAt : null,
    ],
  );
}
