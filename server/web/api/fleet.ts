import { z } from "zod";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import type { Context } from "#server/services/context.ts";
import { changeGroup } from "#server/services/group/change.ts";
import { createGroup } from "#server/services/group/create.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listGroupMembers } from "#server/services/group/members.ts";
import { removeGroup } from "#server/services/group/remove.ts";
import { showGroup } from "#server/services/group/show.ts";
import { changeSavedView } from "#server/services/saved-view/change.ts";
import { createSavedView } from "#server/services/saved-view/create.ts";
import { listSavedViews } from "#server/services/saved-view/list.ts";
import { removeSavedView } from "#server/services/saved-view/remove.ts";
import { viewState } from "#server/services/saved-view/schemas.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";
import { fleetDevice, unknownNames } from "#server/web/api/devices.ts";

const instant = z.iso.datetime();
const groupTag = "Device groups";
const viewTag = "Saved views";

const group = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  filter: fleetFilterSchema,
  revision: z.int(),
  createdAt: instant,
  createdBy: z.string(),
  changedAt: instant,
  changedBy: z.string().describe("Empty: nobody since it was made"),
});

export const listDeviceGroupsRoute = {
  method: "get",
  path: "/device-groups",
  tag: groupTag,
  summary: "List dynamic groups with how many devices each has",
  operation: async (ctx: Context, input: Parameters<typeof listGroups>[1]) => ({
    groups: await listGroups(ctx, input),
  }),
  request: listGroups.input,
  response: z.object({
    groups: z.array(
      group.extend({
        members: z
          .object({ count: z.int(), more: z.boolean() })
          .nullable()
          .describe("Counted up to 1 000; null: not counted this time"),
      }),
    ),
  }),
} as const;

export const createDeviceGroupRoute = {
  method: "post",
  path: "/device-groups",
  tag: groupTag,
  summary: "Make a dynamic group of a filter",
  operation: createGroup,
  request: createGroup.input,
  response: group,
  status: 201,
} as const;

export const showDeviceGroupRoute = {
  method: "get",
  path: "/device-groups/{groupId}",
  tag: groupTag,
  summary: "Show a dynamic group, how many devices it has and what names it",
  operation: showGroup,
  request: showGroup.input,
  response: group.extend({
    members: z.int(),
    unknown: unknownNames,
    uses: z.array(
      z.object({
        kind: z.enum(["group", "view", "dashboard"]),
        id: z.uuid(),
        name: z.string().nullable().describe("Null: somebody's private one"),
      }),
    ),
  }),
} as const;

export const changeDeviceGroupRoute = {
  method: "patch",
  path: "/device-groups/{groupId}",
  tag: groupTag,
  summary: "Rename a dynamic group, or give it another description or filter",
  operation: changeGroup,
  request: changeGroup.input,
  response: group,
} as const;

export const removeDeviceGroupRoute = {
  method: "delete",
  path: "/device-groups/{groupId}",
  tag: groupTag,
  summary: "Remove a dynamic group; its devices stay",
  operation: removeGroup,
  request: removeGroup.input,
  response: z.object({ id: z.uuid(), name: z.string() }),
} as const;

export const listGroupMembersRoute = {
  method: "get",
  path: "/device-groups/{groupId}/members",
  tag: groupTag,
  summary: "List the devices of a dynamic group, page by page",
  operation: listGroupMembers,
  request: listGroupMembers.input,
  response: z.object({
    devices: z.array(fleetDevice),
    nextCursor: z.string().nullable(),
    matching: z.object({ count: z.int(), more: z.boolean() }).nullable(),
    unknown: unknownNames,
  }),
} as const;

const view = z.object({
  id: z.uuid(),
  name: z.string(),
  shared: z.boolean(),
  isOwn: z.boolean(),
  state: viewState,
  revision: z.int(),
  changedAt: instant,
});

export const listSavedViewsRoute = {
  method: "get",
  path: "/saved-views",
  tag: viewTag,
  summary:
    "List the caller's views of the table of devices, or of Explore, and those that are shared",
  operation: listSavedViews,
  request: listSavedViews.input,
  response: z.object({ views: z.array(view), defaultId: z.uuid().nullable() }),
} as const;

export const createSavedViewRoute = {
  method: "post",
  path: "/saved-views",
  tag: viewTag,
  summary: "Save a view of the table of devices, or of Explore; for people, not for tokens",
  operation: createSavedView,
  request: createSavedView.input,
  response: view,
  status: 201,
} as const;

export const changeSavedViewRoute = {
  method: "patch",
  path: "/saved-views/{viewId}",
  tag: viewTag,
  summary: "Rename a view, share it, or give it another state",
  operation: changeSavedView,
  request: changeSavedView.input,
  response: view,
} as const;

export const removeSavedViewRoute = {
  method: "delete",
  path: "/saved-views/{viewId}",
  tag: viewTag,
  summary: "Remove a view",
  operation: removeSavedView,
  request: removeSavedView.input,
  response: z.object({ id: z.uuid(), name: z.string() }),
} as const;

/** Groups and views, in the order of the document. */
export const fleetRoutes: readonly AnyApiRoute[] = [
  listDeviceGroupsRoute,
  createDeviceGroupRoute,
  showDeviceGroupRoute,
  changeDeviceGroupRoute,
  removeDeviceGroupRoute,
  listGroupMembersRoute,
  listSavedViewsRoute,
  createSavedViewRoute,
  changeSavedViewRoute,
  removeSavedViewRoute,
];
