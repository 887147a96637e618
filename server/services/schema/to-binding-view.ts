import type { BindingRow } from "#server/db/read-bindings.ts";
import type { BindingView, CanaryView } from "#server/services/schema/view.ts";

export function toBindingView(row: BindingRow): BindingView {
  return {
    profileId: row.profileId,
    profileName: row.profileName,
    open: row.open,
    stream: row.stream,
    contentType: row.contentType,
    schema: row.schema,
    version: row.version,
    canary: canaryOf(row),
    previousVersion: row.previousVersion,
    previousSchema: row.previousSchema,
    changedAt: row.changedAt.toISOString(),
    changedBy: row.changedBy,
  };
}

function canaryOf(row: BindingRow): CanaryView | null {
  const { canarySchema: schema, canaryVersion: version } = row;
  if (schema === null || version === null) return null;
  return { schema, version, percent: row.canaryPercent, devices: row.canaryDevices };
}
