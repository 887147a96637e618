import type { Tx } from "#server/db/client.ts";
import { readTenantProfiles, readTenantSchemas } from "#server/db/read-tenant-profiles.ts";
import { nothingForwarded } from "#server/broker/publication.ts";
import { assembleProfile, namedVersions, schemaIdsOf } from "#server/pipeline/assemble-profile.ts";
import type { DeviceIdentity, InboundMessage, Transport } from "#server/pipeline/message.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { runStages } from "#server/pipeline/run-stages.ts";

/** A refused message as its letter has it. */
export type Refused = {
  readonly device: DeviceIdentity;
  readonly topic: string;
  readonly channel: string;
  readonly payload: Buffer;
  readonly contentType: string | null;
  /** What came beside the payload. */
  readonly properties: unknown;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

/** The profiles as the worker has them, by id. */
export async function readProfiles(
  tx: Tx,
  profileIds: readonly string[],
): Promise<ReadonlyMap<string, IngestProfile>> {
  const rows = await readTenantProfiles(tx, [...new Set(profileIds)]);
  const schemaIds = [...new Set(rows.flatMap(schemaIdsOf))];
  const schemas = await readTenantSchemas(tx, schemaIds, namedVersions);
  return new Map(rows.map((row) => [row.profileId, assembleProfile(row, schemas)]));
}

/** What would become of the same bytes if they came with the schema of today. */
export function judgeToday(
  refused: Refused,
  profile: IngestProfile | undefined,
): { readonly wouldPass: boolean; readonly detail: string } {
  if (profile === undefined) {
    return { wouldPass: false, detail: "The device's profile does not exist any more." };
  }
  const result = runStages(messageOf(refused), profile);
  if (!result.ok) return { wouldPass: false, detail: result.detail };
  const { readings, filtered } = result.value;
  if (filtered === true) return { wouldPass: true, detail: "It would be filtered." };
  const names = new Set(
    readings.map(({ schema }) => `${schema.schemaName}@${schema.schemaVersion}`),
  );
  return {
    wouldPass: true,
    detail: names.size === 0 ? "" : `It fits ${[...names].join(", ")}.`,
  };
}

const anyTransport: Transport = "mqtts";

function messageOf(refused: Refused): InboundMessage {
  const { device, topic, channel, payload, contentType, receivedAt } = refused;
  return {
    device,
    topic,
    channel,
    payload,
    receivedAt,
    ...propertiesOf(refused.properties),
    ...(contentType !== null && { contentType }),
    // The stages look at none of these.
    transport: anyTransport,
    qos: 0,
    retain: false,
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: undefined,
    claimedBy: undefined,
    origin: { settle: () => undefined },
    packetId: 0,
  };
}

function propertiesOf(properties: unknown): Pick<InboundMessage, "id" | "ts" | "seq" | "schema"> {
  if (typeof properties !== "object" || properties === null) return {};
  const { id, ts, seq, schema }: Readonly<Record<string, unknown>> = { ...properties };
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof ts === "number" && { ts }),
    ...(typeof seq === "string" && { seq }),
    ...(typeof schema === "string" && { schema }),
  };
}
