import { z } from "zod";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";

/** Pages that have views: the table of devices, and Explore. */
const viewPages = ["devices", "explore"] as const;
export type ViewPage = (typeof viewPages)[number];

/** Of one person, for one page. */
export const maxViews = 100;

const name = z
  .string()
  .trim()
  .min(1, "Give the view a name.")
  .max(100, "At most 100 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text, please.");

const page = z.enum(viewPages, "Views are of the table of devices or of Explore.");

/** What a view brings back. */
export const viewState = z.object({
  /** Of the page's address what is behind the `?`, but for which view it is. */
  address: z.string().max(8_000, "At most 8000 characters."),
  /** The filter in it as a document, by which others find what the view names. */
  filter: fleetFilterSchema,
});
export type ViewState = z.output<typeof viewState>;

export const viewListSchema = z.object({ page: page.default("devices") });

export const viewTargetSchema = z.object({ viewId: z.uuid("This is no view's id.") });

export const createViewSchema = z.object({
  page: page.default("devices"),
  name,
  state: viewState,
  /** Everybody of the organisation sees it. */
  shared: z.boolean().default(false),
});

export const changeViewSchema = viewTargetSchema.extend({
  name: name.optional(),
  state: viewState.optional(),
  shared: z.boolean().optional(),
  /** That was read: whoever changes an older one meets a conflict. */
  revision: z.int("The revision that was read."),
});

export const defaultViewSchema = z.object({
  page: page.default("devices"),
  /** Null: the page as it comes. */
  viewId: z.uuid("This is no view's id.").nullable(),
});
