import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, RegExpLike } from "ajv/dist/types/index.js";
import { fastFormats } from "ajv-formats/dist/formats.js";
import { RE2JS } from "re2js";
import type { ValueCheck } from "#server/pipeline/profile.ts";
import { inspectSchema, SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { formats } from "#server/schema/schema-vocabulary.ts";

/** A schema ready for use on messages. */
export type CompiledSchema = { readonly validate: ValueCheck };

/** A schema as ajv compiled it: false leaves what is wrong in `errors`. */
export type SchemaValidator = {
  (value: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null | undefined;
};

const longestMessage = 300;
const longestMemberName = 64;
/** Of a schema whose code ajv may nest: longer ones could exceed the stack of the JavaScript parser. */
const longestNestedSchema = 8_192;

/** RE2 matches in time linear in the text, whatever the pattern: a message cannot stall the worker. */
const linearRegExp = Object.assign(
  (pattern: string): RegExpLike & { toString(): string } => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // The compiler tells patterns apart by their text.
    return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: "linearRegExp" },
);

/** What a value does not fit, in words that follow it. */
export function inWords(error: ErrorObject): string {
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

/** The member that is too many or missing, where the error is about one. */
export function memberOf({ params }: ErrorObject): string | undefined {
  const detail: Readonly<Record<string, unknown>> = params;
  const name =
    detail["missingProperty"] ?? detail["additionalProperty"] ?? detail["unevaluatedProperty"];
  return typeof name === "string" ? name : undefined;
}

/** Keyword that failed, with the member's name in a form that can be kept: "required:pressure". */
function kindOf(error: ErrorObject): string {
  const member = memberOf(error);
  if (member === undefined) return error.keyword;
  const name = member.slice(0, longestMemberName).replaceAll("\0", "").toWellFormed();
  return `${error.keyword}:${name}`;
}

/**
 * Compiles a profile's JSON Schema (2020-12, the part that is safe on hostile messages, and the
 * annotations `unit` and `category`).
 * @throws SchemaUnusable with the place and what is wrong there
 */
export function compileSchema(jsonSchema: unknown): CompiledSchema {
  const validate = compileValidator(jsonSchema, { allErrors: false });
  return {
    validate: (value) => {
      if (validate(value)) return { ok: true };
      const error = validate.errors?.[0];
      if (error === undefined) return { ok: false, path: "", message: "does not fit", kind: "" };
      return {
        ok: false,
        path: error.instancePath,
        message: inWords(error).slice(0, longestMessage),
        kind: kindOf(error),
      };
    },
  };
}

/** What every object inherits: a property of such a name is there only if a message has it itself. */
const inheritedNames = Object.getOwnPropertyNames(Object.prototype);

/**
 * Compiles like {@link compileSchema}, for those who read the errors themselves.
 * @param options.allErrors goes on after the first error
 * @throws SchemaUnusable
 */
export function compileValidator(
  jsonSchema: unknown,
  { allErrors }: { readonly allErrors: boolean },
): SchemaValidator {
  const schema = inspectSchema(jsonSchema);
  // Code that ends at the first error is an if within an if for each property; this is flat.
  const text = JSON.stringify(schema);
  const isFlat = allErrors || text.length > longestNestedSchema;
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    addUsedSchema: false,
    logger: false,
    allErrors: isFlat,
    // Costs a look-up for each property, and only such a name needs it.
    ownProperties: inheritedNames.some((name) => text.includes(`"${name}"`)),
    code: { regExp: linearRegExp },
  });
  ajv.addKeyword({ keyword: "unit", schemaType: "string" });
  ajv.addKeyword({ keyword: "category", schemaType: "string" });
  for (const name of formats) ajv.addFormat(name, fastFormats[name]);
  try {
    return ajv.compile<unknown>(schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw Object.assign(new SchemaUnusable("", why.slice(0, longestMessage)), { cause: error });
  }
}
