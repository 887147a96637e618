import { Prisma } from "#server/db/generated/client.ts";
import { renewSoonDays } from "#server/domain/certificate-life.ts";

/**
 * Facts of a device's connection, and the decisions of domain/certificate-life.ts, as SQL over the
 * alias s (device_status, may be absent). What somebody judged of its presence is in device_presence.
 */

/** A worker that has not beaten its heart for so long is gone, and its connections with it. */
export const workerGoneSeconds = 30;

/** Whether the device is connected to a worker that lives. */
export const connectedSql = Prisma.sql`(COALESCE(s.connected, false) AND s.worker_id IN (
  SELECT w.id FROM worker_instance w
  WHERE w.heartbeat_at > now() - make_interval(secs => ${workerGoneSeconds})))`;

/** Newest sign of life, NULL when there was none; back-fill is none. */
export const lastContactSql = Prisma.sql`GREATEST(
  COALESCE(s.contact_at, GREATEST(s.last_message_at, s.connected_at)), s.disconnected_at)`;

/** certificateLifeOf() of an expression that gives the end of the current certificate. */
export function certificateLifeSql(notAfter: Prisma.Sql, now: Date): Prisma.Sql {
  return Prisma.sql`(CASE
    WHEN ${notAfter} IS NULL THEN 'none'
    WHEN ${notAfter} <= ${now}::timestamptz THEN 'expired'
    WHEN ${notAfter} <= ${now}::timestamptz + make_interval(days => ${renewSoonDays}::int) THEN 'renew_soon'
    ELSE 'valid' END)`;
}
