import type { Tx } from "#server/db/client.ts";

/** What is known of the connections that were made with a certificate. */
export type CertificateSessions = {
  readonly connected: boolean;
  readonly lastBegunAt: Date | null;
  readonly lastEndedAt: Date | null;
  /** In words. */
  readonly lastEndReason: string | null;
  readonly lastRemote: string | null;
  readonly lastMessageAt: Date | null;
};

/**
 * When a device was connected with a certificate last, as its status and its comings and goings say.
 * The status knows the last message, as long as the device has not come back with another certificate.
 */
export async function findCertificateSessions(
  tx: Tx,
  of: { readonly deviceKey: bigint; readonly sha256: string },
): Promise<CertificateSessions> {
  const rows = await tx.$queryRaw<CertificateSessions[]>`
    WITH events AS (
      SELECT e.kind, e.at, e.reason, e.remote_address FROM device_connection_event e
      WHERE e.tenant_id = app_tenant() AND e.device_key = ${of.deviceKey}
        AND e.certificate_sha256 = ${of.sha256}
    ), ended AS (
      SELECT at, reason FROM events WHERE kind = 'disconnected' ORDER BY at DESC LIMIT 1
    ), begun AS (
      SELECT at, remote_address FROM events WHERE kind = 'connected' ORDER BY at DESC LIMIT 1
    ), status AS (
      SELECT s.connected, s.connected_at, s.last_message_at FROM device_status s
      WHERE s.tenant_id = app_tenant() AND s.device_key = ${of.deviceKey}
        AND s.certificate_sha256 = ${of.sha256})
    SELECT coalesce((SELECT connected FROM status), false) AS connected,
      (SELECT at FROM begun) AS "lastBegunAt", (SELECT at FROM ended) AS "lastEndedAt",
      (SELECT reason FROM ended) AS "lastEndReason",
      (SELECT remote_address FROM begun) AS "lastRemote",
      (SELECT last_message_at FROM status WHERE last_message_at >= connected_at) AS "lastMessageAt"`;
  const [row] = rows;
  if (row === undefined) throw new Error("A SELECT without FROM has one row.");
  return row;
}
