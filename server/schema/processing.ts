import type { TransformStep } from "#server/domain/transform-steps.ts";
import type { Processing } from "#server/pipeline/profile.ts";
import { pass, refuse } from "#server/pipeline/stage.ts";
import { compileSteps } from "#server/schema/apply-steps.ts";
import { compileExpression } from "#server/schema/expression.ts";

/**
 * Prepares what a schema version makes of valid values: its steps in their order, and then whether
 * the reading is dropped, which is asked of the values as they would be stored.
 * @param dropWhen an expression; empty for never
 * @returns undefined where the version says nothing
 * @throws SchemaUnusable
 */
export function compileProcessing(
  steps: readonly TransformStep[],
  dropWhen: string,
): Processing | undefined {
  if (steps.length === 0 && dropWhen === "") return undefined;
  const apply = compileSteps(steps);
  const isDropped = dropWhen === "" ? undefined : compileExpression(dropWhen);
  return (values, device) => {
    const applied = apply(values, device);
    if (!applied.ok) return refuse("processing-failed", applied.message);
    if (isDropped === undefined) return pass(applied.values);

    const drop = isDropped({ values: applied.values, device });
    if (!drop.ok) {
      return refuse("processing-failed", `It cannot be said whether to drop it. ${drop.message}`);
    }
    if (typeof drop.value !== "boolean") {
      return refuse("processing-failed", "The expression for dropping is not true or false.");
    }
    return pass(drop.value ? "filtered" : applied.values);
  };
}
