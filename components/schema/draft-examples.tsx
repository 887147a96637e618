"use client";
import { keyed } from "#components/schema/editor-draft.ts";
import { ExamplesCard } from "#components/schema/examples-card.tsx";
import { TrafficButton } from "#components/schema/traffic-button.tsx";
import type { DraftState } from "#components/schema/use-draft.ts";
import { editorText } from "#components/strings/schema.ts";
import type { DefinitionCheck } from "#server/services/schema/view.ts";

/** The draft's examples, with what the last check said of them. */
export function DraftExamples({
  name,
  state,
  check,
  waiting,
  readOnly,
}: {
  readonly name: string;
  readonly state: DraftState;
  readonly check: DefinitionCheck | undefined;
  readonly waiting: boolean;
  readonly readOnly: boolean;
}) {
  const { examples } = state.draft;
  return (
    <ExamplesCard
      examples={examples}
      results={waiting ? undefined : (check?.examples ?? [])}
      readOnly={readOnly}
      onChange={(changed) => state.change({ examples: changed })}
      traffic={
        <TrafficButton
          name={name}
          onTake={({ deviceId, payload, encoding, contentType }) =>
            state.change({
              examples: [
                ...examples,
                keyed({
                  name: editorText.exampleOf(deviceId),
                  payload,
                  encoding,
                  contentType,
                  expect: "pass" as const,
                }),
              ],
            })
          }
        />
      }
    />
  );
}
