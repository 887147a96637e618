import type { Tx } from "#server/db/client.ts";
import { readTenantProfiles, readTenantSchemas } from "#server/db/read-tenant-profiles.ts";
import { assembleProfile, namedVersions, schemaIdsOf } from "#server/pipeline/assemble-profile.ts";
import { messageOfLetter, type KeptLetter } from "#server/pipeline/letter-message.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { runStages } from "#server/pipeline/run-stages.ts";

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
  letter: KeptLetter,
  profile: IngestProfile | undefined,
): { readonly wouldPass: boolean; readonly detail: string } {
  if (profile === undefined) {
    return { wouldPass: false, detail: "The device's profile does not exist any more." };
  }
  const result = runStages(messageOfLetter(letter), profile);
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
