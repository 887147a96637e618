import { z } from "zod";
import { severities } from "#server/domain/alert.ts";
import { sharings } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { dashboardFileSchema } from "#server/domain/dashboard-file.ts";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";

const name = z
  .string()
  .trim()
  .min(1, "Give the dashboard a name.")
  .max(120, "At most 120 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text.");
const description = z.string().trim().max(500, "At most 500 characters.");
const note = z
  .string()
  .trim()
  .max(200, "At most 200 characters.")
  .describe("What was changed and why, for the history");
const revision = z.coerce
  .number<number>()
  .int()
  .min(1)
  .describe("The dashboard as the caller knows it; a newer one is a conflict");
const sharing = z
  .enum(sharings, "Choose private, view or edit.")
  .describe(
    "private: only its owner; view: everyone sees it; edit: everyone with the right changes it",
  );

export const dashboardRefSchema = z.object({
  dashboardId: z.uuid("This is no dashboard's id."),
});

export const listDashboardsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500, "must be at most 500").default(200),
});

export const searchDashboardsSchema = z.object({
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  limit: z.coerce.number().int().min(1).max(8).default(8),
});

export const createDashboardSchema = z.object({
  name,
  description: description.default(""),
  content: dashboardContentSchema.default(() => dashboardContentSchema.parse({ format: 1 })),
  sharing: sharing.optional(),
});

/** What is left out stays as it is. */
export const saveDashboardSchema = dashboardRefSchema.extend({
  revision,
  name: name.optional(),
  description: description.optional(),
  content: dashboardContentSchema.optional(),
  note: note.default(""),
});

export const shareDashboardSchema = dashboardRefSchema.extend({ sharing });

export const duplicateDashboardSchema = dashboardRefSchema.extend({ name: name.optional() });

export const addWidgetSchema = dashboardRefSchema.extend({
  widget: dashboardContentSchema.shape.widgets.unwrap().element,
});

export const dashboardVersionSchema = dashboardRefSchema.extend({
  version: z.coerce.number<number>().int().min(1),
});

export const restoreDashboardSchema = dashboardVersionSchema.extend({ revision });

export const readyMadeRefSchema = z.object({ profileId: z.uuid("This is no profile's id.") });

export const adoptReadyMadeSchema = readyMadeRefSchema.extend({ name: name.optional() });

export const importDashboardSchema = z.object({
  file: dashboardFileSchema,
  name: name.optional(),
});

export const checkImportSchema = z.object({ file: dashboardFileSchema });

export const referencesSchema = z.object({
  device: z.array(z.uuid()).max(5_000).default([]),
  group: z.array(z.uuid()).max(200).default([]),
  profile: z.array(z.uuid()).max(1_000).default([]),
  metric: z.array(z.string().max(128)).max(2_000).default([]),
});

export const selectionPresenceSchema = z.object({ devices: deviceSelectionSchema });

export const selectionAlertsSchema = z.object({
  devices: deviceSelectionSchema,
  severities: z.array(z.enum(severities)).max(severities.length).default([]),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

export const selectionDevicesSchema = z.object({
  devices: deviceSelectionSchema,
  limit: z.coerce.number().int().min(1).max(100, "at most 100 devices").default(100),
});
