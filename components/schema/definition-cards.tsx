"use client";
import type { RefObject } from "react";
import { DefinitionPanes } from "#components/schema/definition-panes.tsx";
import { ProtobufFields } from "#components/schema/protobuf-fields.tsx";
import { markedLines } from "#components/schema/source-places.ts";
import type { DraftState } from "#components/schema/use-draft.ts";
import { editorText } from "#components/strings/schema.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import type { DefinitionCheck } from "#server/services/schema/view.ts";

/** What is accepted: the Protobuf source where there is one, and the JSON Schema. */
export function DefinitionCards({
  state,
  check,
  area,
  readOnly,
}: {
  readonly state: DraftState;
  readonly check: DefinitionCheck | undefined;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly readOnly: boolean;
}) {
  const { draft, reading, change } = state;
  const paths = check?.problems.map(({ path }) => path) ?? [];
  return (
    <>
      {draft.format === "protobuf" && (
        <Card labelledBy="protobuf">
          <CardHeader id="protobuf" title={editorText.protobuf} />
          <CardBody>
            <ProtobufFields
              value={draft.protobuf}
              readOnly={readOnly}
              onChange={(protobuf) => change({ protobuf })}
            />
          </CardBody>
        </Card>
      )}
      <DefinitionPanes
        text={draft.jsonText}
        reading={reading}
        marked={markedLines(paths, draft.jsonText, reading)}
        optional={draft.format !== "json"}
        readOnly={readOnly}
        areaRef={area}
        onText={(jsonText) => change({ jsonText })}
      />
    </>
  );
}
