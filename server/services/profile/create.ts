import type { Prisma } from "#server/db/generated/client.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { inspectSchema, SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { schemaFields } from "#server/schema/schema-fields.ts";
import { createProfileSchema } from "#server/services/profile/schemas.ts";

/** A profile as its creation returns it. */
export type ProfileCreated = {
  readonly id: string;
  readonly name: string;
  readonly schemaVersion: number;
  readonly fields: readonly string[];
};

/** The schema as it is kept, and its stored fields. */
function readSchema(jsonSchema: unknown) {
  try {
    const schema = inspectSchema(jsonSchema);
    compileSchema(schema);
    return { schema, fields: schemaFields(schema) };
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    const where = error.path === "" ? "" : ` (at ${error.path})`;
    throw new ServiceError("invalid", `${error.message}${where}`, {
      remedy: "Correct the JSON Schema.",
      fields: [{ path: "jsonSchema", message: `${error.message}${where}` }],
    });
  }
}

/** Creates a profile: what its devices' messages look like, and what is expected of the devices. */
export const createProfile = defineMutation({
  name: "profile.create",
  can: "profile.manage",
  input: createProfileSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { jsonSchema, ...settings } = input;
    const { schema, fields } = readSchema(jsonSchema);
    const taken = await tx.profile.findUnique({
      where: { tenantId_name: { tenantId, name: input.name } },
      select: { id: true },
    });
    if (taken !== null) {
      throw new ServiceError("conflict", `There is a profile “${input.name}” already.`, {
        remedy: "Choose another name.",
        fields: [{ path: "name", message: "This name is taken." }],
      });
    }
    const version = await tx.schemaVersion.create({
      data: {
        tenantId,
        name: input.name,
        version: 1,
        // inspectSchema made it from JSON text.
        jsonSchema: schema as Prisma.InputJsonObject,
      },
      select: { id: true, version: true },
    });
    await tx.schemaField.createMany({
      data: fields.map((field) => ({ ...field, tenantId, schemaId: version.id })),
    });
    const profile = await tx.profile.create({
      data: { ...settings, tenantId, schemaId: version.id, createdAt: ctx.now() },
      select: { id: true },
    });
    const value: ProfileCreated = {
      id: profile.id,
      name: input.name,
      schemaVersion: version.version,
      fields: fields.map(({ name }) => name),
    };
    return {
      value,
      audit: {
        target: `profile:${input.name}`,
        payload: { after: { ...settings, ...value, jsonSchema: schema } },
      },
      control: { kind: "profile", tenantId, profileId: profile.id },
    };
  },
});
