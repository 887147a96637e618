import { runText, stepText } from "#components/strings/workbench.ts";
import type { TransformStep } from "#server/domain/transform-steps.ts";

/** The steps of a transform to read. */
export function StepList({ steps }: { readonly steps: readonly TransformStep[] }) {
  if (steps.length === 0) return <>{runText.replayNoSteps}</>;
  return (
    <ol className="list-inside list-decimal">
      {steps.map((step, index) => (
        <li key={index} className="wrap-anywhere">
          {stepText.read(step)}
        </li>
      ))}
    </ol>
  );
}
