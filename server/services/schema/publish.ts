import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { LockedSchema } from "#server/db/lock-schema.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { readBindings, type BindingRow } from "#server/db/read-bindings.ts";
import { maxSchemaVersions, type SchemaDefinition } from "#server/domain/schema-definition.ts";
import { schemaDefinition } from "#server/domain/schema-definition-schema.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  changeBinding,
  lockBinding,
  noCanary,
  requireBinding,
} from "#server/services/schema/change-binding.ts";
import { compareDefinitions } from "#server/services/schema/compare.ts";
import { digestOf, requirePublishable } from "#server/services/schema/definition.ts";
import { insertVersion } from "#server/services/schema/insert-version.ts";
import {
  lockForChange,
  requireRevision,
  schemaTargetOf,
  versionColumns,
} from "#server/services/schema/internal.ts";
import { requirePolicies } from "#server/services/schema/require-policies.ts";
import { publishSchemaSchema } from "#server/services/schema/schemas.ts";

export type SchemaPublished = {
  readonly version: number;
  readonly schemaId: number;
  /** Bindings that have it now: none, unless the caller asked for it. */
  readonly bound: number;
};

/** Changes that the audit trail keeps in words. */
const mostRecorded = 50;

/**
 * Makes the draft the next version, which never changes again. No profile uses it until it is
 * bound, which `bind` does at once; messages may name it as soon as it is there.
 * @throws ServiceError not_found, invalid (examples, problems), conflict (somebody was faster,
 * nothing changed, or a profile's policy does not allow the changes, which `fields` lists)
 */
export const publishSchema = defineMutation({
  name: "schema.publish",
  can: "schema.manage",
  input: publishSchemaSchema,
  run: async ({ ctx, tx, input }) => {
    const schema = await lockForChange(tx, ctx, input.name);
    requireRevision(schema, input.revision);
    const definition = draftOf(schema);
    const version = (schema.latestVersion ?? 0) + 1;
    requireRoom(schema, version);
    requirePublishable({ name: schema.name, version }, schema.format, definition, ctx.now());
    const digest = digestOf(definition);
    const before = await readLatest(tx, ctx, schema);
    if (before !== undefined && digestOf(before) === digest) {
      throw new ServiceError(
        "conflict",
        "Nothing changed: the draft says what the last version says.",
        {
          remedy: "Discard the draft.",
        },
      );
    }
    const bindings = await readBindings(tx, ctx.tenantId, { schemaRef: schema.id });
    await requirePolicies(tx, ctx, { schema, bindings, definition, latest: before });
    const changes = before === undefined ? [] : compareDefinitions(before, definition);
    const schemaId = await insertVersion(tx, ctx, {
      schema,
      version,
      definition,
      notes: input.notes,
      compatibility: before === undefined ? null : { version: version - 1, changes },
    });
    await clearDraft(tx, ctx, schema);
    const bound = input.bind ? await bindEverywhere(tx, ctx, { schema, schemaId, bindings }) : [];
    for (const profileId of new Set(bindings.map((each) => each.profileId))) {
      await notifyControl(tx, { kind: "profile", tenantId: ctx.tenantId, profileId });
    }
    const value: SchemaPublished = { version, schemaId, bound: bound.length };
    return {
      value,
      audit: {
        target: schemaTargetOf(schema),
        payload: {
          after: { version, schemaId, digest, notes: input.notes, bound },
          changes: changes.slice(0, mostRecorded),
        },
      },
    };
  },
});

function draftOf(schema: LockedSchema): SchemaDefinition {
  if (schema.draft !== null) return schemaDefinition.parse(schema.draft);
  throw new ServiceError("conflict", `The schema “${schema.name}” has no draft to publish.`, {
    remedy: "Save a draft first.",
  });
}

function requireRoom(schema: LockedSchema, version: number): void {
  if (version <= maxSchemaVersions) return;
  throw new ServiceError(
    "conflict",
    `The schema “${schema.name}” has ${maxSchemaVersions} versions, which is the limit.`,
    { remedy: "Create a schema under another name." },
  );
}

/** What the newest version says; undefined before the first. */
async function readLatest(
  tx: Tx,
  { tenantId }: Context,
  { id, format, latestVersion }: LockedSchema,
): Promise<SchemaDefinition | undefined> {
  if (latestVersion === null) return undefined;
  const row = await tx.schemaVersion.findFirstOrThrow({
    where: { tenantId, schemaRef: id, version: latestVersion },
    select: versionColumns,
  });
  return definitionOf({ ...row, format });
}

/**
 * Binds a version wherever another one of its schema is bound; a version on trial ends.
 * @returns the bindings, as the audit trail keeps them
 */
async function bindEverywhere(
  tx: Tx,
  ctx: Context,
  at: {
    readonly schema: LockedSchema;
    readonly schemaId: number;
    readonly bindings: readonly BindingRow[];
  },
): Promise<readonly Pick<BindingRow, "profileName" | "stream" | "contentType">[]> {
  const theirs = at.bindings.filter(({ schema }) => schema === at.schema.name);
  for (const binding of theirs) {
    const locked = await lockBinding(tx, ctx, binding);
    const { schemaId: previousSchemaId } = requireBinding(locked);
    await changeBinding(tx, ctx, locked, { schemaId: at.schemaId, previousSchemaId, ...noCanary });
  }
  return theirs.map(({ profileName, stream, contentType }) => ({
    profileName,
    stream,
    contentType,
  }));
}

async function clearDraft(tx: Tx, ctx: Context, schema: LockedSchema): Promise<void> {
  await tx.schema.update({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: schema.id } },
    data: {
      draft: Prisma.DbNull,
      draftRevision: schema.draftRevision + 1,
      draftUpdatedAt: ctx.now(),
      draftUpdatedBy: actorName(ctx.actor),
    },
  });
}
