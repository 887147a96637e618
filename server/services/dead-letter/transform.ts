import type { TransformStep } from "#server/domain/transform-steps.ts";
import type { Processing } from "#server/pipeline/profile.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { compileProcessing } from "#server/schema/processing.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Makes a transform ready.
 * @returns undefined for one without steps
 * @throws ServiceError invalid, with the step that cannot be used
 */
export function compileTransform(steps: readonly TransformStep[]): Processing | undefined {
  try {
    return steps.length === 0 ? undefined : compileProcessing([...steps], "");
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    throw new ServiceError("invalid", error.message, {
      remedy: "Correct the transform.",
      fields: [{ path: `transform${error.path.replaceAll("/", ".")}`, message: error.message }],
    });
  }
}
