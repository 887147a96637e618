/** Words of the charts. */
export const chartText = {
  noData: "no data",
  nothing: "No values in this range.",
  asTable: "Values as a table",
  asChart: "Values as a chart",
  time: "Time",
  minimum: "Minimum",
  maximum: "Maximum",
  zoomHint: "Drag to zoom",
  range: (low: string, high: string) => `${low} to ${high}`,
  newestRows: (shown: string, total: string) => `The newest ${shown} of ${total} values.`,
  summaryEmpty: (label: string) => `${label}: no values in this range.`,
  summary: (series: string, count: string, low: string, high: string, last: string) =>
    `${series}: ${count} values from ${low} to ${high}, the newest is ${last}.`,
  share: (label: string, value: string, percent: string) => `${label} ${value}, ${percent} %`,
} as const;
