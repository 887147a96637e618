import { extentOf, type Series } from "#components/charts/series.ts";
import { chartText } from "#components/strings/charts.ts";
import { formatCount, formatNumber, unitSpace } from "#components/ui/format.ts";

/** A value with its unit, as people read it. */
export function withUnit(value: number, unit: string | undefined): string {
  const text = formatNumber(value, 5);
  return unit === undefined || unit === "" ? text : `${text}${unitSpace}${unit}`;
}

/** A value of a series in words: a switch is on, off, or on for a part of the time. */
export function valueWords(
  series: Pick<Series, "isSwitch">,
  value: number,
  unit: string | undefined,
): string {
  if (series.isSwitch !== true) return withUnit(value, unit);
  if (value === 0 || value === 1) return value === 1 ? chartText.on : chartText.off;
  return chartText.partlyOn(formatNumber(Math.round(value * 100)));
}

/** The chart in a sentence per series, for those who do not see it. */
export function summaryOf(
  label: string,
  series: readonly Series[],
  unit: string | undefined,
): string {
  const sentences = series.map((each) => {
    const values = each.points.flatMap((point) => (point.v === null ? [] : [point.v]));
    const extent = extentOf([each]);
    const last = values.at(-1);
    if (extent === null || last === undefined) return chartText.summaryEmpty(each.label);
    const own = each.unit ?? unit;
    return chartText.summary(
      each.label,
      formatCount(values.length),
      withUnit(extent[0], own),
      withUnit(extent[1], own),
      withUnit(last, own),
    );
  });
  return sentences.length === 0
    ? chartText.summaryEmpty(label)
    : [`${label}.`, ...sentences].join(" ");
}
