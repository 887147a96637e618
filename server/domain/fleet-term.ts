import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Comparison } from "#server/domain/fleet-query-tokens.ts";
import type { Presence } from "#server/domain/presence.ts";

export type VersionTest = { readonly comparison: Comparison; readonly version: string };
/** How long ago the last contact was, in seconds; "never": there was none. */
export type ContactTest =
  | { readonly comparison: Exclude<Comparison, "=">; readonly seconds: number }
  | "never";
export type MetricTest = {
  readonly comparison: Comparison;
  readonly value: number | boolean | string;
};

/** What a device must be. Values of one term are alternatives; all terms must hold. */
export type FleetTest =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "presence"; readonly values: readonly Presence[] }
  | { readonly kind: "certificate"; readonly values: readonly CertificateLife[] }
  | {
      readonly kind: "profile" | "tag" | "gateway" | "group" | "place";
      readonly values: readonly string[];
    }
  | { readonly kind: "location"; readonly known: boolean }
  | { readonly kind: "firmware"; readonly values: readonly VersionTest[] }
  | { readonly kind: "contact"; readonly values: readonly ContactTest[] }
  /** The latest value of a metric. */
  | { readonly kind: "metric"; readonly metric: string; readonly values: readonly MetricTest[] };

export type FleetTerm = FleetTest & { readonly negated: boolean };

/** The keys of the query language; any other key is a metric. */
export const queryKeys = [
  "presence",
  "profile",
  "tag",
  "firmware",
  "cert",
  "gateway",
  "group",
  "contact",
  "place",
  "location",
] as const;
export type QueryKey = (typeof queryKeys)[number];

/** What stands in the list of keys that can be typed. */
export const queryKeyMeanings: Readonly<Record<QueryKey, string>> = {
  presence: "online, silent, never_seen …",
  profile: "name of a profile",
  tag: "a tag",
  firmware: "2.1, <2.1, >=2.0",
  cert: "valid, renew_soon, expired, none",
  gateway: "id of the gateway it is behind",
  group: "name of a group",
  contact: ">2h: longer ago; <5m: within; never",
  place: "words of where it is",
  location: "yes, no",
};

const aliases: Readonly<Record<string, QueryKey>> = {
  certificate: "cert",
  tags: "tag",
  fw: "firmware",
};

/** The key that a word means, whatever its case; undefined when it is none. */
export function queryKeyOf(word: string): QueryKey | undefined {
  const lower = word.toLowerCase();
  return (
    queryKeys.find((key) => key === lower) ??
    (Object.hasOwn(aliases, lower) ? aliases[lower] : undefined)
  );
}
