import { z } from "zod";
import { addDeviceNote } from "#server/services/device-note/add.ts";
import { changeDeviceNote } from "#server/services/device-note/change.ts";
import { listDeviceNotes } from "#server/services/device-note/list.ts";
import { removeDeviceNote } from "#server/services/device-note/remove.ts";
import { deviceLocation, locateDevice } from "#server/services/device/location.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

const instant = z.iso.datetime();
const tag = "Devices";

const note = z.object({
  id: z.uuid(),
  text: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  changedAt: instant.nullable().describe("Null when nobody changed it"),
  revision: z.int(),
});

const location = z.object({
  latitude: z.number().nullable().describe("Degrees of WGS 84"),
  longitude: z.number().nullable(),
  place: z.string().describe("In words; empty where nobody said any"),
  source: z.enum(["person", "device"]).nullable(),
  at: instant.nullable(),
});

export const listDeviceNotesRoute = {
  method: "get",
  path: "/devices/{deviceId}/notes",
  tag,
  summary: "What people noted of a device, newest first",
  operation: listDeviceNotes,
  request: listDeviceNotes.input,
  response: z.object({ notes: z.array(note) }),
} as const;

export const addDeviceNoteRoute = {
  method: "post",
  path: "/devices/{deviceId}/notes",
  tag,
  summary: "Note something of a device",
  operation: addDeviceNote,
  request: addDeviceNote.input,
  response: note,
  status: 201,
} as const;

export const changeDeviceNoteRoute = {
  method: "patch",
  path: "/devices/{deviceId}/notes/{noteId}",
  tag,
  summary: "Write a note anew; a conflict when somebody changed it since the revision",
  operation: changeDeviceNote,
  request: changeDeviceNote.input,
  response: note,
} as const;

export const removeDeviceNoteRoute = {
  method: "delete",
  path: "/devices/{deviceId}/notes/{noteId}",
  tag,
  summary: "Remove a note; the audit trail keeps what it said",
  operation: removeDeviceNote,
  request: removeDeviceNote.input,
  response: z.object({ noteId: z.uuid() }),
} as const;

export const deviceLocationRoute = {
  method: "get",
  path: "/devices/{deviceId}/location",
  tag,
  summary: "Where a device is, as a person or the device itself said last",
  operation: deviceLocation,
  request: deviceLocation.input,
  response: location,
} as const;

export const locateDeviceRoute = {
  method: "put",
  path: "/devices/{deviceId}/location",
  tag,
  summary: "Say where a device is, in degrees, in words, or both; null and empty forget it",
  operation: locateDevice,
  request: locateDevice.input,
  response: location,
} as const;

/** What people add to a device, in the order of the document. */
export const deviceAnnotationRoutes: readonly AnyApiRoute[] = [
  listDeviceNotesRoute,
  addDeviceNoteRoute,
  changeDeviceNoteRoute,
  removeDeviceNoteRoute,
  deviceLocationRoute,
  locateDeviceRoute,
];
