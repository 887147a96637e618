/** How a field of a schema version is read back. */
export type FieldType = "number" | "boolean" | "string";

/** A field's place in `telemetry.reading.values`, counted from 0; text has a place but leaves it empty. */
export type ProfileField = { readonly position: number; readonly type: FieldType };

/** Checks a value against the profile's JSON Schema; `path` is a JSON pointer, `message` is in words. */
export type ValueCheck = (
  value: unknown,
) =>
  | { readonly ok: true }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** What the pipeline knows of a profile. Replaced as a whole when it changes, or when it gains fields. */
export type IngestProfile = {
  readonly profileId: string;
  readonly tenantId: string;
  readonly schemaId: number;
  readonly schemaName: string;
  readonly schemaVersion: number;
  /** Takes any flat object; unknown fields get positions as they appear. */
  readonly open: boolean;
  readonly maxPastMs: number;
  readonly maxFutureMs: number;
  readonly fields: ReadonlyMap<string, ProfileField>;
  /** Absent where the schema version has no JSON Schema. */
  readonly check: ValueCheck | undefined;
};
