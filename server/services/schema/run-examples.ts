import type { SchemaExample } from "#server/domain/schema-definition.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import { exampleBytes, judge } from "#server/services/schema/trial.ts";
import type { ExampleView } from "#server/services/schema/view.ts";

const longestDetail = 300;

/** Sends each example through the pipeline, as a device would that has this schema version. */
export function runExamples(
  examples: readonly SchemaExample[],
  schema: BoundSchema,
  now: Date,
): readonly ExampleView[] {
  return examples.map((example) => {
    const { name, expect, contentType } = example;
    const judged = judge({ payload: exampleBytes(example), contentType, receivedAt: now }, schema);
    const result = judged.ok ? "pass" : "fail";
    return { name, expect, result, detail: detailOf(judged), ok: result === expect };
  });
}

function detailOf(judged: Stage<Content>): string {
  if (!judged.ok) return judged.detail;
  const { readings, filtered } = judged.value;
  const first = readings[0];
  if (filtered === true || first === undefined) return "Taken, and dropped by the schema's rule.";
  const text = JSON.stringify(first.values);
  const cut = text.length > longestDetail ? `${text.slice(0, longestDetail)}…` : text;
  return readings.length === 1
    ? `Stored as ${cut}`
    : `${readings.length} readings, the first stored as ${cut}`;
}
