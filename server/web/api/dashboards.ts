import { z } from "zod";
import { sharings } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { dashboardFileSchema } from "#server/domain/dashboard-file.ts";
import { addDashboardWidget } from "#server/services/dashboard/add-widget.ts";
import { createDashboard } from "#server/services/dashboard/create.ts";
import { duplicateDashboard } from "#server/services/dashboard/duplicate.ts";
import { exportDashboard } from "#server/services/dashboard/export.ts";
import { checkDashboardImport, importDashboard } from "#server/services/dashboard/import.ts";
import { listReadyMade } from "#server/services/dashboard/list-ready-made.ts";
import { listDashboards } from "#server/services/dashboard/list.ts";
import { adoptReadyMade, showReadyMade } from "#server/services/dashboard/ready-made.ts";
import { removeDashboard } from "#server/services/dashboard/remove.ts";
import { restoreDashboard } from "#server/services/dashboard/restore.ts";
import { saveDashboard } from "#server/services/dashboard/save.ts";
import { shareDashboard } from "#server/services/dashboard/share.ts";
import { showDashboardVersion } from "#server/services/dashboard/show-version.ts";
import { showDashboard } from "#server/services/dashboard/show.ts";
import { dashboardVersions } from "#server/services/dashboard/versions.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

const instant = z.iso.datetime();
const tag = "Dashboards";

const summary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  sharing: z.enum(sharings),
  isOwn: z.boolean().describe("It belongs to the caller"),
  mayChange: z.boolean().describe("The caller may change what it shows"),
  widgets: z.int(),
  revision: z.int(),
  createdBy: z.string(),
  changedAt: instant,
  changedBy: z.string(),
});
const dashboard = summary.extend({
  content: dashboardContentSchema,
  mayShare: z.boolean().describe("The caller may decide who sees it, and delete it"),
  createdAt: instant,
});
const known = z.record(z.string(), z.string());
const references = z
  .object({ device: known, group: known, profile: known, metric: known })
  .describe("What of the ids exists here, and what it is called; what is missing was deleted");
const gap = z.object({
  where: z.enum(["widget", "variable"]),
  id: z.string(),
  title: z.string(),
  kind: z.enum(["device", "group", "profile", "metric"]),
  name: z.string(),
});
const report = z.object({ name: z.string(), widgets: z.int(), gaps: z.array(gap) });
const version = z.object({
  version: z.int(),
  name: z.string(),
  note: z.string(),
  at: instant,
  by: z.string(),
});

export const listDashboardsRoute = {
  method: "get",
  path: "/dashboards",
  tag,
  summary: "List the dashboards that the caller may see, what was changed last first",
  operation: listDashboards,
  request: listDashboards.input,
  response: z.object({ dashboards: z.array(summary), isCut: z.boolean() }),
} as const;

export const createDashboardRoute = {
  method: "post",
  path: "/dashboards",
  tag,
  summary: "Make a dashboard; of a token it is shared from the start",
  operation: createDashboard,
  request: createDashboard.input,
  response: dashboard,
  status: 201,
} as const;

export const importDashboardRoute = {
  method: "post",
  path: "/dashboards/import",
  tag,
  summary: "Make a dashboard of an exported file, and say what it names that is not here",
  operation: importDashboard,
  request: importDashboard.input,
  response: z.object({ dashboard, report }),
  status: 201,
} as const;

export const checkImportRoute = {
  method: "post",
  path: "/dashboards/check-import",
  tag,
  summary: "Say what an exported file names that is not here; nothing is kept",
  operation: checkDashboardImport,
  request: checkDashboardImport.input,
  response: report,
} as const;

export const listReadyMadeRoute = {
  method: "get",
  path: "/dashboards/ready-made",
  tag,
  summary: "List the profiles with the dashboards that are made of their schemas",
  operation: listReadyMade,
  request: listReadyMade.input,
  response: z.array(
    z.object({
      profileId: z.uuid(),
      name: z.string(),
      description: z.string(),
      devices: z.int(),
      fields: z.int(),
    }),
  ),
} as const;

