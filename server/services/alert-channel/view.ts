import type { AlertRule, Severity } from "#server/domain/alert.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import type { ChannelKind } from "#server/domain/alert-channel.ts";

/** Where alerts are sent. Times are ISO 8601. */
export type ChannelView = {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  /** Address or URL. */
  readonly target: string;
  readonly minSeverity: Severity;
  /** Empty: all. */
  readonly rules: readonly AlertRule[];
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revision: number;
};

export const channelColumns = {
  id: true,
  name: true,
  kind: true,
  target: true,
  minSeverity: true,
  rules: true,
  enabled: true,
  createdAt: true,
  createdBy: true,
  revision: true,
} as const;

type Row = Prisma.AlertChannelGetPayload<{ select: typeof channelColumns }>;

export function channelView(row: Row): ChannelView {
  return {
    ...row,
    // The columns hold what the schemas of the services let through.
    kind: row.kind as ChannelKind,
    minSeverity: row.minSeverity as Severity,
    rules: row.rules as AlertRule[],
    createdAt: row.createdAt.toISOString(),
  };
}
