import type { DataCategory } from "#server/domain/data-category.ts";
import type { SchemaFormat } from "#server/domain/schema-definition.ts";
import type { JsonObject } from "#server/pipeline/readings.ts";
import type { Stage } from "#server/pipeline/stage.ts";

/** How a field of a schema version is read back. */
export type FieldType = "number" | "boolean" | "string";

/** A field's place in `telemetry.reading.values`, counted from 0; text has a place but leaves it empty. */
export type ProfileField = { readonly position: number; readonly type: FieldType };

/** Checks a value against a JSON Schema; `path` is a JSON pointer, `message` is in words. */
export type ValueCheck = (value: unknown) =>
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly path: string;
      readonly message: string;
      /** {@link RefusedAt.kind} */
      readonly kind: string;
    };

/** What a schema version's processing makes of a reading's values. */
export type Processing = (
  values: JsonObject,
  device: Readonly<Record<string, unknown>>,
) => Stage<JsonObject | "filtered">;

/** A schema version, ready for messages. */
export type BoundSchema = {
  readonly schemaId: number;
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly format: SchemaFormat;
  /** Takes any flat object; unknown fields get positions as they appear. */
  readonly open: boolean;
  readonly fields: ReadonlyMap<string, ProfileField>;
  /** The most sensitive of its fields. */
  readonly category: DataCategory;
  /** Absent where the schema version has no JSON Schema. */
  readonly check: ValueCheck | undefined;
  /**
   * From bytes to what JSON would have given; absent for `json`. `receivedAt`, epoch milliseconds,
   * is what relative times count from; without it they are left out.
   */
  readonly decode: ((payload: Buffer, receivedAt?: number) => Stage<unknown>) | undefined;
  /** Absent where the version says nothing. */
  readonly process: Processing | undefined;
};

/** Which schema version a stream and content type have. Empty text stands for all others. */
export type Binding = {
  readonly stream: string;
  /** Lower case, without parameters. */
  readonly contentType: string;
  readonly current: BoundSchema;
  readonly canary:
    | {
        readonly schema: BoundSchema;
        readonly percent: number;
        readonly devices: ReadonlySet<string>;
      }
    | undefined;
};

/** What becomes of a message that names a version which is not there. */
export type UnknownVersionPolicy = "refuse" | "latest" | "quarantine";

/** What the pipeline knows of a profile. Replaced as a whole when it changes, or when it gains fields. */
export type IngestProfile = {
  readonly profileId: string;
  readonly tenantId: string;
  readonly maxPastMs: number;
  readonly maxFutureMs: number;
  /** A reading that came later than this after its own time is back-fill. */
  readonly lateMs: number;
  readonly unknownVersion: UnknownVersionPolicy;
  /** The version for what no binding is made for. */
  readonly main: Binding;
  /** All others; empty for most profiles. */
  readonly bindings: readonly Binding[];
  /** The published version that a message names as `name@version`, if one of this profile's schemas has it. */
  readonly named: (reference: string) => BoundSchema | undefined;
};
