import { parseFleetQuery } from "#server/domain/fleet-query.ts";

/** An empty id: only names in queries count. */
export type GroupName = { readonly id: string; readonly name: string };

/** Whether a query of the fleet names the group. */
export function queryNamesGroup(query: string, name: string): boolean {
  return parseFleetQuery(query).terms.some(
    (term) =>
      term.kind === "group" &&
      term.values.some((value) => value.toLowerCase() === name.toLowerCase()),
  );
}

/** Whether a stored document (a filter, a dashboard) mentions a group: by its id, or by name in a query. */
export function mentionsGroup(document: unknown, group: GroupName): boolean {
  if (typeof document === "string") return document === group.id && group.id !== "";
  if (Array.isArray(document)) return document.some((entry) => mentionsGroup(entry, group));
  if (typeof document !== "object" || document === null) return false;
  return Object.entries(document).some(([key, value]) =>
    key === "query" && typeof value === "string"
      ? queryNamesGroup(value, group.name)
      : mentionsGroup(value, group),
  );
}
