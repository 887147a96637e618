import { certificateLives } from "#server/domain/certificate-life.ts";
import type { QueryValue } from "#server/domain/fleet-query-tokens.ts";
import type {
  ContactTest,
  FleetTest,
  MetricTest,
  QueryKey,
  VersionTest,
} from "#server/domain/fleet-term.ts";
import { presences } from "#server/domain/presence.ts";

/** What is wrong with a value, and what could stand there instead. */
export type ValueProblem = { readonly message: string; readonly suggestions: readonly string[] };
type Read<T> = { readonly value: T } | ValueProblem;

const problem = (message: string, suggestions: readonly string[] = []): ValueProblem => ({
  message,
  suggestions,
});

const unitSeconds: Readonly<Record<string, number>> = {
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
};
const maxSeconds = 10 * 366 * 86_400;

/** Seconds of `90s`, `2h`, `1d12h`; undefined when it is no duration of at most ten years. */
function durationSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}[wdhms])+$/i.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([wdhms])/gi)];
  const seconds = parts.reduce(
    (sum, [, count = "0", unit = "s"]) =>
      sum + Number(count) * (unitSeconds[unit.toLowerCase()] ?? 0),
    0,
  );
  return seconds > 0 && seconds <= maxSeconds ? seconds : undefined;
}

/** `1d12h`: a duration as the language reads it. */
export function durationText(seconds: number): string {
  let left = Math.round(seconds);
  let text = "";
  for (const [unit, size] of Object.entries(unitSeconds)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** The one of a list that is meant, whatever its case and whether by blank, hyphen or underscore. */
function oneOf<T extends string>(values: readonly T[], what: string) {
  return ({ text, comparison }: QueryValue): Read<T> => {
    const word = text.toLowerCase().replaceAll(/[\s-]/g, "_");
    const found = comparison === null ? values.find((value) => value === word) : undefined;
    if (found !== undefined) return { value: found };
    const near = values.filter((value) => word !== "" && value.startsWith(word.slice(0, 2)));
    return problem(`${what} is one of ${values.join(", ")}.`, near.length > 0 ? near : values);
  };
}

function plainText(what: string) {
  return ({ text, comparison, quoted }: QueryValue): Read<string> => {
    if (comparison !== null && !quoted) return problem(`A ${what} cannot be compared.`, [text]);
    return text.trim() === "" ? problem(`Say which ${what}.`) : { value: text.trim() };
  };
}

function version({ text, comparison }: QueryValue): Read<VersionTest> {
  if (text.trim() === "") return problem("Say which firmware: 2.1, or <2.1.", ["<2.1"]);
  return { value: { comparison: comparison ?? "=", version: text.trim() } };
}

function contact({ text, comparison }: QueryValue): Read<ContactTest> {
  if (comparison === null && text.toLowerCase() === "never") return { value: "never" };
  const seconds = durationSeconds(text);
  if (seconds === undefined || comparison === null || comparison === "=") {
    const time = seconds === undefined ? "2h" : text;
    return problem(
      "Say how long ago the last contact was: >2h for longer ago, <5m for within, or never. Units are s, m, h, d and w.",
      [`>${time}`, `<${time}`, "never"],
    );
  }
  return { value: { comparison, seconds } };
}

function location({ text, comparison }: QueryValue): Read<boolean> {
  const word = comparison === null ? text.toLowerCase() : "";
  if (word === "yes" || word === "no") return { value: word === "yes" };
  return problem("Location is yes or no: whether it is known where the device is.", ["yes", "no"]);
}

function metricValue({ text, comparison, quoted }: QueryValue): Read<MetricTest> {
  const number = Number(text);
  const isNumber = !quoted && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(text);
  if (isNumber && Number.isFinite(number)) {
    return { value: { comparison: comparison ?? "=", value: number } };
  }
  if (comparison !== null && comparison !== "=") {
    return problem("Only numbers can be compared: temperature:>40.");
  }
  if (!quoted && text === "") return problem("Say which value: temperature:>40.");
  const isBoolean = !quoted && (text === "true" || text === "false");
  return { value: { comparison: "=", value: isBoolean ? text === "true" : text } };
}

type Collected<T> =
  | { readonly values: readonly T[] }
  | (ValueProblem & { readonly at: QueryValue });

function collect<T>(
  values: readonly QueryValue[],
  read: (value: QueryValue) => Read<T>,
): Collected<T> {
  const found: T[] = [];
  for (const value of values) {
    const result = read(value);
    if (!("value" in result)) return { ...result, at: value };
    found.push(result.value);
  }
  return { values: found };
}

type TestRead = FleetTest | (ValueProblem & { readonly at: QueryValue });

function testOf<T>(collected: Collected<T>, make: (values: readonly T[]) => FleetTest): TestRead {
  return "values" in collected ? make(collected.values) : collected;
}

const nouns = {
  profile: "profile",
  tag: "tag",
  gateway: "gateway",
  group: "group",
  place: "place",
} as const;

/** Reads the values of a key. */
export function readTest(key: QueryKey, values: readonly QueryValue[]): TestRead {
  switch (key) {
    case "presence":
      return testOf(collect(values, oneOf(presences, "Presence")), (all) => ({
        kind: "presence",
        values: all,
      }));
    case "cert":
      return testOf(collect(values, oneOf(certificateLives, "Certificate")), (all) => ({
        kind: "certificate",
        values: all,
      }));
    case "profile":
    case "tag":
    case "gateway":
    case "group":
    case "place":
      return testOf(collect(values, plainText(nouns[key])), (all) => ({ kind: key, values: all }));
    case "firmware":
      return testOf(collect(values, version), (all) => ({ kind: "firmware", values: all }));
    case "contact":
      return testOf(collect(values, contact), (all) => ({ kind: "contact", values: all }));
    case "location":
      return testOf(collect(values.slice(0, 1), location), ([known]) => ({
        kind: "location",
        known: known === true,
      }));
  }
}

/** Reads the values that the latest value of a metric is compared with. */
export function readMetricTest(metric: string, values: readonly QueryValue[]): TestRead {
  return testOf(collect(values, metricValue), (all) => ({ kind: "metric", metric, values: all }));
}
