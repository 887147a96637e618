import type { FieldValue } from "#components/device/feed.ts";
import { formatNumber } from "#components/ui/format.ts";
import type { Display } from "#server/domain/units.ts";

/** A measured value as its reader wants to see it; switches and texts stay what they are. */
export function shownValue(value: FieldValue, display: Display): FieldValue {
  return typeof value === "number" ? display.of(value) : value;
}

/** A value as people read it: numbers rounded, switches as words. */
export function valueText(value: FieldValue): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return value ? "on" : "off";
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
