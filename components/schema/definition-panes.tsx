"use client";
import clsx from "clsx";
import { useId, useState, type RefObject } from "react";
import { FieldsPane } from "#components/schema/fields-pane.tsx";
import { readFields, sourceText, type JsonObject } from "#components/schema/field-form.ts";
import { placeAt } from "#components/schema/json-positions.ts";
import { PaneChoice, type Pane } from "#components/schema/pane-choice.tsx";
import { schemaOf, type DraftReading } from "#components/schema/editor-draft.ts";
import { SourceArea, showOffset } from "#components/schema/source-area.tsx";
import { editorText, jsonProblems } from "#components/strings/schema.ts";
import { Card } from "#components/ui/card.tsx";

/** The JSON Schema as form and source side by side; on a phone one of the two. */
export function DefinitionPanes({
  text,
  reading,
  marked,
  optional,
  readOnly,
  areaRef,
  onText,
}: {
  readonly text: string;
  readonly reading: DraftReading;
  /** Lines of the source where the check found something. */
  readonly marked: readonly number[];
  /** The format is understood without a JSON Schema. */
  readonly optional: boolean;
  readonly readOnly: boolean;
  readonly areaRef: RefObject<HTMLTextAreaElement | null>;
  readonly onText: (text: string) => void;
}) {
  const [pane, setPane] = useState<Pane>("form");
  const schema = schemaOf(reading);
  return (
    <Card labelledBy="fields">
      <div className="flex min-h-10.5 flex-wrap items-center justify-between gap-2 border-b border-line px-3.5 py-2">
        <h2 id="fields" className="font-semibold text-ink">
          {editorText.fields}
          {schema !== undefined && (
            <span className="ml-2 text-sm font-normal text-ink-3">
              {editorText.fieldsCount(readFields(schema).length)}
            </span>
          )}
        </h2>
        <PaneChoice pane={pane} onChange={setPane} />
      </div>
      <div className="grid lg:grid-cols-2 lg:divide-x lg:divide-line">
        <div className={clsx("min-w-0 px-3.5 py-2", pane !== "form" && "max-lg:hidden")}>
          {optional && text.trim() === "" && (
            <p className="py-2 text-ink-2">{editorText.noSource}</p>
          )}
          <FieldsPane
            schema={schema}
            readOnly={readOnly}
            onChange={(next: JsonObject) => onText(sourceText(next))}
          />
        </div>
        <div className={clsx("min-w-0 p-3.5", pane !== "source" && "max-lg:hidden")}>
          <SourcePane {...{ text, reading, marked, readOnly, areaRef, onText }} />
        </div>
      </div>
    </Card>
  );
}

function SourcePane({
  text,
  reading,
  marked,
  readOnly,
  areaRef,
  onText,
}: {
  readonly text: string;
  readonly reading: DraftReading;
  readonly marked: readonly number[];
  readonly readOnly: boolean;
  readonly areaRef: RefObject<HTMLTextAreaElement | null>;
  readonly onText: (text: string) => void;
}) {
  const noteId = useId();
  const mistake = reading.ok ? undefined : reading.mistake;
  const place = mistake === undefined ? undefined : placeAt(text, mistake.offset);
  return (
    <div className="flex h-full min-h-96 flex-col gap-2">
      <SourceArea
        label={editorText.source}
        value={text}
        readOnly={readOnly}
        marked={place === undefined ? marked : [place.line]}
        areaRef={areaRef}
        describedBy={noteId}
        className="min-h-80 flex-1"
        onChange={onText}
      />
      <div id={noteId} className="min-h-5 text-sm">
        {mistake === undefined || place === undefined ? (
          <p className="text-ink-3">{editorText.sourceHint}</p>
        ) : (
          <button
            type="button"
            className="text-left text-bad underline"
            onClick={() => showOffset(areaRef.current, mistake.offset)}
          >
            {editorText.brokenAt(place.line, place.column, jsonProblems[mistake.problem])}
          </button>
        )}
      </div>
    </div>
  );
}
