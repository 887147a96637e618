import { auditOutcomes, longestAuditFilter } from "#server/domain/audit-filter.ts";

/** The filters as the address bar holds them; empty text filters nothing. Days are UTC. */
export const auditFilterKeys = ["actor", "action", "target", "outcome", "from", "to"] as const;
export type AuditFilterKey = (typeof auditFilterKeys)[number];
export type AuditFilterText = Readonly<Record<AuditFilterKey, string>>;

const isOutcome = (text: string) => auditOutcomes.some((each) => each === text);
const isTime = (text: string) => !Number.isNaN(Date.parse(text));
const isShort = (text: string) => text.length <= longestAuditFilter;

const fits: Readonly<Record<AuditFilterKey, (text: string) => boolean>> = {
  actor: isShort,
  action: isShort,
  target: isShort,
  outcome: isOutcome,
  from: isTime,
  to: isTime,
};

/** Reads the filters from an address or a form; what does not fit is left out. */
export function auditFilterFrom(
  read: (key: AuditFilterKey) => string | null | undefined,
): AuditFilterText {
  const of = (key: AuditFilterKey) => {
    const text = (read(key) ?? "").trim();
    return fits[key](text) ? text : "";
  };
  return {
    actor: of("actor"),
    action: of("action"),
    target: of("target"),
    outcome: of("outcome"),
    from: of("from").slice(0, 10),
    to: of("to").slice(0, 10),
  };
}

/** The filters that filter, as the address holds them. */
export function auditFilterAddress(filter: AuditFilterText): Readonly<Record<string, string>> {
  return Object.fromEntries(
    auditFilterKeys.flatMap((key) => (filter[key] === "" ? [] : [[key, filter[key]]])),
  );
}

/** The filters as the service takes them: the last day is meant with all its hours. */
export function auditFilterInput(filter: AuditFilterText): Readonly<Record<string, string>> {
  const address = auditFilterAddress(filter);
  return filter.to === "" ? address : { ...address, to: `${filter.to}T23:59:59.999Z` };
}
