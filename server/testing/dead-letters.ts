import { randomUUID } from "node:crypto";
import pg from "pg";
import { fingerprintOf } from "#server/pipeline/fingerprint.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";

/** What the letters of a test have in common. */
export type LetterSeed = {
  readonly devices: readonly DeviceIdentity[];
  readonly count: number;
  /** SQL for the payload as text, of `n` from 1 on. */
  readonly payload?: string;
  readonly path?: string;
  readonly reason?: string;
  /** SQL for the JSON of what came beside the payload. */
  readonly properties?: string;
};

/** Readings one second apart whose pressure has a wrong name. */
export const renamedPayload = `format('{"ts":%s,"values":{"presure":%s}}',
  (extract(epoch FROM date_trunc('hour', now()) - interval '1 day')::bigint + n) * 1000, n)`;

/**
 * Puts dead letters with their group where the worker would have put them.
 * @returns the group's fingerprint
 */
export async function seedDeadLetters(
  { ownerUrl }: { readonly ownerUrl: string },
  seed: LetterSeed,
): Promise<string> {
  const [first] = seed.devices;
  if (first === undefined) throw new Error("Dead letters are somebody's.");
  const { tenantId, profileId } = first;
  const { path = "", reason = "schema-mismatch", count, payload = renamedPayload } = seed;
  const fingerprint = fingerprintOf({
    profileId,
    reason,
    schemaName: "seed",
    path,
    kind: randomUUID(),
  });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('row_security', 'off', true)");
    await client.query(
      `INSERT INTO dead_letter (tenant_id, device_key, device_id, profile_id, received_at, event_at, transport,
         topic, channel, qos, reason, detail, fingerprint, path, payload, properties)
       SELECT $1, d.key, d.device_id, $2, now() - interval '1 hour', date_trunc('hour', now()) - interval '1 day' + n * interval '1 second',
         'mqtts', 'qs/v1/d/' || d.device_id || '/up/telemetry', 'telemetry', 1, $3, 'The values lack pressure.', $4, $5,
         convert_to(${payload}, 'UTF8'), ${seed.properties ?? "'{}'"}::jsonb
       FROM generate_series(1, $6::integer) AS n
         JOIN unnest($7::bigint[], $8::text[]) WITH ORDINALITY AS d(key, device_id, ordinality)
           ON d.ordinality = n % $9::integer + 1`,
      [
        tenantId,
        profileId,
        reason,
        fingerprint,
        path,
        count,
        seed.devices.map(({ deviceKey }) => deviceKey.toString()),
        seed.devices.map(({ deviceId }) => deviceId),
        seed.devices.length,
      ],
    );
    await client.query(
      `INSERT INTO dead_letter_group (tenant_id, fingerprint, profile_id, reason, path, error_kind, detail, first_at, last_at, open)
       VALUES ($1, $2, $3, $4, $5, '', 'The values lack pressure.', now() - interval '1 hour', now() - interval '1 hour', $6)`,
      [tenantId, fingerprint, profileId, reason, path, count],
    );
    await client.query(
      `INSERT INTO dead_letter_hour (tenant_id, fingerprint, hour, count)
       VALUES ($1, $2, date_trunc('hour', now() - interval '1 hour', 'UTC'), $3)`,
      [tenantId, fingerprint, count],
    );
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
  return fingerprint;
}
