import type {
  Binding,
  BoundSchema,
  IngestProfile,
  UnknownVersionPolicy,
} from "#server/pipeline/profile.ts";
import { prepareSchema, type SchemaVersionRow } from "#server/schema/prepare-schema.ts";

/** A profile as it is kept; the schema ids are of {@link VersionRow}. */
export type ProfileRow = {
  readonly profileId: string;
  readonly tenantId: string;
  readonly open: boolean;
  /** Of the main binding. */
  readonly schemaId: number;
  readonly maxPastSeconds: number;
  readonly maxFutureSeconds: number;
  readonly lateSeconds: number;
  readonly unknownVersion: UnknownVersionPolicy;
  readonly bindings: readonly {
    readonly stream: string;
    readonly contentType: string;
    readonly schemaId: number;
    readonly canarySchemaId: number | null;
    readonly canaryPercent: number;
    readonly canaryDevices: readonly string[];
  }[];
};

/** A schema version that messages may have. */
export type VersionRow = Omit<SchemaVersionRow, "open"> & { readonly tenantId: string };

/** Versions of a schema that a message may name, the newest; older ones only where they are bound. */
export const namedVersions = 50;

/** @returns the versions that the profile is bound to */
export function schemaIdsOf({ schemaId, bindings }: ProfileRow): readonly number[] {
  return [
    schemaId,
    ...bindings.flatMap((each) => [each.schemaId, each.canarySchemaId ?? each.schemaId]),
  ];
}

/**
 * Makes a profile ready for messages.
 * @param schemas those it is bound to and those that its messages may name
 */
export function assembleProfile(row: ProfileRow, schemas: readonly VersionRow[]): IngestProfile {
  const version = preparing(row, schemas);
  const bindings = row.bindings.map((each): Binding => {
    const { stream, contentType, canarySchemaId, canaryPercent, canaryDevices } = each;
    const canary =
      canarySchemaId === null
        ? undefined
        : {
            schema: version(canarySchemaId),
            percent: canaryPercent,
            devices: new Set(canaryDevices),
          };
    return { stream, contentType, current: version(each.schemaId), canary };
  });
  const isMain = ({ stream, contentType }: Binding): boolean => stream === "" && contentType === "";
  return {
    profileId: row.profileId,
    tenantId: row.tenantId,
    maxPastMs: row.maxPastSeconds * 1000,
    maxFutureMs: row.maxFutureSeconds * 1000,
    lateMs: row.lateSeconds * 1000,
    unknownVersion: row.unknownVersion,
    main: bindings.find(isMain) ?? {
      stream: "",
      contentType: "",
      current: version(row.schemaId),
      canary: undefined,
    },
    bindings: bindings.filter((each) => !isMain(each)),
    named: namedOf(row, schemas, version),
  };
}

/** Prepares each version once, when it is first asked for: most of those that may be named never are. */
function preparing(
  { open }: ProfileRow,
  schemas: readonly VersionRow[],
): (schemaId: number) => BoundSchema {
  const rows = new Map(schemas.map((row) => [row.schemaId, row]));
  const prepared = new Map<number, BoundSchema>();
  return (schemaId) => {
    const row = rows.get(schemaId);
    if (row === undefined)
      throw new Error(`Schema version ${schemaId} is bound and does not exist.`);
    const schema = prepared.get(schemaId) ?? prepareSchema({ ...row, open, fields: row.fields });
    prepared.set(schemaId, schema);
    return schema;
  };
}

function namedOf(
  { tenantId, schemaId, bindings }: ProfileRow,
  schemas: readonly VersionRow[],
  version: (schemaId: number) => BoundSchema,
): IngestProfile["named"] {
  const bound = new Set([schemaId, ...bindings.map((each) => each.schemaId)]);
  const names = new Set(
    schemas.filter((row) => bound.has(row.schemaId)).map(({ schemaName }) => schemaName),
  );
  const byReference = new Map(
    schemas
      .filter((row) => row.tenantId === tenantId && names.has(row.schemaName))
      .map((row) => [`${row.schemaName}@${row.schemaVersion}`, row.schemaId]),
  );
  return (reference) => {
    const id = byReference.get(reference);
    return id === undefined ? undefined : version(id);
  };
}
