import type { Tx } from "#server/db/client.ts";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import {
  adoptFile,
  type DashboardFile,
  type IdsByName,
  type ImportGap,
} from "#server/domain/dashboard-file.ts";
import { referencesOf } from "#server/domain/dashboard-references.ts";
import type { Context } from "#server/services/context.ts";
import { dashboardTarget, insertDashboard, viewOf } from "#server/services/dashboard/internal.ts";
import { knownReferences } from "#server/services/dashboard/known-references.ts";
import { checkImportSchema, importDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { defineQuery } from "#server/services/query.ts";

/** What an import would do, or did. */
export type ImportReport = {
  readonly name: string;
  readonly widgets: number;
  readonly gaps: readonly ImportGap[];
};

type Adopted = { readonly content: DashboardContent; readonly gaps: readonly ImportGap[] };

async function adopt(tx: Tx, ctx: Context, file: DashboardFile): Promise<Adopted> {
  const known = await knownReferences(tx, ctx, referencesOf(file.content));
  return adoptFile(file, { known, byName: await idsByName(tx, ctx, file) });
}

/** What here has the names that the file gives to its ids. */
async function idsByName(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { names }: DashboardFile,
): Promise<IdsByName> {
  const some = (list: Readonly<Record<string, string>>) => ({
    in: Object.values(list).slice(0, 5_000),
  });
  const devices = await tx.device.findMany({
    where: { tenantId, deviceId: some(names.device) },
    select: { id: true, deviceId: true },
  });
  const groups = await tx.deviceGroup.findMany({
    where: { tenantId, name: some(names.group) },
    select: { id: true, name: true },
  });
  const profiles = await tx.profile.findMany({
    where: { tenantId, name: some(names.profile) },
    select: { id: true, name: true },
  });
  return {
    device: Object.fromEntries(devices.map(({ id, deviceId }) => [deviceId, id])),
    group: Object.fromEntries(groups.map(({ id, name }) => [name, id])),
    profile: Object.fromEntries(profiles.map(({ id, name }) => [name, id])),
  };
}

/** What of a file is not here; nothing is kept. */
export const checkDashboardImport = defineQuery({
  name: "dashboard.checkImport",
  can: "dashboard.edit",
  input: checkImportSchema,
  run: async ({ ctx, tx, input }): Promise<ImportReport> => {
    const { content, gaps } = await adopt(tx, ctx, input.file);
    return { name: input.file.name, widgets: content.widgets.length, gaps };
  },
});

/**
 * Makes a dashboard of a file. Things that are here under the same name take the place of those that
 * the file names; widgets about what is not here are kept, and say so.
 */
export const importDashboard = defineMutation({
  name: "dashboard.import",
  can: "dashboard.edit",
  input: importDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const { content, gaps } = await adopt(tx, ctx, input.file);
    const row = await insertDashboard(tx, ctx, {
      name: input.name ?? input.file.name,
      description: input.file.description,
      content,
      note: "Imported from a file.",
    });
    const report: ImportReport = { name: row.name, widgets: content.widgets.length, gaps };
    return {
      value: { dashboard: viewOf(ctx, row), report },
      audit: {
        target: dashboardTarget(row.id),
        payload: { name: row.name, widgets: report.widgets, gaps: gaps.length },
      },
    };
  },
});
