import type { Database } from "#server/db/client.ts";
import { readIngestProfiles, readIngestSchemas } from "#server/db/read-ingest-profiles.ts";
import { assembleProfile, namedVersions, schemaIdsOf } from "#server/pipeline/assemble-profile.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";

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
    const profiles = await readIngestProfiles(db, profileIds);
    const schemaIds = new Set(profiles.flatMap(schemaIdsOf));
    const schemas = await readIngestSchemas(db, [...schemaIds], namedVersions);
    for (const profile of profiles) known.set(profile.profileId, assembleProfile(profile, schemas));
  };
  return {
    peek: (profileId) => known.get(profileId),
    load,
    put: (profile) => void known.set(profile.profileId, profile),
    invalidate: (profileId) => void known.delete(profileId),
    reload: () => load([...known.keys()]),
  };
}
