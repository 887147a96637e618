import type { AlertRule, AlertState, AlertSubject, Severity } from "#server/domain/alert.ts";
import type { Prisma } from "#server/db/generated/client.ts";

/** Something that a person should know. Times are ISO 8601. */
export type AlertView = {
  readonly id: string;
  readonly rule: AlertRule;
  readonly severity: Severity;
  readonly subject: AlertSubject;
  /** "30", "14", … days, "expired", or a word of the rule; empty where there is one. */
  readonly step: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly state: AlertState;
  readonly firstAt: string;
  /** When something was last said of it, or seen. */
  readonly lastAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly note: string;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
};

export const alertColumns = {
  id: true,
  rule: true,
  severity: true,
  subjectKind: true,
  subjectId: true,
  subjectName: true,
  step: true,
  title: true,
  detail: true,
  remedy: true,
  data: true,
  state: true,
  firstAt: true,
  lastAt: true,
  acknowledgedAt: true,
  acknowledgedBy: true,
  note: true,
  resolvedAt: true,
  resolvedBy: true,
} as const;

type Row = Prisma.AlertGetPayload<{ select: typeof alertColumns }>;

function pathOf(data: Row["data"]): string | null {
  if (typeof data !== "object" || data === null || !("path" in data)) return null;
  return typeof data["path"] === "string" ? data["path"] : null;
}

export function alertView(row: Row): AlertView {
  const { subjectKind, subjectId, subjectName, data, ...rest } = row;
  return {
    ...rest,
    // The columns hold what the rules wrote.
    rule: row.rule as AlertRule,
    severity: row.severity as Severity,
    subject: { kind: subjectKind, id: subjectId, name: subjectName, path: pathOf(data) },
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  };
}
