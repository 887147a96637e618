import type { Tx } from "#server/db/client.ts";
import { readTenantProfiles, readTenantSchemas } from "#server/db/read-tenant-profiles.ts";
import {
  assembleProfile,
  namedVersions,
  schemaIdsOf,
  type VersionRow,
} from "#server/pipeline/assemble-profile.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { ServiceError } from "#server/services/errors.ts";

/** For a letter that does not exist, or belongs to somebody else. */
export function noLetter(): ServiceError {
  return new ServiceError("not_found", "There is no such dead letter.", {
    remedy: "It may have been deleted. Go back to the list.",
  });
}

/** For a group that does not exist, or belongs to somebody else. */
export function noGroup(): ServiceError {
  return new ServiceError("not_found", "There is no such group of dead letters.", {
    remedy: "Its last letters may have been deleted. Go back to the list.",
  });
}

/** For a run that does not exist, or belongs to somebody else. */
export function noRun(): ServiceError {
  return new ServiceError("not_found", "There is no such run.", {
    remedy: "Go back to the list of dead letters.",
  });
}

/** Profiles as the workers judge by them, with the versions that they are bound to. */
export type Judges = {
  readonly profile: (profileId: string) => IngestProfile | undefined;
  readonly version: (schemaId: number) => VersionRow | undefined;
};

/** Reads profiles of the transaction's tenant, as they are now. */
export async function readJudges(tx: Tx, profileIds: readonly string[]): Promise<Judges> {
  const rows = await readTenantProfiles(tx, [...new Set(profileIds)]);
  const schemaIds = [...new Set(rows.flatMap(schemaIdsOf))];
  const versions = await readTenantSchemas(tx, schemaIds, namedVersions);
  const profiles = new Map(rows.map((row) => [row.profileId, assembleProfile(row, versions)]));
  const byId = new Map(versions.map((version) => [version.schemaId, version]));
  return {
    profile: (profileId) => profiles.get(profileId),
    version: (schemaId) => byId.get(schemaId),
  };
}
