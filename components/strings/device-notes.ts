/** Words of what people add to a device: notes, its place, what is to be watched out for. */
export const noteText = {
  title: "Notes",
  add: "Add note",
  write: "Note",
  hint: "What the next person on duty should know. Everybody of the organisation reads it.",
  save: "Save note",
  cancel: "Cancel",
  edit: "Edit",
  editLabel: (by: string) => `Edit the note of ${by}`,
  remove: "Remove",
  removeLabel: (by: string) => `Remove the note of ${by}`,
  removed: "Note removed",
  saved: "Note saved",
  changed: "changed",
  empty: "No note on this device yet.",
  failed: "The notes could not be read",
} as const;

export const placeText = {
  title: "Place",
  edit: "Edit",
  editLabel: "Edit the place",
  dialogTitle: (name: string) => `Where is ${name}?`,
  dialogText: "In degrees, in words, or both. The map shows devices with degrees.",
  latitude: "Latitude",
  longitude: "Longitude",
  degrees: "Degrees of WGS 84, for example 53.5413",
  words: "In words",
  wordsHint: "A site, a building, a room",
  save: "Save place",
  saved: "Place saved",
  byPerson: "set by a person",
  byDevice: "sent by the device",
  empty: "Nobody has said where this device is.",
  noDegrees: "Without degrees it is not on the map.",
  onMap: "Open the map",
  failed: "The place could not be read",
  notNumber: "Say degrees as a number, for example 53.5413.",
} as const;

export const deviceAlertText = {
  title: "Alerts",
  all: "All of this device",
  empty: "No open alert on this device.",
  failed: "The alerts could not be read",
} as const;

export const dangerText = {
  title: "Danger zone",
  suspendTitle: "Suspend",
  suspendText: "Cuts its connection and refuses it until somebody resumes it. Nothing is lost.",
  transferTitle: "Hand over",
  transferText: "Moves the device to another organisation of this installation by a code.",
  decommissionTitle: "Decommission",
  decommissionText:
    "Takes it out of service for good: its certificates are revoked, its connection is cut, and a proof is made.",
} as const;
