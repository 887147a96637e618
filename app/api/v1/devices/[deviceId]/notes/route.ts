import { addDeviceNoteRoute, listDeviceNotesRoute } from "#server/web/api/device-annotations.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listDeviceNotesRoute);
export const POST = defineRoute(addDeviceNoteRoute);
