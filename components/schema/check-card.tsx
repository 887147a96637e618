"use client";
import { checkText } from "#components/strings/schema.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import type {
  DefinitionCheck,
  DefinitionProblem,
  ExampleView,
} from "#server/services/schema/view.ts";

/** What stands in the way of the draft, each with a way to its place. */
export function CheckCard({
  check,
  busy,
  failed,
  onShow,
}: {
  /** Undefined until the first answer, and while the draft is none. */
  readonly check: DefinitionCheck | undefined;
  readonly busy: boolean;
  readonly failed: string | undefined;
  /** Shows the place in the source; absent for places that are elsewhere. */
  readonly onShow: (path: string) => (() => void) | undefined;
}) {
  const count = check?.problems.length ?? 0;
  return (
    <Card labelledBy="check">
      <CardHeader
        id="check"
        title={checkText.problems}
        aside={
          <output>
            {busy ? checkText.checking : count > 0 ? checkText.problemCount(count) : ""}
          </output>
        }
      />
      <CardBody className="flex flex-col gap-2">
        {failed !== undefined && <ErrorNote remedy={failed}>{checkText.checkFailed}</ErrorNote>}
        {check === undefined && !busy && failed === undefined && (
          <p className="text-ink-2">{checkText.unchecked}</p>
        )}
        <ul className="flex flex-col gap-2 empty:hidden">
          {check?.problems.map((problem) => (
            <ProblemLine
              key={`${problem.path} ${problem.message}`}
              problem={problem}
              onShow={onShow(problem.path)}
            />
          ))}
        </ul>
        {check !== undefined && count === 0 && <Soundness check={check} />}
      </CardBody>
    </Card>
  );
}

function ProblemLine({
  problem,
  onShow,
}: {
  readonly problem: DefinitionProblem;
  readonly onShow: (() => void) | undefined;
}) {
  return (
    <li className="rounded border border-bad/40 bg-bad-soft px-3 py-2">
      <p className="wrap-anywhere text-ink">{problem.message}</p>
      {problem.path !== "" &&
        (onShow === undefined ? (
          <p className="font-mono text-sm wrap-anywhere text-ink-2">{problem.path}</p>
        ) : (
          <button
            type="button"
            aria-label={checkText.goTo(problem.path)}
            onClick={onShow}
            className="font-mono text-sm wrap-anywhere text-bad underline"
          >
            {problem.path}
          </button>
        ))}
    </li>
  );
}

/** What one may rely on where there is no problem. */
function Soundness({ check }: { readonly check: DefinitionCheck }) {
  const allHold = check.examples.every(({ ok }) => ok);
  return (
    <>
      {allHold && <p className="text-ok">{checkText.noProblems}</p>}
      <ExampleLine examples={check.examples} />
      {check.fields.length > 0 && (
        <p className="text-ink-2">{checkText.stored(check.fields.length)}</p>
      )}
    </>
  );
}

function ExampleLine({ examples }: { readonly examples: readonly ExampleView[] }) {
  if (examples.length === 0) return null;
  const broken = examples.filter(({ ok }) => !ok).length;
  return broken === 0 ? (
    <p className="text-ink-2">{checkText.allHold(examples.length)}</p>
  ) : (
    <p className="text-bad">{checkText.someBreak(broken, examples.length)}</p>
  );
}
