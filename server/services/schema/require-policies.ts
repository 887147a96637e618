import type { Tx } from "#server/db/client.ts";
import type { BindingRow } from "#server/db/read-bindings.ts";
import type { LockedSchema } from "#server/db/lock-schema.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { compareDefinitions, forbiddenBy, strictestOf } from "#server/services/schema/compare.ts";
import { versionColumns } from "#server/services/schema/internal.ts";

/** Changes that a refusal lists. */
const mostListed = 50;

/**
 * What the profiles that use a schema ask of its next version: the strictest of their policies,
 * towards the newest version and towards each one that is bound, for those are what devices send.
 * @throws ServiceError conflict, with the changes that it forbids
 */
export async function requirePolicies(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  at: {
    readonly schema: LockedSchema;
    readonly bindings: readonly BindingRow[];
    readonly definition: SchemaDefinition;
    /** Undefined before the first version. */
    readonly latest: SchemaDefinition | undefined;
  },
): Promise<void> {
  const { schema, bindings, definition, latest } = at;
  const profiles = await tx.profile.findMany({
    where: { tenantId, id: { in: [...new Set(bindings.map(({ profileId }) => profileId))] } },
    select: { name: true, compatibility: true },
    orderBy: { name: "asc" },
  });
  const policy = strictestOf(profiles.map(({ compatibility }) => compatibility));
  if (policy === "none" || latest === undefined) return;
  const bound = new Set(bindings.map(({ schemaId }) => schemaId));
  const rows = await tx.schemaVersion.findMany({
    where: {
      tenantId,
      schemaRef: schema.id,
      id: { in: [...bound] },
      version: { not: schema.latestVersion ?? 0 },
    },
    select: versionColumns,
    orderBy: { version: "desc" },
  });
  const older = [
    { version: schema.latestVersion ?? 0, said: latest },
    ...rows.map((row) => ({
      version: row.version,
      said: definitionOf({ ...row, format: schema.format }),
    })),
  ];
  const forbidden = older.flatMap(({ version, said }) =>
    forbiddenBy(policy, compareDefinitions(said, definition)).map(({ path, message }) => ({
      path,
      message: `Towards version ${version}: ${message}`,
    })),
  );
  if (forbidden.length === 0) return;
  const strict = profiles.filter(({ compatibility }) => compatibility !== "none");
  throw new ServiceError(
    "conflict",
    `${forbidden.length === 1 ? "1 change is" : `${forbidden.length} changes are`} not ${policy} compatible, as ${strict.map(({ name }) => `“${name}”`).join(", ")} asks for.`,
    {
      remedy:
        "Take the changes back, publish them as another schema, or change the profile's rule.",
      fields: forbidden.slice(0, mostListed),
    },
  );
}
