import { fieldNameProblem } from "#server/domain/field-name.ts";
import { quoteName } from "#server/pipeline/readings.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

/** One measurement of a format that sends each by itself. */
export type Measurement = {
  readonly name: string;
  /** Epoch milliseconds; undefined when it has no time. */
  readonly ts: number | undefined;
  readonly value: unknown;
};

/** A reading as the pipeline takes it in an array. */
export type TimedValues = {
  readonly ts?: number;
  readonly values: Readonly<Record<string, unknown>>;
};

/** Puts measurements of the same time together, in the order in which times first appear. */
export function groupByTime(measurements: readonly Measurement[]): Stage<readonly TimedValues[]> {
  const groups = new Map<number | undefined, Map<string, unknown>>();
  for (const { name, ts, value } of measurements) {
    const problem = fieldNameProblem(name);
    if (problem !== undefined) {
      return refuse("unsupported-value", `The measurement ${quoteName(name)} ${problem}.`);
    }
    const group = groups.get(ts) ?? new Map<string, unknown>();
    groups.set(ts, group);
    if (group.has(name)) {
      return refuse(
        "duplicate-key",
        `The measurement ${quoteName(name)} is there twice for one time. Send it once, or with two times.`,
      );
    }
    group.set(name, value);
  }
  return pass(
    Array.from(groups, ([ts, group]) => {
      const values = Object.fromEntries(group);
      return ts === undefined ? { values } : { ts, values };
    }),
  );
}
