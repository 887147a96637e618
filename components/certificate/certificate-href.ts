import type { CertificateFilter } from "#server/domain/certificate-filter.ts";
import type { CertificateEntry } from "#server/services/certificate/inventory-entry.ts";

/** The page about a line of the inventory. */
export function certificateHref(entry: Pick<CertificateEntry, "kind" | "id" | "groupId">): string {
  switch (entry.kind) {
    case "device":
      return `/certificates/${entry.id}`;
    case "issuing":
    case "root":
    case "server":
      return "/certificates/authorities";
    case "crl":
      return "/certificates/revocations";
    case "claim":
    case "customer_ca":
      return `/onboard/groups/${entry.groupId ?? ""}`;
    case "trust_anchor":
      return "/certificates/trust-anchors";
  }
}

/** What a campaign can name one by one: an address has to stay short. */
export const mostNamed = 100;

const dayMs = 86_400_000;

/** The day after a day such as 2026-11-30. */
function nextDay(day: string): string {
  return new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
}

/**
 * The wizard of a campaign over the chosen certificates, or over what the filter says as far as a
 * campaign can say it: profile and last day.
 * @param ids at most {@link mostNamed}
 */
export function campaignHref(ids: readonly string[], filter: CertificateFilter): string {
  const params = new URLSearchParams();
  if (ids.length > 0) params.set("ids", ids.join(","));
  const [profile] = filter.profileIds;
  if (ids.length === 0 && profile !== undefined) params.set("profile", profile);
  if (ids.length === 0 && filter.to !== undefined) params.set("before", nextDay(filter.to));
  const query = params.toString();
  return `/certificates/campaigns/new${query === "" ? "" : `?${query}`}`;
}
