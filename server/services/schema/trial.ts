import { z } from "zod";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import type { SchemaDefinition, SchemaExample } from "#server/domain/schema-definition.ts";
import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { BoundSchema, IngestProfile } from "#server/pipeline/profile.ts";
import { runStages, type Content } from "#server/pipeline/run-stages.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import { prepareSchema } from "#server/schema/prepare-schema.ts";
import { storedFields } from "#server/schema/stored-fields.ts";

/** A message that is judged and never stored. */
export type TrialMessage = {
  readonly payload: Buffer;
  /** Empty where the device said nothing. */
  readonly contentType: string;
  readonly channel?: string;
  readonly receivedAt: Date;
  readonly device?: {
    readonly deviceKey: bigint;
    readonly deviceId: string;
    readonly attributes: unknown;
  };
  /** What came beside the payload. */
  readonly properties?: unknown;
};

const beside = z
  .object({ id: z.string(), ts: z.number(), seq: z.string(), schema: z.string() })
  .partial();

/**
 * A definition that is not published, ready for messages.
 * @throws SchemaUnusable
 */
export function draftSchema(
  { name, version }: { readonly name: string; readonly version: number },
  definition: SchemaDefinition,
): BoundSchema {
  return prepareSchema({
    schemaId: 0,
    schemaName: name,
    schemaVersion: version,
    format: definition.format,
    jsonSchema: definition.jsonSchema,
    definition,
    open: false,
    fields: storedFields(definition),
  });
}

/** What the pipeline would make of a message if its profile had this schema version and no other. */
export function judge(message: TrialMessage, schema: BoundSchema): Stage<Content> {
  return runStages(toInbound(message), trialProfile(schema));
}

function trialProfile(schema: BoundSchema): IngestProfile {
  return {
    profileId: "",
    tenantId: "",
    // Kept messages are judged by their schema, not by how old they have become.
    maxPastMs: Number.MAX_SAFE_INTEGER,
    maxFutureMs: Number.MAX_SAFE_INTEGER,
    lateMs: Number.MAX_SAFE_INTEGER,
    unknownVersion: "latest",
    main: { stream: "", contentType: "", current: schema, canary: undefined },
    bindings: [],
    named: () => undefined,
  };
}

function toInbound(message: TrialMessage): InboundMessage {
  const { payload, contentType, channel = "telemetry", receivedAt, device } = message;
  const said = beside.safeParse(message.properties ?? {});
  const { id, ts, seq, schema } = said.success ? said.data : {};
  return {
    device: identityOf(device),
    transport: "mqtts",
    topic: channel,
    channel,
    qos: 1,
    retain: false,
    payload,
    receivedAt: receivedAt.getTime(),
    expiresAt: undefined,
    forwarded: Buffer.alloc(0),
    publisher: undefined,
    claimedBy: undefined,
    ...(id !== undefined && { id }),
    ...(ts !== undefined && { ts }),
    ...(seq !== undefined && { seq }),
    ...(schema !== undefined && { schema }),
    ...(contentType !== "" && { contentType }),
    origin: { settle: () => undefined },
    packetId: 0,
  };
}

function identityOf(device: TrialMessage["device"]): DeviceIdentity {
  const attributes = deviceAttributes.safeParse(device?.attributes ?? {});
  return {
    tenantId: "",
    profileId: "",
    id: "",
    deviceKey: device?.deviceKey ?? 0n,
    deviceId: device?.deviceId ?? "example",
    ...(attributes.success && { attributes: attributes.data }),
  };
}

/** An example's payload as bytes. */
export function exampleBytes({ payload, encoding }: SchemaExample): Buffer {
  return Buffer.from(payload, encoding === "base64" ? "base64" : "utf8");
}
