import type { Tx } from "#server/db/client.ts";
import { mentionsGroup, type GroupName } from "#server/domain/mentions-group.ts";
import type { Context } from "#server/services/context.ts";

/** Something that names a group. A private thing of somebody else has no name here. */
export type GroupUse = {
  readonly kind: "group" | "view" | "dashboard";
  readonly id: string;
  readonly name: string | null;
};

/** Documents that are looked through of each kind. */
const most = 2_000;

/** What names a group, and so would match nothing, or other things, without it. */
export async function usesOfGroup(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor">,
  group: GroupName,
): Promise<readonly GroupUse[]> {
  const { tenantId, actor } = ctx;
  const own = actor.type === "user" ? actor.id : "";
  const where = { tenantId };
  const [groups, views, dashboards] = [
    await tx.deviceGroup.findMany({
      where,
      take: most,
      select: { id: true, name: true, filter: true },
    }),
    await tx.savedView.findMany({
      where,
      take: most,
      select: { id: true, name: true, state: true, shared: true, ownerId: true },
    }),
    await tx.dashboard.findMany({
      where,
      take: most,
      select: { id: true, name: true, content: true, sharing: true, ownerId: true },
    }),
  ];
  return [
    ...groups
      .filter(({ id, filter }) => id !== group.id && mentionsGroup(filter, group))
      .map(({ id, name }) => ({ kind: "group" as const, id, name })),
    ...views
      .filter(({ state }) => mentionsGroup(state, group))
      .map(({ id, name, shared, ownerId }) => ({
        kind: "view" as const,
        id,
        name: shared || ownerId === own ? name : null,
      })),
    ...dashboards
      .filter(({ content }) => mentionsGroup(content, group))
      .map(({ id, name, sharing, ownerId }) => ({
        kind: "dashboard" as const,
        id,
        name: sharing !== "private" || ownerId === own ? name : null,
      })),
  ];
}
