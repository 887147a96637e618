import type { DataCategory } from "#server/domain/data-category.ts";

/** For how many days dead letters are kept where nobody says otherwise, by what they may tell. */
export const defaultRetentionDays: Readonly<Record<DataCategory, number>> = {
  telemetry: 90,
  diagnostics: 90,
  usage: 90,
  location: 30,
  personal: 30,
  health: 30,
};
