import { z } from "zod";
import { certificateKinds } from "#server/domain/certificate-kind.ts";
import { certificateStandings } from "#server/domain/certificate-standing.ts";

/** Orders of the table; a leading minus turns the order round. */
export const certificateSorts = ["end", "-end"] as const;
export type CertificateSort = (typeof certificateSorts)[number];

const day = z.iso.date("A day as 2026-11-30.");

/** What the table of certificates is narrowed to. An empty list narrows nothing. */
export const certificateFilterSchema = z.object({
  /** Part of a device id, name or subject, or the beginning of a serial number or fingerprint. */
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  kinds: z.array(z.enum(certificateKinds)).max(certificateKinds.length).default([]),
  /** Empty: all but superseded, retired and revoked ones. */
  standings: z.array(z.enum(certificateStandings)).max(certificateStandings.length).default([]),
  profileIds: z.array(z.uuid()).max(50).default([]),
  /** Distinguished names. */
  issuers: z.array(z.string().min(1).max(500)).max(20).default([]),
  /** Those that end within so many days from now, not those that have ended. */
  withinDays: z.coerce.number().int().min(1).max(3_650).optional(),
  /** First and last day on which they end, UTC. */
  from: day.optional(),
  to: day.optional(),
  /** Only those of devices that cannot be in contact before they end, going by their profile. */
  beforeContact: z.boolean().default(false),
});
export type CertificateFilter = z.output<typeof certificateFilterSchema>;

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

/** Reads the table's state from an address; what it does not know it leaves out. */
export function certificateViewFromParams(params: Params): CertificateView {
  const shape = certificateFilterSchema.shape;
  const within = shape.withinDays.safeParse(params.get("within") ?? undefined).data;
  const from = shape.from.safeParse(params.get("from") ?? undefined).data;
  const to = shape.to.safeParse(params.get("to") ?? undefined).data;
  return {
    sort: certificateSorts.find((entry) => entry === params.get("sort")) ?? "end",
    filter: {
      text: (params.get("q") ?? "").trim().slice(0, 128),
      kinds: keep(listOf(params.get("kind")), certificateKinds),
      standings: keep(listOf(params.get("standing")), certificateStandings),
      profileIds: listOf(params.get("profile"))
        .filter((id) => z.uuid().safeParse(id).success)
        .slice(0, 50),
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
