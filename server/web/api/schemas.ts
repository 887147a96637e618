import { z } from "zod";
import { dataCategories } from "#server/domain/data-category.ts";
import { schemaFormats } from "#server/domain/schema-definition.ts";
import { schemaDefinition } from "#server/domain/schema-definition-schema.ts";
import { checkDefinition } from "#server/services/schema/check.ts";
import { compareVersions } from "#server/services/schema/compare-versions.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { discardDraft } from "#server/services/schema/discard-draft.ts";
import { schemaDocument } from "#server/services/schema/document.ts";
import { inferSchema } from "#server/services/schema/infer.ts";
import { listSamples } from "#server/services/schema/list-samples.ts";
import { listSchemas } from "#server/services/schema/list.ts";
import { proveDefinition } from "#server/services/schema/prove.ts";
import { publishSchema } from "#server/services/schema/publish.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import { showSchemaVersion } from "#server/services/schema/show-version.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { binding } from "#server/web/api/bindings.ts";

const instant = z.iso.datetime();
const tag = "Schemas";

const problems = z.array(
  z.object({ path: z.string().describe("JSON pointer into the definition"), message: z.string() }),
);

const change = z.object({
  path: z.string(),
  kind: z.string(),
  message: z.string(),
  breaks: z.enum(["backward", "forward", "both", "none"]),
});

const compatibility = z.object({
  version: z.int().describe("The version that it was compared with"),
  changes: z.array(change),
  backward: z.array(change),
  forward: z.array(change),
});

const field = z.object({
  name: z.string(),
  type: z.string(),
  unit: z.string().nullable(),
  description: z.string(),
  category: z.enum(dataCategories),
  deprecated: z.boolean(),
  position: z.int(),
});

const version = z.object({
  version: z.int(),
  schemaId: z.int(),
  publishedAt: instant,
  publishedBy: z.string(),
  notes: z.string(),
  digest: z.string(),
  fields: z.int(),
});

const format = z.enum(schemaFormats);

export const listSchemasRoute = {
  method: "get",
  path: "/schemas",
  tag,
  summary: "List schemas by name",
  operation: listSchemas,
  request: listSchemas.input,
  response: z.object({
    schemas: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        description: z.string(),
        format,
        latestVersion: z.int().nullable(),
        hasDraft: z.boolean(),
        draftUpdatedAt: instant.nullable(),
        draftUpdatedBy: z.string().nullable(),
        profiles: z.int(),
      }),
    ),
  }),
} as const;

export const createSchemaRoute = {
  method: "post",
  path: "/schemas",
  tag,
  summary: "Create a schema, with a draft if a definition is given",
  operation: createSchema,
  request: createSchema.input,
  response: z.object({ id: z.uuid(), name: z.string(), revision: z.int(), problems }),
  status: 201,
} as const;

export const showSchemaRoute = {
  method: "get",
  path: "/schemas/{name}",
  tag,
  summary: "Show a schema: its draft, its versions, and where they are used",
  operation: showSchema,
  request: showSchema.input,
  response: z.object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    format,
    revision: z.int(),
    draft: z
      .object({
        definition: schemaDefinition,
        revision: z.int(),
        updatedAt: instant,
        updatedBy: z.string(),
      })
      .nullable(),
    versions: z.array(version),
    bindings: z.array(binding),
  }),
} as const;

export const saveDraftRoute = {
  method: "put",
  path: "/schemas/{name}/draft",
  tag,
  summary: "Keep a draft; `revision` is the one that it is based on",
  operation: saveDraft,
  request: saveDraft.input,
  response: z.object({ revision: z.int(), problems }),
} as const;

export const discardDraftRoute = {
  method: "delete",
  path: "/schemas/{name}/draft",
  tag,
  summary: "Throw the draft away",
  operation: discardDraft,
  request: discardDraft.input,
  response: z.object({ revision: z.int() }),
} as const;

export const publishSchemaRoute = {
  method: "post",
  path: "/schemas/{name}/publish",
  tag,
  summary: "Make the draft the next version; profiles use it when it is bound, at once with `bind`",
  operation: publishSchema,
  request: publishSchema.input,
  response: z.object({ version: z.int(), schemaId: z.int(), bound: z.int() }),
  status: 201,
} as const;

