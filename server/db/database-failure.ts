/**
 * What a failed statement means for the batch that it belongs to.
 * - outage: nothing is wrong with the data; hold it and try again
 * - conflict: a row exists already
 * - data: a row can never be stored as it is
 * - committed: the batch had been committed, its answer was lost
 * - behind: other workers changed routes that this one does not know yet
 * - taken-over: another worker took the open minutes that this batch relies on
 * - contended: the server gave this transaction up so that another one could go on
 */
export type DatabaseFailure =
  | "outage"
  | "conflict"
  | "data"
  | "committed"
  | "behind"
  | "taken-over"
  | "contended";

const dataClasses = ["22", "23", "54"];

/** Sorts a failure by SQLSTATE; what is not known counts as an outage, for that loses nothing. */
export function classifyFailure(error: unknown): DatabaseFailure {
  const code = sqlState(error);
  if (code === "QS001") return "committed";
  if (code === "QS002") return "behind";
  if (code === "QS003") return "taken-over";
  if (code === "23505") return "conflict";
  if (code === "40001" || code === "40P01") return "contended";
  return dataClasses.includes(code.slice(0, 2)) ? "data" : "outage";
}

/** SQLSTATE of a failure, or the system's error code; empty when it has none. */
export function sqlState(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
