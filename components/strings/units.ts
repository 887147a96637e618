/** Words of the choice of units. */
export const unitsText = {
  title: "Units",
  intro:
    "In which units you see values: in charts, dashboards, tables, latest values, limits and what you download from a chart. What is stored, the API, queries and exports in full keep the unit of the schema.",
  asMeasured: "As measured",
  saved: "Units saved",
  option: (label: string, name: string) => `${label} (${name})`,
} as const;
