import { maxWidgets } from "#server/domain/dashboard.ts";
import { freePlace } from "#server/domain/dashboard-layout.ts";
import {
  contentOf,
  dashboardTarget,
  findForChange,
  viewOf,
} from "#server/services/dashboard/internal.ts";
import { changesOf, writeDashboard } from "#server/services/dashboard/save.ts";
import { addWidgetSchema } from "#server/services/dashboard/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Puts one more widget into a dashboard, at the first free place; two people who do so at once both
 * find theirs there.
 * @throws ServiceError not_found, forbidden, invalid (it is full)
 */
export const addDashboardWidget = defineMutation({
  name: "dashboard.addWidget",
  can: "dashboard.edit",
  input: addWidgetSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await findForChange(tx, ctx, { dashboardId: input.dashboardId, to: "change" });
    const content = contentOf(row);
    if (content.widgets.length >= maxWidgets) {
      throw new ServiceError("invalid", `“${row.name}” has ${maxWidgets} widgets already.`, {
        remedy: "Choose another dashboard, or remove a widget from it.",
      });
    }
    const widget = {
      ...input.widget,
      ...freePlace(content.widgets, input.widget),
      id: freeId(input.widget.id, new Set(content.widgets.map(({ id }) => id))),
    };
    const after = {
      name: row.name,
      description: row.description,
      content: { ...content, widgets: [...content.widgets, widget] },
    };
    const saved = await writeDashboard(tx, ctx, { row, after, note: "" });
    const payload = { revision: saved.revision, changes: changesOf(row, after) };
    return { value: viewOf(ctx, saved), audit: { target: dashboardTarget(row.id), payload } };
  },
});

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted.slice(0, 36)}-${number}`)) number += 1;
  return `${wanted.slice(0, 36)}-${number}`;
}