export const checkDefinitionRoute = {
  method: "post",
  path: "/schemas/{name}/check",
  tag,
  summary: "Check a definition without keeping it: problems, fields, examples, compatibility",
  operation: checkDefinition,
  request: checkDefinition.input,
  response: z.object({
    problems,
    fields: z.array(field),
    examples: z.array(
      z.object({
        name: z.string(),
        expect: z.enum(["pass", "fail"]),
        result: z.enum(["pass", "fail"]),
        detail: z.string(),
        ok: z.boolean(),
      }),
    ),
    compatibility: compatibility.nullable(),
  }),
} as const;

export const proveDefinitionRoute = {
  method: "post",
  path: "/schemas/{name}/prove",
  tag,
  summary: "Run a definition over kept messages and open dead letters: whose would be refused",
  operation: proveDefinition,
  request: proveDefinition.input,
  response: z.object({
    samples: z.object({ checked: z.int(), passed: z.int(), failed: z.int() }),
    deadLetters: z.object({ checked: z.int(), wouldPass: z.int(), wouldFail: z.int() }),
    devices: z.array(
      z.object({
        deviceId: z.string(),
        firmware: z.string().nullable(),
        checked: z.int(),
        failed: z.int(),
        detail: z.string(),
      }),
    ),
    devicesFailing: z.int(),
    firmware: z.array(
      z.object({ firmware: z.string().nullable(), devices: z.int(), failed: z.int() }),
    ),
    took: z.int().describe("Milliseconds"),
    stopped: z.boolean(),
  }),
} as const;

export const listSamplesRoute = {
  method: "get",
  path: "/schemas/{name}/samples",
  tag,
  summary: "Show the newest kept payloads of a schema's messages; recorded in the audit trail",
  operation: listSamples,
  request: listSamples.input,
  response: z.object({
    samples: z.array(
      z.object({
        deviceId: z.string(),
        firmware: z.string().nullable(),
        receivedAt: instant,
        stream: z.string(),
        contentType: z.string(),
        payload: z.string(),
        encoding: z.enum(["text", "base64"]),
      }),
    ),
  }),
} as const;

export const compareVersionsRoute = {
  method: "get",
  path: "/schemas/{name}/compare",
  tag,
  summary: "Compare two versions: the changes, and which direction each breaks",
  operation: compareVersions,
  request: compareVersions.input,
  response: compatibility,
} as const;

export const showSchemaVersionRoute = {
  method: "get",
  path: "/schemas/{name}/versions/{version}",
  tag,
  summary: "Show a published version with its definition and fields",
  operation: showSchemaVersion,
  request: showSchemaVersion.input,
  response: version.extend({
    name: z.string(),
    format,
    definition: schemaDefinition,
    fields: z.array(field),
    compatibility: compatibility.nullable(),
  }),
} as const;

export const schemaDocumentRoute = {
  method: "get",
  path: "/schemas/{name}/versions/{version}/document",
  tag,
  summary: "Read what a device's programmer needs: fields, and programs that send one message",
  operation: schemaDocument,
  request: schemaDocument.input.omit({ endpoint: true }),
  response: z.object({
    name: z.string(),
    version: z.int(),
    fields: z.array(field),
    snippets: z.array(z.object({ id: z.string(), name: z.string(), code: z.string() })),
  }),
} as const;

export const inferSchemaRoute = {
  method: "post",
  path: "/profiles/{profileId}/infer-schema",
  tag,
  summary: "Propose a schema from what a profile's devices have sent; nothing is created",
  operation: inferSchema,
  request: inferSchema.input,
  response: z.object({
    definition: schemaDefinition,
    evidence: z.array(
      z.object({
        field: z.string(),
        seen: z.int(),
        of: z.int(),
        types: z.string(),
        least: z.number().nullable(),
        most: z.number().nullable(),
        example: z.string(),
        firmware: z.array(z.string()),
      }),
    ),
    samples: z.int(),
    skipped: z.int(),
  }),
} as const;
