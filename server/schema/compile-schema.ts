import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, RegExpLike } from "ajv/dist/types/index.js";
import { fastFormats } from "ajv-formats/dist/formats.js";
import { RE2JS } from "re2js";
import { inspectSchema, SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { formats } from "#server/schema/schema-vocabulary.ts";

/** What a value does not fit; `path` is a JSON pointer into the value. */
export type SchemaVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** A schema ready for use on messages. */
export type CompiledSchema = { readonly validate: (value: unknown) => SchemaVerdict };

const longestMessage = 300;

/** RE2 matches in time linear in the text, whatever the pattern: a message cannot stall the worker. */
const linearRegExp = Object.assign(
  (pattern: string): RegExpLike & { toString(): string } => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // The compiler tells patterns apart by their text.
    return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: "linearRegExp" },
);

function inWords(error: ErrorObject): string {
  const { keyword, params, message = "does not fit" } = error;
  const detail: Readonly<Record<string, unknown>> = params;
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties":
      return `has a field that the profile does not know: ${JSON.stringify(
        detail["additionalProperty"] ?? detail["unevaluatedProperty"],
      )}`;
    case "enum":
      return `${message}: ${JSON.stringify(detail["allowedValues"])}`;
    case "const":
      return `must be ${JSON.stringify(detail["allowedValue"])}`;
    default:
      return message;
  }
}

/**
 * Compiles a profile's JSON Schema (2020-12, the part that is safe on hostile messages, and the
 * annotation `unit`).
 * @throws SchemaUnusable with the place and what is wrong there
 */
export function compileSchema(jsonSchema: unknown): CompiledSchema {
  const schema = inspectSchema(jsonSchema);
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: linearRegExp },
  });
  ajv.addKeyword({ keyword: "unit", schemaType: "string" });
  for (const name of formats) ajv.addFormat(name, fastFormats[name]);
  const validate = compile(ajv, schema);
  return {
    validate: (value) => {
      if (validate(value)) return { ok: true };
      const error = validate.errors?.[0];
      if (error === undefined) return { ok: false, path: "", message: "does not fit" };
      return {
        ok: false,
        path: error.instancePath,
        message: inWords(error).slice(0, longestMessage),
      };
    },
  };
}

function compile(ajv: Ajv2020, schema: object) {
  try {
    return ajv.compile<unknown>(schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw Object.assign(new SchemaUnusable("", why.slice(0, longestMessage)), { cause: error });
  }
}
