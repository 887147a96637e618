import { z } from "zod";
import { alertRules, alertStates, severities } from "#server/domain/alert.ts";

/** Alerts that can be acknowledged at once. */
const mostAtOnce = 500;

/** Some of a closed set: a list, or a text with commas as addresses have it. */
const some = <T extends string>(values: readonly [T, ...T[]], message: string) =>
  z
    .union([z.array(z.string()), z.string().transform((text) => text.split(","))])
    .transform((list) => list.filter((each) => each !== ""))
    .pipe(z.array(z.enum(values, message)));

const filter = {
  /** `standing`: open or acknowledged. */
  state: z.enum([...alertStates, "standing", "all"], "There is no such state.").default("standing"),
  severity: some(severities, "Choose info, warning or critical.").optional(),
  rule: some(alertRules, "There is no such rule.").optional(),
  /** Id or name of what it is about: a device's own id. */
  subject: z.string().trim().max(200, "At most 200 characters.").optional(),
};

export const alertListSchema = z.object({
  ...filter,
  limit: z.coerce.number().int().min(1).max(200, "At most 200 at a time.").default(50),
  cursor: z.string().max(500).optional(),
});

export const alertCountsSchema = z.object({});

export const alertTarget = z.object({ alertId: z.uuid("This is no alert's id.") });

const note = z.string().trim().max(1000, "At most 1000 characters.").default("");

export const acknowledgeAlertSchema = alertTarget.extend({ note });

export const acknowledgeAlertsSchema = z.object({
  alertIds: z
    .array(z.uuid("This is no alert's id."))
    .min(1, "Name at least one alert.")
    .max(mostAtOnce, `At most ${mostAtOnce} at once.`),
  note,
});

export const resolveAlertSchema = alertTarget.extend({ note });

export const checkAlertsSchema = z.object({});
