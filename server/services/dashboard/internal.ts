import type { Tx } from "#server/db/client.ts";
import type { Dashboard, Prisma } from "#server/db/generated/client.ts";
import { lockDashboard } from "#server/db/lock-dashboard.ts";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { may } from "#server/domain/roles.ts";
import { actorName, type Context } from "#server/services/context.ts";
import type { DashboardSummary, DashboardView } from "#server/services/dashboard/view.ts";
import { ServiceError } from "#server/services/errors.ts";

/** Whom what tokens and the command line make belongs to: nobody, so it is shared. */
const nobody = "00000000-0000-0000-0000-000000000000";

/** Versions of one dashboard that are kept. */
const keptVersions = 200;

/** For a dashboard that does not exist, belongs to somebody else, or is not shared with the caller. */
function noDashboard(): ServiceError {
  return new ServiceError("not_found", "There is no such dashboard.", {
    remedy: "It may have been deleted, or be private. Go back to the list of dashboards.",
  });
}

/** How the audit trail names a dashboard. */
export function dashboardTarget(dashboardId: string): string {
  return `dashboard:${dashboardId}`;
}

/** Whom a dashboard that the caller makes belongs to. */
function ownerOf({ actor }: Pick<Context, "actor">): string {
  return actor.type === "user" ? actor.id : nobody;
}

/** Dashboards that the caller may know of. */
export function visibleTo(ctx: Context): Prisma.DashboardWhereInput {
  const shared = { sharing: { in: ["view" as const, "edit" as const] } };
  if (ctx.actor.type !== "user") return { tenantId: ctx.tenantId, ...shared };
  return { tenantId: ctx.tenantId, OR: [shared, { ownerId: ctx.actor.id }] };
}

type Rights = Pick<Dashboard, "ownerId" | "sharing">;

const isOwn = (ctx: Context, { ownerId }: Rights) =>
  ctx.actor.type === "user" && ownerId === ctx.actor.id;

function mayChange(ctx: Context, row: Rights): boolean {
  return may(ctx.role, "dashboard.edit") && (isOwn(ctx, row) || row.sharing === "edit");
}

/** Its owner, and administrators where it is shared: else nobody could end what somebody left. */
function mayShare(ctx: Context, row: Rights): boolean {
  const isShared = row.sharing !== "private";
  return may(ctx.role, "dashboard.edit") && (isOwn(ctx, row) || (ctx.role === "admin" && isShared));
}

/** @throws ServiceError not_found */
export async function findVisible(tx: Tx, ctx: Context, dashboardId: string): Promise<Dashboard> {
  const row = await tx.dashboard.findFirst({
    where: { AND: [visibleTo(ctx), { id: dashboardId }] },
  });
  if (row === null) throw noDashboard();
  return row;
}

/**
 * The dashboard that a change is about, locked until the transaction ends.
 * @throws ServiceError not_found, forbidden (the caller may look at it only)
 */
export async function findForChange(
  tx: Tx,
  ctx: Context,
  at: { readonly dashboardId: string; readonly to: "change" | "share" },
): Promise<Dashboard> {
  await lockDashboard(tx, { tenantId: ctx.tenantId, dashboardId: at.dashboardId });
  const row = await findVisible(tx, ctx, at.dashboardId);
  const allowed = at.to === "change" ? mayChange(ctx, row) : mayShare(ctx, row);
  if (allowed) return row;
  const words =
    at.to === "change"
      ? `“${row.name}” is shared for looking at only.`
      : `Only ${row.createdBy} or an administrator may do this with “${row.name}”.`;
  throw new ServiceError("forbidden", words, { remedy: "Make a copy of it and change that." });
}

/** @throws ServiceError conflict that says who changed it, and when */
export function requireRevision(row: Dashboard, revision: number): void {
  if (row.revision === revision) return;
  const when = row.changedAt.toISOString();
  throw new ServiceError("conflict", `${row.changedBy} changed “${row.name}” at ${when}.`, {
    remedy: "Look at theirs, save yours as a copy, or save it over theirs.",
  });
}

/** What a row shows. A content of an older format would be brought to the newest here. */
export function contentOf(row: Pick<Dashboard, "content">): DashboardContent {
  return dashboardContentSchema.parse(row.content);
}

/** Parsed content is JSON already; the types of the database client do not know it. */
export function jsonOf(content: DashboardContent): Prisma.InputJsonObject {
  return content as unknown as Prisma.InputJsonObject;
}

export function summaryOf(ctx: Context, row: Dashboard, widgets: number): DashboardSummary {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    sharing: row.sharing,
    isOwn: isOwn(ctx, row),
    mayChange: mayChange(ctx, row),
    widgets,
    revision: row.revision,
    createdBy: row.createdBy,
    changedAt: row.changedAt.toISOString(),
    changedBy: row.changedBy,
  };
}

export function viewOf(ctx: Context, row: Dashboard): DashboardView {
  const content = contentOf(row);
  return {
    ...summaryOf(ctx, row, content.widgets.length),
    content,
    mayShare: mayShare(ctx, row),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Keeps the row's present state as a version, and forgets the oldest beyond what is kept. */
export async function keepVersion(tx: Tx, row: Dashboard, note: string): Promise<void> {
  const { tenantId, id: dashboardId, revision, name, changedAt: at, changedBy: by } = row;
  const content = jsonOf(contentOf(row));
  await tx.dashboardVersion.create({
    data: { tenantId, dashboardId, revision, name, content, note, at, by },
    select: { revision: true },
  });
  await tx.dashboardVersion.deleteMany({
    where: { tenantId, dashboardId, revision: { lte: revision - keptVersions } },
  });
}

/** Makes a dashboard of the caller with its first version. */
export async function insertDashboard(
  tx: Tx,
  ctx: Context,
  of: {
    readonly name: string;
    readonly description: string;
    readonly content: DashboardContent;
    readonly sharing?: Dashboard["sharing"] | undefined;
    readonly note?: string;
  },
): Promise<Dashboard> {
  const ownerId = ownerOf(ctx);
  const sharing = of.sharing ?? (ownerId === nobody ? "edit" : "private");
  if (ownerId === nobody && sharing === "private") {
    const message = "A private dashboard belongs to a person; share it for viewing or editing.";
    throw new ServiceError("invalid", message, { fields: [{ path: "sharing", message }] });
  }
  const by = actorName(ctx.actor);
  const now = ctx.now();
  const row = await tx.dashboard.create({
    data: {
      tenantId: ctx.tenantId,
      ownerId,
      name: of.name,
      description: of.description,
      sharing,
      content: jsonOf(of.content),
      createdAt: now,
      createdBy: by,
      changedAt: now,
      changedBy: by,
    },
  });
  await keepVersion(tx, row, of.note ?? "");
  return row;
}
