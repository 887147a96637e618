import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { lockSchema, type LockedSchema } from "#server/db/lock-schema.ts";
import { isDataCategory } from "#server/domain/data-category.ts";
import type { SchemaFormat } from "#server/domain/schema-definition.ts";
import type { SchemaFieldView, VersionSummary } from "#server/services/schema/view.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** How the audit trail names a schema. */
export function schemaTargetOf({ name }: { readonly name: string }): string {
  return `schema:${name}`;
}

export function schemaNotFound(name: string): ServiceError {
  return new ServiceError("not_found", `There is no schema “${name}”.`, {
    remedy: "Choose one of the list.",
  });
}

function versionNotFound(name: string, version: number): ServiceError {
  return new ServiceError("not_found", `There is no version ${version} of the schema “${name}”.`, {
    remedy: "Choose one of its versions.",
  });
}

/**
 * Locks a schema for a change of its draft or versions.
 * @throws ServiceError not_found, conflict for the one that grows with the open profile
 */
export async function lockForChange(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  name: string,
): Promise<LockedSchema> {
  const schema = await lockSchema(tx, tenantId, name);
  if (schema === undefined) throw schemaNotFound(name);
  if (schema.open) {
    throw new ServiceError(
      "conflict",
      `The schema “${name}” gains fields by itself and has no versions to publish.`,
      { remedy: "Create a schema and a profile that uses it." },
    );
  }
  return schema;
}

/**
 * A schema with the number of its newest version, without locking it.
 * @throws ServiceError not_found
 */
export async function findSchema(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  name: string,
): Promise<{
  readonly id: string;
  readonly name: string;
  readonly format: SchemaFormat;
  readonly latestVersion: number | null;
}> {
  const found = await tx.schema.findUnique({
    where: { tenantId_name: { tenantId, name } },
    select: {
      id: true,
      name: true,
      format: true,
      versions: { select: { version: true }, orderBy: { version: "desc" }, take: 1 },
    },
  });
  if (found === null) throw schemaNotFound(name);
  const { versions, ...schema } = found;
  return { ...schema, latestVersion: versions[0]?.version ?? null };
}

/** @throws ServiceError conflict when somebody has changed the draft meanwhile */
export function requireRevision(schema: LockedSchema, revision: number): void {
  if (schema.draftRevision === revision) return;
  const who = schema.draftUpdatedBy ?? "Somebody else";
  const what = schema.draft === null ? "published or discarded" : "changed";
  throw new ServiceError(
    "conflict",
    `${who} has ${what} the draft of “${schema.name}” meanwhile.`,
    {
      remedy: "Load it again, then decide whether your change is still needed.",
      fields: [{ path: "revision", message: `The draft is at revision ${schema.draftRevision}.` }],
    },
  );
}

/** A version with what its view and its definition need. */
export const versionColumns = {
  id: true,
  name: true,
  version: true,
  jsonSchema: true,
  definition: true,
  digest: true,
  notes: true,
  publishedBy: true,
  createdAt: true,
} as const satisfies Prisma.SchemaVersionSelect;

export const fieldColumns = {
  name: true,
  type: true,
  unit: true,
  description: true,
  category: true,
  deprecated: true,
  position: true,
} as const satisfies Prisma.SchemaFieldSelect;

/** @throws ServiceError not_found */
export async function findVersion(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { name, version }: { readonly name: string; readonly version: number },
) {
  const found = await tx.schemaVersion.findFirst({
    where: { tenantId, name, version },
    select: {
      ...versionColumns,
      compatibility: true,
      schema: { select: { format: true } },
      fields: { select: fieldColumns, orderBy: { position: "asc" } },
    },
  });
  if (found === null) throw versionNotFound(name, version);
  return found;
}

type SummaryRow = {
  readonly id: number;
  readonly version: number;
  readonly digest: string;
  readonly notes: string;
  readonly publishedBy: string;
  readonly createdAt: Date;
};

export function toVersionSummary(row: SummaryRow, fields: number): VersionSummary {
  const { id, version, digest, notes, publishedBy, createdAt } = row;
  const publishedAt = createdAt.toISOString();
  return { version, schemaId: id, publishedAt, publishedBy, notes, digest, fields };
}

export function toFieldView(
  field: Omit<SchemaFieldView, "category"> & { readonly category: string },
): SchemaFieldView {
  const { name, type, unit, description, category, deprecated, position } = field;
  return {
    name,
    type,
    unit,
    description,
    category: isDataCategory(category) ? category : "telemetry",
    deprecated,
    position,
  };
}
