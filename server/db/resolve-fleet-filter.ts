import type { MapBounds } from "#server/domain/map-grid.ts";
import type { Tx } from "#server/db/client.ts";
import { findDeviceText, type TextKeys } from "#server/db/find-device-text.ts";
import { listFirmware } from "#server/db/list-firmware.ts";
import { compareVersions } from "#server/domain/firmware-version.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import type { Comparison } from "#server/domain/fleet-query-tokens.ts";
import type { FleetTerm, FleetTest, VersionTest } from "#server/domain/fleet-term.ts";

/** Groups within groups within groups are as deep as a filter is followed. */
export const maxGroupDepth = 3;

/** Shorter texts have no trigram: the index says nothing of them. */
const shortestIndexed = 3;

/** A name in a query that nothing has. */
export type UnknownName = { readonly kind: "profile" | "gateway" | "group"; readonly name: string };

/** A test that needs no name looked up any more. */
export type ResolvedTest = { readonly negated: boolean } & (
  | Extract<FleetTest, { kind: "presence" | "certificate" | "contact" | "metric" | "location" }>
  | ({ readonly kind: "text"; readonly text: string } & TextKeys)
  | { readonly kind: "profiles" | "gateways"; readonly ids: readonly string[] }
  | { readonly kind: "tags" | "firmware"; readonly values: readonly string[] }
  | { readonly kind: "places"; readonly values: readonly string[] }
  | { readonly kind: "bounds"; readonly bounds: MapBounds }
  | { readonly kind: "groups"; readonly filters: readonly ResolvedFilter[] }
  /** It names something that is not there: then nothing matches, negated or not. */
  | { readonly kind: "nothing" }
);

export type ResolvedFilter = {
  readonly tests: readonly ResolvedTest[];
  /** Decommissioned devices match only when a filter names them. */
  readonly decommissioned: boolean;
  readonly unknown: readonly UnknownName[];
};

const notLookedUp: TextKeys = { keys: null };

/** A filter that matches nothing: too deep, or stored by a version that knew more. */
const nothing: ResolvedFilter = {
  tests: [{ kind: "nothing", negated: false }],
  decommissioned: false,
  unknown: [],
};

type At = {
  readonly tx: Tx;
  readonly tenantId: string;
  readonly depth: number;
  readonly about: FilterUse;
};

/**
 * What a filter is asked about: all devices; a few, reading whose texts costs less than the index
 * of all; or a page in the order of names, which meets frequent texts by itself.
 */
export type FilterUse = "all" | "few" | "page by name";

/** Looks up what a filter names: profiles, gateways, versions, groups and what those name. */
export async function resolveFleetFilter(
  tx: Tx,
  tenantId: string,
  filter: FleetFilter,
  about: FilterUse = "all",
): Promise<ResolvedFilter> {
  return resolve({ tx, tenantId, depth: 0, about }, filter);
}

async function resolve(at: At, filter: FleetFilter): Promise<ResolvedFilter> {
  const { terms, problems } = parseFleetQuery(filter.query);
  if (problems.length > 0 || at.depth > maxGroupDepth) return nothing;
  const unknown: UnknownName[] = [];
  const tests = testsOf(filter);
  if (filter.groupIds.length > 0) {
    tests.push(await groupsTest(at, { ids: filter.groupIds, names: [] }, unknown, false));
  }
  for (const term of terms) tests.push(await resolveTerm(at, term, unknown));
  if (at.about !== "few") await findTexts(at, tests);
  const decommissioned = tests.some(
    (test) => test.kind === "presence" && !test.negated && test.values.includes("decommissioned"),
  );
  return { tests, decommissioned, unknown };
}

/** What a filter says outside its query. */
function testsOf(filter: FleetFilter): ResolvedTest[] {
  const { text, presence, certificate, profileIds, tags, firmware, gatewayId } = filter;
  const { location, bounds, contactBefore, contactWithin } = filter;
  const all: readonly (ResolvedTest | false | undefined)[] = [
    text !== "" && { kind: "text", text, ...notLookedUp, negated: false },
    presence.length > 0 && { kind: "presence", values: presence, negated: false },
    certificate.length > 0 && { kind: "certificate", values: certificate, negated: false },
    profileIds.length > 0 && { kind: "profiles", ids: profileIds, negated: false },
    tags.length > 0 && { kind: "tags", values: tags, negated: false },
    firmware.length > 0 && { kind: "firmware", values: firmware, negated: false },
    gatewayId !== undefined && { kind: "gateways", ids: [gatewayId], negated: false },
    location && { kind: "location", known: location === "known", negated: false },
    bounds && { kind: "bounds", bounds, negated: false },
    contactBefore !== undefined && contactTest(">", contactBefore),
    contactWithin !== undefined && contactTest("<=", contactWithin),
  ];
  return all.filter((test) => test !== false && test !== undefined);
}

function contactTest(comparison: ">" | "<=", seconds: number): ResolvedTest {
  return { kind: "contact", values: [{ comparison, seconds }], negated: false };
}

