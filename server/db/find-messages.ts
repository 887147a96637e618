import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** How long one search may take. */
export const searchTimeoutMs = 5_000;

/** What is searched, and how far: readings by their own time, everything else by receipt. */
export type SearchSpan = {
  /** Undefined for the whole fleet. */
  readonly deviceKey: bigint | undefined;
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
};

/** A stored reading; times are ISO 8601 with microseconds. */
export type FoundReading = {
  readonly deviceKey: bigint;
  readonly ts: string;
  readonly receivedAt: Date;
  readonly key: string;
  readonly schemaId: number;
  readonly flags: number;
  readonly values: readonly (number | null)[];
  readonly extra: Readonly<Record<string, unknown>> | null;
};

/** A stored state, description, event or log with the beginning of its payload. */
export type FoundDocument = {
  readonly deviceKey: bigint;
  readonly ts: string;
  readonly receivedAt: Date;
  readonly key: string;
  readonly channel: string;
  readonly contentType: string | null;
  readonly bytes: number;
  readonly payload: Uint8Array;
};

/** What tells the sought messages from the others. */
export type Sought =
  | { readonly by: "key"; readonly keys: readonly bigint[] }
  /** Their own time or their receipt lies within. */
  | { readonly by: "time"; readonly since: Date; readonly until: Date }
  | { readonly by: "text"; readonly text: string };

const shownBytes = 4096;

/** Stored readings, newest receipt first. */
export async function findReadings(
  tx: Tx,
  span: SearchSpan,
  sought: Sought,
): Promise<readonly FoundReading[]> {
  return tx.$queryRaw<FoundReading[]>`
    SELECT r.device_key AS "deviceKey", ${exact("r.ts")} AS ts, r.received_at AS "receivedAt",
      r.message_key::text AS key, r.schema_id AS "schemaId", r.flags, r."values", r.extra
    FROM telemetry.visible_reading r
    WHERE r.ts >= ${span.from} AND r.ts < ${span.to} AND ${ofDevice("r", span)}
      AND ${isSoughtReading(sought)}
    ORDER BY r.received_at DESC LIMIT ${span.limit}`;
}

/** Stored states, descriptions, events and logs, newest receipt first. */
export async function findDocuments(
  tx: Tx,
  span: SearchSpan,
  sought: Sought,
): Promise<readonly FoundDocument[]> {
  return tx.$queryRaw<FoundDocument[]>`
    SELECT m.device_key AS "deviceKey", ${exact("m.ts")} AS ts, m.received_at AS "receivedAt",
      m.message_key::text AS key, m.channel, m.content_type AS "contentType",
      octet_length(m.payload) AS bytes, substr(m.payload, 1, ${shownBytes}::integer) AS payload
    FROM telemetry.visible_device_message m
    WHERE m.received_at >= ${span.from} AND m.received_at < ${span.to} AND ${ofDevice("m", span)}
      AND ${isSoughtDocument(sought)}
    ORDER BY m.received_at DESC LIMIT ${span.limit}`;
}

/** Channels of which something was stored: events bear their own names. */
export async function findChannels(tx: Tx, span: SearchSpan): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ channel: string }[]>`
    SELECT DISTINCT m.channel FROM telemetry.visible_device_message m
    WHERE m.received_at >= ${span.from} AND m.received_at < ${span.to} AND ${ofDevice("m", span)}
    LIMIT 500`;
  return rows.map(({ channel }) => channel);
}

/** Ids of dead letters, newest receipt first; their bytes are read by whoever may. */
export async function findDeadLetterIds(
  tx: Tx,
  span: SearchSpan & { readonly tenantId: string },
  sought: Exclude<Sought, { readonly by: "key" }> | { readonly by: "id"; readonly id: string },
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT l.id FROM dead_letter l
    WHERE l.tenant_id = ${span.tenantId}::uuid AND l.received_at >= ${span.from}
      AND l.received_at < ${span.to} AND ${ofDevice("l", span)} AND ${isSoughtLetter(sought)}
    ORDER BY l.received_at DESC LIMIT ${span.limit}`;
  return rows.map(({ id }) => id);
}

function exact(column: "r.ts" | "m.ts"): Prisma.Sql {
  return Prisma.sql`to_char(${Prisma.raw(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function ofDevice(table: "r" | "m" | "l", { deviceKey }: SearchSpan): Prisma.Sql {
  if (deviceKey === undefined) return Prisma.sql`true`;
  return Prisma.sql`${Prisma.raw(table)}.device_key = ${deviceKey}`;
}

function isSoughtReading(sought: Sought): Prisma.Sql {
  switch (sought.by) {
    case "key":
      return Prisma.sql`r.message_key = ANY(${[...sought.keys]}::bigint[])`;
    case "time":
      return Prisma.sql`((r.ts >= ${sought.since} AND r.ts < ${sought.until})
        OR (r.received_at >= ${sought.since} AND r.received_at < ${sought.until}))`;
    case "text":
      return Prisma.sql`position(${sought.text} in r.extra::text) > 0`;
  }
}

function isSoughtDocument(sought: Sought): Prisma.Sql {
  switch (sought.by) {
    case "key":
      return Prisma.sql`m.message_key = ANY(${[...sought.keys]}::bigint[])`;
    case "time":
      return Prisma.sql`((m.ts >= ${sought.since} AND m.ts < ${sought.until})
        OR (m.received_at >= ${sought.since} AND m.received_at < ${sought.until}))`;
    case "text":
      return Prisma.sql`position(convert_to(${sought.text}, 'UTF8') in m.payload) > 0`;
  }
}

function isSoughtLetter(sought: Parameters<typeof findDeadLetterIds>[2]): Prisma.Sql {
  switch (sought.by) {
    case "id":
      return Prisma.sql`(l.message_id = ${sought.id} OR l.properties->>'id' = ${sought.id}
        OR l.properties->>'seq' = ${sought.id}
        OR position(convert_to(${JSON.stringify(sought.id)}, 'UTF8') in l.payload) > 0)`;
    case "time":
      return Prisma.sql`((l.event_at >= ${sought.since} AND l.event_at < ${sought.until})
        OR (l.received_at >= ${sought.since} AND l.received_at < ${sought.until}))`;
    case "text":
      return Prisma.sql`position(convert_to(${sought.text}, 'UTF8') in l.payload) > 0`;
  }
}
