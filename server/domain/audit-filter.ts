/** How what an event tells of ended. */
export const auditOutcomes = ["done", "denied"] as const;

/** Characters of an actor, an action or a target in a filter. */
export const longestAuditFilter = 200;
