import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { inspectSchema, SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { schemaFields } from "#server/schema/schema-fields.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { jsonOf, recordedBy } from "#server/services/profile/columns.ts";
import { createProfileSchema } from "#server/services/profile/schemas.ts";
import { requireBindable } from "#server/services/schema/change-binding.ts";
import { insertVersion } from "#server/services/schema/insert-version.ts";

/** A profile as its creation returns it. */
export type ProfileCreated = {
  readonly id: string;
  readonly name: string;
  readonly schemaVersion: number;
  readonly fields: readonly string[];
};

/** The schema as it is kept. */
function readSchema(jsonSchema: unknown): SchemaDefinition {
  try {
    const schema = inspectSchema(jsonSchema);
    compileSchema(schema);
    schemaFields(schema);
    return {
      format: "json",
      jsonSchema: { ...schema },
      protobuf: null,
      processing: [],
      dropWhen: "",
      examples: [],
    };
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    const where = error.path === "" ? "" : ` (at ${error.path})`;
    throw new ServiceError("invalid", `${error.message}${where}`, {
      remedy: "Correct the JSON Schema.",
      fields: [{ path: "jsonSchema", message: `${error.message}${where}` }],
    });
  }
}

function nameTaken(what: string, name: string): ServiceError {
  return new ServiceError("conflict", `There is a ${what} “${name}” already.`, {
    remedy: "Choose another name.",
    fields: [{ path: "name", message: "This name is taken." }],
  });
}

/**
 * Registers a schema under the profile's name with its first version.
 * @returns the version's id
 */
async function registerSchema(
  tx: Tx,
  ctx: Context,
  { name, definition }: { readonly name: string; readonly definition: SchemaDefinition },
): Promise<number> {
  const { tenantId } = ctx;
  const taken = await tx.schema.findUnique({
    where: { tenantId_name: { tenantId, name } },
    select: { id: true },
  });
  if (taken !== null) throw nameTaken("schema", name);
  const { id } = await tx.schema.create({
    data: { tenantId, name, createdAt: ctx.now(), createdBy: actorName(ctx.actor) },
    select: { id: true },
  });
  return insertVersion(tx, ctx, {
    schema: { id, name },
    version: 1,
    definition,
    notes: "",
    compatibility: null,
  });
}

/** @throws ServiceError conflict */
async function requireFreeName(tx: Tx, tenantId: string, name: string): Promise<void> {
  const taken = await tx.profile.findUnique({
    where: { tenantId_name: { tenantId, name } },
    select: { id: true },
  });
  if (taken !== null) throw nameTaken("profile", name);
}

/** A schema of its own, or a version of the registry. */
async function schemaFor(
  tx: Tx,
  ctx: Context,
  {
    name,
    jsonSchema,
    schema,
  }: Pick<z.output<typeof createProfileSchema>, "name" | "jsonSchema" | "schema">,
): Promise<number> {
  return schema === undefined
    ? registerSchema(tx, ctx, { name, definition: readSchema(jsonSchema) })
    : requireBindable(tx, ctx, { schema: schema.name, version: schema.version });
}

async function findVersion(tx: Tx, schemaId: number) {
  return tx.schemaVersion.findUniqueOrThrow({
    where: { id: schemaId },
    select: {
      name: true,
      version: true,
      digest: true,
      fields: { select: { name: true }, orderBy: { position: "asc" } },
    },
  });
}

/**
 * Creates a profile: what its devices' messages look like, by a JSON Schema of its own or by a
 * version of the registry, and what is expected of the devices.
 * @throws ServiceError invalid (the JSON Schema cannot be used), not_found (the version), conflict
 */
export const createProfile = defineMutation({
  name: "profile.create",
  can: "profile.manage",
  input: createProfileSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { jsonSchema, schema, specification, ...settings } = input;
    const { name } = settings;
    await requireFreeName(tx, tenantId, name);
    const schemaId = await schemaFor(tx, ctx, { name, jsonSchema, schema });
    const version = await findVersion(tx, schemaId);
    const profile = await tx.profile.create({
      data: {
        ...settings,
        commands: settings.commands.map((each) => jsonOf(each)),
        thresholds: settings.thresholds.map((each) => jsonOf(each)),
        certificatePolicy: jsonOf(settings.certificatePolicy),
        ...(specification !== null && { specification: recordedBy(ctx, specification) }),
        tenantId,
        schemaId,
        createdAt: ctx.now(),
      },
      select: { id: true },
    });
    await tx.profileBinding.create({
      data: {
        tenantId,
        profileId: profile.id,
        schemaId,
        changedAt: ctx.now(),
        changedBy: actorName(ctx.actor),
      },
    });
    const value: ProfileCreated = {
      id: profile.id,
      name,
      schemaVersion: version.version,
      fields: version.fields.map((field) => field.name),
    };
    const said = `${version.name}@${version.version}`;
    return {
      value,
      audit: {
        target: `profile:${name}`,
        payload: {
          after: { ...settings, specification, ...value, schema: said, digest: version.digest },
        },
      },
      control: { kind: "profile", tenantId, profileId: profile.id },
    };
  },
});
