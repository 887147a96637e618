/** Words of the map of devices. */
export const mapText = {
  title: "Devices",
  map: "Map of the located devices",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show all",
  loading: "Loading the map…",
  failed: "The devices could not be put on the map.",
  located: (located: string, matching: string) => `${located} of ${matching} devices have a place`,
  here: (devices: string) => `${devices} devices here`,
  keys: "Arrow keys move the map, + and − zoom, 0 shows all.",
  emptyTitle: "No device has a place yet",
  emptyText:
    "Set where a device is on its page or for many at once from the table, or let it send latitude and longitude as telemetry.",
  toTable: "Open the table",
  nothingTitle: "No device matches",
  nothingText: "The filter of the address matches nothing.",
  mark: (devices: string, online: string, overdue: string) =>
    `${devices} devices: ${online} online, ${overdue} overdue. Zoom in.`,
  place: (devices: string) => `${devices} devices in one place. Show them in the table.`,
  one: (name: string, presence: string) => `${name}: ${presence}`,
  online: "Online",
  overdue: "Some overdue",
  other: "Other",
  attribution: "Made with Natural Earth",
  list: "Devices on this part of the map",
} as const;
