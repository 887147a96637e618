import type { Prisma } from "#server/db/generated/client.ts";
import { everyDevice, type FleetFilter } from "#server/domain/fleet-filter.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";

/** A dynamic group: whatever matches its filter, at any time. Times are ISO 8601. */
export type GroupView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly filter: FleetFilter;
  readonly revision: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly changedAt: string;
  /** Empty: nobody since it was made. */
  readonly changedBy: string;
};

export const groupColumns = {
  id: true,
  name: true,
  description: true,
  filter: true,
  revision: true,
  createdAt: true,
  createdBy: true,
  changedAt: true,
  changedBy: true,
} as const;

type Row = Prisma.DeviceGroupGetPayload<{ select: typeof groupColumns }>;

/** A filter that cannot be read any more is shown as one that matches nothing. */
const unreadable: FleetFilter = {
  ...everyDevice.filter,
  groupIds: ["00000000-0000-4000-8000-000000000000"],
};

export function groupView(row: Row): GroupView {
  return {
    ...row,
    filter: fleetFilterSchema.safeParse(row.filter).data ?? unreadable,
    createdAt: row.createdAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
  };
}
