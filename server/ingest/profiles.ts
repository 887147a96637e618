import type { Database } from "#server/db/client.ts";
import { readIngestProfiles, type IngestProfileRow } from "#server/db/read-ingest-profiles.ts";
import type {
  FieldType,
  IngestProfile,
  ProfileField,
  ValueCheck,
} from "#server/pipeline/profile.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";

/** The profiles of the devices that send, as they were read last. */
export type ProfileCache = {
  /** What is known now; undefined until {@link load}. */
  peek(profileId: string): IngestProfile | undefined;
  /** Reads profiles that are not known. @throws what the database throws */
  load(profileIds: readonly string[]): Promise<void>;
  put(profile: IngestProfile): void;
  /** The profile changed: it is read again before its next message is judged. */
  invalidate(profileId: string): void;
  /** Reads all that is known again, in case a notification was lost. */
  reload(): Promise<void>;
};

export function createProfileCache(db: Database): ProfileCache {
  const known = new Map<string, IngestProfile>();
  const load = async (profileIds: readonly string[]): Promise<void> => {
    if (profileIds.length === 0) return;
    for (const row of await readIngestProfiles(db, profileIds)) {
      known.set(row.profileId, toProfile(row));
    }
  };
  return {
    peek: (profileId) => known.get(profileId),
    load,
    put: (profile) => void known.set(profile.profileId, profile),
    invalidate: (profileId) => void known.delete(profileId),
    reload: () => load([...known.keys()]),
  };
}

function toProfile(row: IngestProfileRow): IngestProfile {
  return {
    profileId: row.profileId,
    tenantId: row.tenantId,
    schemaId: row.schemaId,
    schemaName: row.schemaName,
    schemaVersion: row.schemaVersion,
    open: row.open,
    maxPastMs: row.maxPastSeconds * 1000,
    maxFutureMs: row.maxFutureSeconds * 1000,
    fields: fieldsOf(row.fields),
    check: checkOf(row.jsonSchema),
  };
}

/** A schema that does not compile refuses its own messages; it must not hold up everybody's. */
function checkOf(jsonSchema: unknown): ValueCheck | undefined {
  if (typeof jsonSchema !== "object" || jsonSchema === null) return undefined;
  try {
    return compileSchema(jsonSchema).validate;
  } catch {
    const message = "cannot be checked: the profile's JSON Schema does not compile. Correct it";
    return () => ({ ok: false, path: "", message });
  }
}

/** Fields by name, as the pipeline looks them up. */
export function fieldsOf(
  rows: readonly { readonly name: string; readonly position: number; readonly type: string }[],
): ReadonlyMap<string, ProfileField> {
  return new Map(
    rows.map(({ name, position, type }) => [name, { position, type: fieldType(type) }]),
  );
}

function fieldType(type: string): FieldType {
  return type === "boolean" || type === "string" ? type : "number";
}
