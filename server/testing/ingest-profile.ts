import type { BoundSchema, IngestProfile } from "#server/pipeline/profile.ts";

/** A schema version that takes anything flat, but for what `more` says. */
export function boundSchema(more: Partial<BoundSchema> = {}): BoundSchema {
  return {
    schemaId: 1,
    schemaName: "generic",
    schemaVersion: 1,
    format: "json",
    open: false,
    fields: new Map(),
    category: "telemetry",
    check: undefined,
    decode: undefined,
    process: undefined,
    ...more,
  };
}

/** A profile whose main binding is this schema version. */
export function profileWith(schema: BoundSchema, more: Partial<IngestProfile> = {}): IngestProfile {
  return {
    profileId: "p",
    tenantId: "t",
    maxPastMs: 604_800_000,
    maxFutureMs: 300_000,
    lateMs: 900_000,
    unknownVersion: "refuse",
    main: { stream: "", contentType: "", current: schema, canary: undefined },
    bindings: [],
    named: () => undefined,
    ...more,
  };
}
