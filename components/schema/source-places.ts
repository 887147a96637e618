import type { RefObject } from "react";
import { offsetOf, placeAt } from "#components/schema/json-positions.ts";
import type { DraftReading } from "#components/schema/editor-draft.ts";
import { showOffset } from "#components/schema/source-area.tsx";

/** Where the JSON Schema is in a definition. */
const root = "/jsonSchema";

/** Offset in the JSON Schema's text of what a pointer into the definition names. */
function sourceOffset(path: string, reading: DraftReading): number | undefined {
  if (!reading.ok || reading.source === null) return undefined;
  if (path !== root && !path.startsWith(`${root}/`)) return undefined;
  return offsetOf(reading.source.offsets, path.slice(root.length));
}

/** Moves the caret to the place that a problem is about; undefined where it is not in the source. */
export function showerOf(
  path: string,
  reading: DraftReading,
  area: RefObject<HTMLTextAreaElement | null>,
): (() => void) | undefined {
  const offset = sourceOffset(path, reading);
  return offset === undefined ? undefined : () => showOffset(area.current, offset);
}

/** The lines of the JSON Schema's text that problems are about. */
export function markedLines(
  paths: readonly string[],
  text: string,
  reading: DraftReading,
): readonly number[] {
  return paths.flatMap((path) => {
    const offset = sourceOffset(path, reading);
    return offset === undefined ? [] : [placeAt(text, offset).line];
  });
}
