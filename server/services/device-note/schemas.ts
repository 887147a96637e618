import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";

const text = z
  .string()
  .trim()
  .min(1, "Write something.")
  .max(4_000, "A note has at most 4000 characters.");

const revision = z.coerce.number().int().min(1).describe("Revision that was read");

export const deviceNoteListSchema = z.object({ deviceId: deviceRef });

export const addDeviceNoteSchema = z.object({ deviceId: deviceRef, text });

export const changeDeviceNoteSchema = z.object({
  deviceId: deviceRef,
  noteId: z.uuid("This is no note's id."),
  text,
  revision,
});

export const removeDeviceNoteSchema = z.object({
  deviceId: deviceRef,
  noteId: z.uuid("This is no note's id."),
});
