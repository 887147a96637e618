import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import { may } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { viewState, type ViewState } from "#server/services/saved-view/schemas.ts";

/** What a page shows, by its address, under a name. Times are ISO 8601. */
export type SavedViewView = {
  readonly id: string;
  readonly name: string;
  readonly shared: boolean;
  /** Whether it is the caller's own. */
  readonly isOwn: boolean;
  readonly state: ViewState;
  readonly revision: number;
  readonly changedAt: string;
};

export const viewColumns = {
  id: true,
  page: true,
  name: true,
  shared: true,
  ownerId: true,
  state: true,
  revision: true,
  changedAt: true,
} as const;

type Row = Prisma.SavedViewGetPayload<{ select: typeof viewColumns }>;

/** The person who calls, or undefined for a token or a job. */
export function personOf({ actor }: Pick<Context, "actor">): string | undefined {
  return actor.type === "user" ? actor.id : undefined;
}

/** @throws ServiceError forbidden: views and what somebody likes belong to people */
export function requirePerson(ctx: Pick<Context, "actor">): string {
  const person = personOf(ctx);
  if (person !== undefined) return person;
  throw new ServiceError("forbidden", "Saved views belong to people, not to tokens or jobs.", {
    remedy: "Sign in to the console.",
  });
}

/** @throws ServiceError forbidden */
export function requireMayShare({ role }: Pick<Context, "role">): void {
  if (may(role, "view.share")) return;
  throw new ServiceError("forbidden", "Your role may not share views with the organisation.", {
    remedy: "Keep the view for yourself, or ask an operator to share one.",
  });
}

export function savedViewView(row: Row, person: string | undefined): SavedViewView {
  return {
    id: row.id,
    name: row.name,
    shared: row.shared,
    isOwn: row.ownerId === person,
    state: viewState.safeParse(row.state).data ?? { address: "", filter: everyDevice.filter },
    revision: row.revision,
    changedAt: row.changedAt.toISOString(),
  };
}

/** How the audit trail names a view. */
export function viewTargetOf({ name }: { readonly name: string }): string {
  return `savedView:${name}`;
}

/**
 * A view that the caller may change: an own one, or, for an administrator, one that is shared.
 * @throws ServiceError not_found, forbidden
 */
export async function requireChangeableView(tx: Tx, ctx: Context, id: string): Promise<Row> {
  const person = personOf(ctx);
  const row = await tx.savedView.findUnique({
    where: { tenantId_id: { tenantId: ctx.tenantId, id } },
    select: viewColumns,
  });
  if (row === null || (row.ownerId !== person && !row.shared)) {
    throw new ServiceError("not_found", "There is no such view.", {
      remedy: "Look at the list of views: somebody may have removed it.",
    });
  }
  if (row.ownerId === person || ctx.role === "admin") return row;
  throw new ServiceError("forbidden", `The view ${row.name} is somebody else's.`, {
    remedy: "Save a view of your own.",
  });
}

/** @throws ServiceError conflict when the person has a view of that name */
export async function requireFreeViewName(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  wanted: {
    readonly page: string;
    readonly ownerId: string;
    readonly name: string;
    readonly id?: string;
  },
): Promise<void> {
  const { page, ownerId, name } = wanted;
  const taken = await tx.savedView.findUnique({
    where: { tenantId_page_ownerId_name: { tenantId, page, ownerId, name } },
    select: { id: true },
  });
  if (taken === null || taken.id === wanted.id) return;
  const message = `You have a view “${name}” already.`;
  throw new ServiceError("conflict", message, {
    remedy: "Choose another name, or change that view.",
    fields: [{ path: "name", message }],
  });
}