type ResolvedTerm = Extract<
  FleetTerm,
  { kind: "presence" | "certificate" | "contact" | "metric" | "location" }
>;

/** Whether a term says all there is to know already. */
function isResolved(term: FleetTerm): term is ResolvedTerm {
  return ["presence", "certificate", "contact", "metric", "location"].includes(term.kind);
}

async function resolveTerm(at: At, term: FleetTerm, unknown: UnknownName[]): Promise<ResolvedTest> {
  if (isResolved(term)) return term;
  const { negated } = term;
  switch (term.kind) {
    case "text":
      return { ...term, ...notLookedUp };
    case "tag":
      return { kind: "tags", values: term.values, negated };
    case "place":
      return { kind: "places", values: term.values, negated };
    case "firmware":
      return { kind: "firmware", values: await versionsOf(at, term.values), negated };
    case "profile":
      return named(
        "profiles",
        { ...term, kind: "profile" },
        await findProfiles(at, term.values),
        unknown,
      );
    case "gateway":
      return named(
        "gateways",
        { ...term, kind: "gateway" },
        await findGateways(at, term.values),
        unknown,
      );
    case "group":
      return groupsTest(at, { ids: [], names: term.values }, unknown, negated);
  }
}

/** Texts that must occur are looked up once, by their index. */
async function findTexts({ tx, about }: At, tests: ResolvedTest[]): Promise<void> {
  for (const [index, test] of tests.entries()) {
    if (test.kind !== "text" || test.negated || test.text.length < shortestIndexed) continue;
    tests[index] = { ...test, ...(await findDeviceText(tx, test.text, about === "page by name")) };
  }
}

type Found = { readonly id: string; readonly names: readonly string[] };

/** The things that the names of a term mean; with one that nothing has, the term matches nothing. */
function named(
  kind: "profiles" | "gateways",
  term: {
    readonly kind: "profile" | "gateway";
    readonly values: readonly string[];
    readonly negated: boolean;
  },
  found: readonly Found[],
  unknown: UnknownName[],
): ResolvedTest {
  const missing = missingOf(term.values, found);
  unknown.push(...missing.map((name) => ({ kind: term.kind, name })));
  if (missing.length > 0) return { kind: "nothing", negated: false };
  return { kind, ids: found.map(({ id }) => id), negated: term.negated };
}

function missingOf(wanted: readonly string[], found: readonly Found[]): string[] {
  const names = new Set(found.flatMap((each) => each.names.map((name) => name.toLowerCase())));
  return wanted.filter((name) => !names.has(name.toLowerCase()));
}

async function findProfiles(
  { tx, tenantId }: At,
  names: readonly string[],
): Promise<readonly Found[]> {
  const rows = await tx.profile.findMany({
    where: { tenantId, name: { in: [...names], mode: "insensitive" } },
    select: { id: true, name: true },
  });
  return rows.map(({ id, name }) => ({ id, names: [name] }));
}

async function findGateways(
  { tx, tenantId }: At,
  names: readonly string[],
): Promise<readonly Found[]> {
  const rows = await tx.device.findMany({
    where: { tenantId, OR: [{ deviceId: { in: [...names] } }, { name: { in: [...names] } }] },
    select: { id: true, name: true, deviceId: true },
    take: 200,
  });
  return rows.map(({ id, name, deviceId }) => ({ id, names: [name, deviceId] }));
}

async function groupsTest(
  at: At,
  wanted: { readonly ids: readonly string[]; readonly names: readonly string[] },
  unknown: UnknownName[],
  negated: boolean,
): Promise<ResolvedTest> {
  const rows = await at.tx.deviceGroup.findMany({
    where: {
      tenantId: at.tenantId,
      OR: [
        { id: { in: [...wanted.ids] } },
        { name: { in: [...wanted.names], mode: "insensitive" } },
      ],
    },
    select: { id: true, name: true, filter: true },
  });
  const missing = [
    ...missingOf(
      wanted.names,
      rows.map(({ id, name }) => ({ id, names: [name] })),
    ),
    ...wanted.ids.filter((id) => !rows.some((row) => row.id === id)),
  ];
  unknown.push(...missing.map((name) => ({ kind: "group" as const, name })));
  if (missing.length > 0) return { kind: "nothing", negated: false };
  const filters: ResolvedFilter[] = [];
  // Of a group it is not known whether a page is read from place to place.
  const about = at.about === "few" ? "few" : "all";
  for (const row of rows) {
    const filter = fleetFilterSchema.safeParse(row.filter).data;
    const read =
      filter === undefined ? nothing : await resolve({ ...at, about, depth: at.depth + 1 }, filter);
    unknown.push(...read.unknown);
    filters.push(read);
  }
  return { kind: "groups", filters, negated };
}

const holds: Readonly<Record<Comparison, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** The versions of the fleet that pass one of the tests. */
async function versionsOf(at: At, tests: readonly VersionTest[]): Promise<readonly string[]> {
  const known = await listFirmware(at.tx, at.tenantId);
  return known.filter((version) =>
    tests.some((test) => holds[test.comparison](compareVersions(version, test.version))),
  );
}
