"use client";
import type { ExploreState } from "#components/explore/explore-state.ts";
import type { ExploreData } from "#components/explore/use-explore-data.ts";
import { exploreText } from "#components/strings/explore.ts";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { TelemetryAnswer } from "#server/domain/telemetry-query.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

const shownNames = 5;

function some(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).join(", ");
  return names.length > shownNames ? `${shown} …` : shown;
}

/** What a link names and is not there, and what is not drawn. */
function noticesOf(
  state: ExploreState,
  choices: ExploreChoices | undefined,
  { answer, marks }: ExploreData,
): readonly string[] {
  const missing = choices?.missing ?? [];
  const known = new Set(choices?.metrics.map(({ name }) => name));
  // Without any device there is nothing to know of metrics.
  const unknown = known.size === 0 ? [] : state.metrics.filter((name) => !known.has(name));
  return [
    ...(missing.length > 0 ? [exploreText.missing(some(missing), missing.length)] : []),
    ...(unknown.length > 0 ? [exploreText.metricGone(some(unknown))] : []),
    ...(answer === undefined ? [] : partsOf(answer, state)),
    ...(marks?.isCut === true ? [exploreText.marksCut] : []),
  ];
}

/** What the answer says of itself. */
function partsOf({ devices, settling }: TelemetryAnswer, { split }: ExploreState) {
  const { matching, shown } = devices;
  const isPart = shown < matching && split === "each";
  return [
    ...(isPart ? [exploreText.notAll(formatCount(shown), formatCount(matching))] : []),
    ...(settling ? [exploreText.settling] : []),
  ];
}

/** What a link names and is not there, what is not drawn, and what could not be read. */
export function ExploreNotices({
  state,
  choices,
  data,
}: {
  readonly state: ExploreState;
  readonly choices: ExploreChoices | undefined;
  readonly data: ExploreData;
}) {
  const { values, states, marks } = data.failures;
  const failures = [
    { what: exploreText.failed, why: values },
    { what: exploreText.statesFailed, why: states },
    { what: exploreText.marksFailed, why: marks },
  ];
  return (
    <>
      {noticesOf(state, choices, data).map((words) => (
        <output
          key={words}
          className="block rounded border border-line bg-sunken px-3 py-2 text-sm text-ink-2"
        >
          {words}
        </output>
      ))}
      {failures.map(
        ({ what, why }) =>
          why !== null && (
            <ErrorNote key={what} remedy={why}>
              {what}
            </ErrorNote>
          ),
      )}
    </>
  );
}