export const showReadyMadeRoute = {
  method: "get",
  path: "/dashboards/ready-made/{profileId}",
  tag,
  summary: "Show the dashboard that is made of a profile's schema",
  operation: showReadyMade,
  request: showReadyMade.input,
  response: z.object({
    profileId: z.uuid(),
    name: z.string(),
    content: dashboardContentSchema,
    references,
  }),
} as const;

export const adoptReadyMadeRoute = {
  method: "post",
  path: "/dashboards/ready-made/{profileId}/copy",
  tag,
  summary: "Copy the ready-made dashboard of a profile into one that can be changed",
  operation: adoptReadyMade,
  request: adoptReadyMade.input,
  response: dashboard,
  status: 201,
} as const;

export const showDashboardRoute = {
  method: "get",
  path: "/dashboards/{dashboardId}",
  tag,
  summary: "Show a dashboard",
  operation: showDashboard,
  request: showDashboard.input,
  response: dashboard.extend({ references }),
} as const;

export const saveDashboardRoute = {
  method: "patch",
  path: "/dashboards/{dashboardId}",
  tag,
  summary: "Change a dashboard; what is left out stays, and the state is kept as a version",
  operation: saveDashboard,
  request: saveDashboard.input,
  response: dashboard,
} as const;

export const removeDashboardRoute = {
  method: "delete",
  path: "/dashboards/{dashboardId}",
  tag,
  summary: "Delete a dashboard with its versions",
  operation: removeDashboard,
  request: removeDashboard.input,
  response: z.object({ id: z.uuid(), name: z.string() }),
} as const;

export const shareDashboardRoute = {
  method: "put",
  path: "/dashboards/{dashboardId}/sharing",
  tag,
  summary: "Say who in the organisation may see a dashboard, and who may change it",
  operation: shareDashboard,
  request: shareDashboard.input,
  response: dashboard,
} as const;

export const duplicateDashboardRoute = {
  method: "post",
  path: "/dashboards/{dashboardId}/copy",
  tag,
  summary: "Copy a dashboard",
  operation: duplicateDashboard,
  request: duplicateDashboard.input,
  response: dashboard,
  status: 201,
} as const;

export const addWidgetRoute = {
  method: "post",
  path: "/dashboards/{dashboardId}/widgets",
  tag,
  summary: "Put one more widget into a dashboard, at the first free place",
  operation: addDashboardWidget,
  request: addDashboardWidget.input,
  response: dashboard,
  status: 201,
} as const;

export const exportDashboardRoute = {
  method: "get",
  path: "/dashboards/{dashboardId}/export",
  tag,
  summary: "Show a dashboard as a file with the names of what it is about",
  operation: exportDashboard,
  request: exportDashboard.input,
  response: dashboardFileSchema,
} as const;

export const dashboardVersionsRoute = {
  method: "get",
  path: "/dashboards/{dashboardId}/versions",
  tag,
  summary: "List the newest versions of a dashboard with what each changed",
  operation: dashboardVersions,
  request: dashboardVersions.input,
  response: z.array(version.extend({ changes: z.array(z.string()) })),
} as const;

export const showVersionRoute = {
  method: "get",
  path: "/dashboards/{dashboardId}/versions/{version}",
  tag,
  summary: "Show a dashboard as one of its versions had it",
  operation: showDashboardVersion,
  request: showDashboardVersion.input,
  response: version.extend({ content: dashboardContentSchema }),
} as const;

export const restoreDashboardRoute = {
  method: "post",
  path: "/dashboards/{dashboardId}/versions/{version}/restore",
  tag,
  summary: "Bring a dashboard back to one of its versions, as a new version",
  operation: restoreDashboard,
  request: restoreDashboard.input,
  response: dashboard,
} as const;

/** What shows and changes dashboards, in the order of the document. */
export const dashboardRoutes: readonly AnyApiRoute[] = [
  listDashboardsRoute,
  createDashboardRoute,
  importDashboardRoute,
  checkImportRoute,
  listReadyMadeRoute,
  showReadyMadeRoute,
  adoptReadyMadeRoute,
  showDashboardRoute,
  saveDashboardRoute,
  removeDashboardRoute,
  shareDashboardRoute,
  duplicateDashboardRoute,
  addWidgetRoute,
  exportDashboardRoute,
  dashboardVersionsRoute,
  showVersionRoute,
  restoreDashboardRoute,
];
