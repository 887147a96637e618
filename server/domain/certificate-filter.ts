import type { z } from "zod";
import type { certificateFilterSchema } from "#server/domain/certificate-filter-schema.ts";
import { certificateKinds } from "#server/domain/certificate-kind.ts";
import { certificateStandings } from "#server/domain/certificate-standing.ts";
import { isUuid } from "#server/domain/uuid.ts";

/** Orders of the table; a leading minus turns the order round. */
export const certificateSorts = ["end", "-end"] as const;
export type CertificateSort = (typeof certificateSorts)[number];

/** What the table of certificates is narrowed to. An empty list narrows nothing. */
export type CertificateFilter = z.output<typeof certificateFilterSchema>;

/** Days ahead that the table looks at most. */
export const mostDays = 3_650;

export type CertificateView = {
  readonly filter: CertificateFilter;
  readonly sort: CertificateSort;
};

export const everyCertificate: CertificateView = {
  filter: {
    text: "",
    kinds: [],
    standings: [],
    profileIds: [],
    issuers: [],
    beforeContact: false,
  },
  sort: "end",
};

type Params = {
  get(name: string): string | null;
  getAll(name: string): readonly string[];
};

const listOf = (text: string | null): string[] =>
  text === null ? [] : text.split(",").filter((part) => part !== "");

/** Keeps the entries that are allowed, so that an old or mangled link shows what it still can. */
function keep<T extends string>(texts: readonly string[], allowed: readonly T[]): T[] {
  return allowed.filter((entry) => texts.includes(entry));
}

function daysFrom(text: string | null): number | undefined {
  const days = Number(text ?? 0);
  return Number.isInteger(days) && days >= 1 && days <= mostDays ? days : undefined;
}

/** A day that the calendar has: what is written back is what was read. */
function dayFrom(text: string | null): string | undefined {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = new Date(`${text}T00:00:00Z`);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
  return isDay ? text : undefined;
}

/** Reads the table's state from an address; what it does not know it leaves out. */
export function certificateViewFromParams(params: Params): CertificateView {
  const within = daysFrom(params.get("within"));
  const from = dayFrom(params.get("from"));
  const to = dayFrom(params.get("to"));
  return {
    sort: certificateSorts.find((entry) => entry === params.get("sort")) ?? "end",
    filter: {
      text: (params.get("q") ?? "").trim().slice(0, 128),
      kinds: keep(listOf(params.get("kind")), certificateKinds),
      standings: keep(listOf(params.get("standing")), certificateStandings),
      profileIds: listOf(params.get("profile")).filter(isUuid).slice(0, 50),
      // A distinguished name has commas of its own: one parameter each.
      issuers: params.getAll("issuer").filter((issuer) => issuer !== "" && issuer.length <= 500),
      ...(within !== undefined && { withinDays: within }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      beforeContact: params.get("contact") === "before",
    },
  };
}

/** The address of a table's state; a state like {@link everyCertificate} has an empty one. */
export function certificateViewToParams({ filter, sort }: CertificateView): URLSearchParams {
  const params = new URLSearchParams();
  const set = (name: string, text: string | undefined) => {
    if (text !== undefined && text !== "") params.set(name, text);
  };
  set("q", filter.text);
  set("kind", filter.kinds.join(","));
  set("standing", filter.standings.join(","));
  set("profile", filter.profileIds.join(","));
  for (const issuer of filter.issuers) params.append("issuer", issuer);
  set("within", filter.withinDays === undefined ? undefined : String(filter.withinDays));
  set("from", filter.from);
  set("to", filter.to);
  set("contact", filter.beforeContact ? "before" : undefined);
  set("sort", sort === "end" ? undefined : sort);
  return params;
}

/** The page of the certificates that match, for links elsewhere. */
export function certificatesHref(filter: Partial<CertificateFilter>): string {
  const view = { sort: "end", filter: { ...everyCertificate.filter, ...filter } } as const;
  const query = certificateViewToParams(view).toString();
  return query === "" ? "/certificates" : `/certificates?${query}`;
}

/** Whether anything is narrowed. */
export function isNarrowedCertificates(filter: CertificateFilter): boolean {
  return certificateViewToParams({ filter, sort: "end" }).toString() !== "";
}
