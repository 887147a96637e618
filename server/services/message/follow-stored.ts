import type { Tx } from "#server/db/client.ts";
import { findSchemaFields, type MetricField } from "#server/db/find-metric-fields.ts";
import type { FoundDocument, FoundReading } from "#server/db/find-messages.ts";
import { readFlags } from "#server/pipeline/flags.ts";
import type { FollowedMessage, FollowedReplay } from "#server/services/message/followed.ts";
import { readConnection } from "#server/services/message/read-connection.ts";
import { readFanout, type Subscriptions } from "#server/services/message/read-fanout.ts";
import { readReplays } from "#server/services/message/read-replays.ts";
import { stagesOfDocument, stagesOfReading } from "#server/services/message/stages-of.ts";
import { namedValues } from "#server/services/telemetry/named-values.ts";

type At = {
  readonly tenantId: string;
  readonly subscriptions: Subscriptions;
  readonly readings: readonly FoundReading[];
  readonly documents: readonly FoundDocument[];
};

/** What was stored, with the way that its rows tell of. */
export async function followStored(tx: Tx, at: At): Promise<readonly FollowedMessage[]> {
  const names = await readDeviceIds(tx, at);
  const schemas = await readSchemas(tx, at);
  const messages: FollowedMessage[] = [];
  for (const reading of at.readings) {
    const deviceId = names.get(reading.deviceKey) ?? reading.deviceKey.toString();
    messages.push(await followReading(tx, at, { reading, deviceId, schemas }));
  }
  for (const document of at.documents) {
    const deviceId = names.get(document.deviceKey) ?? document.deviceKey.toString();
    messages.push(await followDocument(tx, at, { document, deviceId }));
  }
  return messages;
}

async function readDeviceIds(tx: Tx, at: At): Promise<ReadonlyMap<bigint, string>> {
  const keys = [...at.readings, ...at.documents].map(({ deviceKey }) => deviceKey);
  const rows = await tx.device.findMany({
    where: { tenantId: at.tenantId, key: { in: [...new Set(keys)] } },
    select: { key: true, deviceId: true },
  });
  return new Map(rows.map(({ key, deviceId }) => [key, deviceId]));
}

type Schemas = {
  readonly fields: readonly MetricField[];
  readonly versions: ReadonlyMap<number, { readonly name: string; readonly version: number }>;
  /** Versions that take any flat object. */
  readonly open: ReadonlySet<number>;
};

async function readSchemas(tx: Tx, at: At): Promise<Schemas> {
  const { tenantId } = at;
  const schemaIds = [...new Set(at.readings.map(({ schemaId }) => schemaId))];
  const rows = await tx.schemaVersion.findMany({
    where: { tenantId, id: { in: schemaIds } },
    select: { id: true, name: true, version: true, profiles: { select: { open: true } } },
  });
  return {
    fields: await findSchemaFields(tx, { tenantId, schemaIds }),
    versions: new Map(rows.map(({ id, name, version }) => [id, { name, version }])),
    open: new Set(rows.filter((row) => row.profiles.some(({ open }) => open)).map(({ id }) => id)),
  };
}

async function followReading(
  tx: Tx,
  at: At,
  {
    reading,
    deviceId,
    schemas,
  }: { readonly reading: FoundReading; readonly deviceId: string; readonly schemas: Schemas },
): Promise<FollowedMessage> {
  const { tenantId, subscriptions } = at;
  const { deviceKey, receivedAt, schemaId, key, ts } = reading;
  const flags = readFlags(reading.flags);
  const schema = schemas.versions.get(schemaId) ?? null;
  const replays: readonly FollowedReplay[] = flags.replayed
    ? await readReplays(tx, { tenantId, deviceKey, storedTs: ts, storedKey: key })
    : [];
  return {
    deviceId,
    messageId: null,
    received: {
      at: receivedAt.toISOString(),
      transport: flags.transport ?? null,
      qos: flags.transport === undefined ? null : flags.qos,
      topic: null,
      contentType: null,
      bytes: null,
      connection: await readConnection(tx, { tenantId, deviceKey, instant: receivedAt }),
    },
    stages: stagesOfReading({
      deviceId,
      flags,
      schema,
      isOpen: schemas.open.has(schemaId),
      cells: reading.values.filter((value) => value !== null).length,
      besides: Object.keys(reading.extra ?? {}).length,
    }),
    end: {
      as: "reading",
      row: { deviceId, ts, key },
      schema,
      values: namedValues(reading, schemas.fields),
    },
    fanout: flags.replayed
      ? null
      : await readFanout(tx, {
          tenantId,
          subscriptions,
          topic: topicOf(deviceId, "telemetry"),
          isTopicKnown: false,
          receivedAt,
        }),
    replays,
  };
}

async function followDocument(
  tx: Tx,
  { tenantId, subscriptions }: At,
  { document, deviceId }: { readonly document: FoundDocument; readonly deviceId: string },
): Promise<FollowedMessage> {
  const { deviceKey, receivedAt, channel, contentType, bytes, key, ts } = document;
  const topic = topicOf(deviceId, channel);
  return {
    deviceId,
    messageId: null,
    received: {
      at: receivedAt.toISOString(),
      transport: null,
      qos: null,
      topic,
      contentType,
      bytes,
      connection: await readConnection(tx, { tenantId, deviceKey, instant: receivedAt }),
    },
    stages: stagesOfDocument({ deviceId, channel }),
    end: {
      as: "document",
      row: { deviceId, ts, key },
      channel,
      text: Buffer.from(document.payload).toString("utf8").toWellFormed(),
    },
    fanout: await readFanout(tx, {
      tenantId,
      subscriptions,
      topic,
      isTopicKnown: true,
      receivedAt,
    }),
    replays: [],
  };
}

function topicOf(deviceId: string, channel: string): string {
  return `qs/v1/d/${deviceId}/up/${channel}`;
}
