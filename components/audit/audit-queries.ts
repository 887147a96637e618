import { infiniteQueryOptions } from "@tanstack/react-query";
import { auditFilterInput, type AuditFilterText } from "#components/audit/audit-filter.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { AuditEventView } from "#server/services/audit/list.ts";
import type { AuditVerification } from "#server/services/audit/verify.ts";

/** An instant crosses the wire as ISO 8601 text. */
type OnTheWire<T> = { readonly [K in keyof T]: T[K] extends Date ? string | Date : T[K] };

export type AuditEventRow = OnTheWire<AuditEventView>;
export type AuditRows = {
  readonly events: readonly AuditEventRow[];
  readonly next: string | null;
};
export type AuditVerdict = OnTheWire<AuditVerification>;

/** The trail page by page, newest first. */
export function auditQuery(filter: AuditFilterText) {
  const chosen = auditFilterInput(filter);
  return infiniteQueryOptions({
    queryKey: ["audit", chosen],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(chosen);
      if (pageParam !== "") query.set("before", pageParam);
      return readJson<AuditRows>(`/api/console/audit?${query.toString()}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (page: AuditRows) => page.next,
  });
}

/** Follows the whole chain on the server. */
export function verifyChain(): Promise<AuditVerdict> {
  return readJson<AuditVerdict>("/api/console/audit/verification");
}
