import { z } from "zod";
import { auditOutcomes, longestAuditFilter } from "#server/domain/audit-filter.ts";

const filterText = z.string().trim().min(1).max(longestAuditFilter);

/** Filters of the audit trail; all of them may come from an address bar. */
export const auditFilter = z.object({
  /** Who: e-mail, `token:name` or `system:name`, wholly. */
  actor: filterText.optional(),
  /** What: `device.create`, or its beginning with a dot: `device.`. */
  action: filterText.optional(),
  /** On what: `device:pump-17`, wholly, or its kind: `device:`. */
  target: filterText.optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
});

export const listAuditInput = auditFilter.extend({
  /** Sequence number of the last event of the page before; its own page begins below it. */
  before: z
    .string()
    .regex(/^\d{1,18}$/, "This is not a sequence number.")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
