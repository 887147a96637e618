import {
  changeDeviceNoteRoute,
  removeDeviceNoteRoute,
} from "#server/web/api/device-annotations.ts";
import { defineRoute } from "#server/web/route.ts";

export const PATCH = defineRoute(changeDeviceNoteRoute);
export const DELETE = defineRoute(removeDeviceNoteRoute);
