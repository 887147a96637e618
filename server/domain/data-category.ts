/** What a field's values tell, least sensitive first. */
export const dataCategories = [
  "telemetry",
  "diagnostics",
  "usage",
  "location",
  "personal",
  "health",
] as const;
export type DataCategory = (typeof dataCategories)[number];

export function isDataCategory(text: unknown): text is DataCategory {
  return dataCategories.some((category) => category === text);
}

/** @returns the most sensitive of them; "telemetry" for none */
export function mostSensitive(categories: readonly DataCategory[]): DataCategory {
  return dataCategories.findLast((category) => categories.includes(category)) ?? "telemetry";
}
