import type { Tx } from "#server/db/client.ts";

/** What a dashboard names: ids, and queries of the fleet table, in which things are named by name. */
export type DashboardNames = {
  readonly id: string;
  readonly name: string;
  readonly sharing: string;
  readonly ownerId: string;
  readonly devices: readonly string[];
  readonly groups: readonly string[];
  readonly profiles: readonly string[];
  readonly queries: readonly string[];
};

/** The dashboards by name with what their widgets and variables name; their content stays where it is. */
export async function findDashboardNames(
  tx: Tx,
  at: { readonly tenantId: string; readonly most: number },
): Promise<readonly DashboardNames[]> {
  return tx.$queryRaw<DashboardNames[]>`
    SELECT id, name, sharing::text, owner_id AS "ownerId",
      jsonb_path_query_array(content, '$.widgets[*].devices.ids[*]')
        || jsonb_path_query_array(content, '$.widgets[*].devices.filter.gatewayId')
        || jsonb_path_query_array(content, '$.variables[*] ? (@.kind == "device").defaults[*]')
        AS devices,
      jsonb_path_query_array(content, '$.widgets[*].devices.groupId')
        || jsonb_path_query_array(content, '$.widgets[*].devices.filter.groupIds[*]')
        || jsonb_path_query_array(content, '$.variables[*] ? (@.kind == "group").defaults[*]')
        AS groups,
      jsonb_path_query_array(content, '$.widgets[*].devices.filter.profileIds[*]')
        || jsonb_path_query_array(content, '$.variables[*] ? (@.kind == "profile").defaults[*]')
        AS profiles,
      jsonb_path_query_array(content, '$.widgets[*].devices.filter.query ? (@ != "")') AS queries
    FROM dashboard WHERE tenant_id = ${at.tenantId}::uuid
    ORDER BY name, id LIMIT ${at.most}::int`;
}
