import type { TransformStep } from "#server/domain/transform-steps.ts";

const partWords = {
  field: "Field",
  from: "From",
  to: "To",
  value: "Value",
  expression: "Expression",
  unit: "Unit (may stay empty)",
  attribute: "Attribute of the device",
} as const;

function readStep(step: TransformStep): string {
  switch (step.op) {
    case "rename":
      return `rename ${step.from} to ${step.to}`;
    case "remove":
      return `remove ${step.field}`;
    case "set":
      return `set ${step.field} to ${JSON.stringify(step.value)}`;
    case "default":
      return `${step.field} is ${JSON.stringify(step.value)} where it is missing`;
    case "convert":
      return `convert ${step.field} from ${step.from} to ${step.to}`;
    case "cast":
      return `make ${step.field} a ${step.to}`;
    case "compute":
      return `compute ${step.field} as ${step.expression}`;
    case "enrich":
      return `${step.field} from the device's attribute ${step.attribute}`;
  }
}

/** Words of the transform's steps. */
export const stepText = {
  legend: "Steps, in this order",
  none: "No step yet. Without one the messages are tried as they came.",
  add: "Add a step",
  title: (number: number, op: string) => `${number}. ${op}`,
  remove: (title: string) => `Remove step ${title}`,
  up: (title: string) => `Move step ${title} up`,
  ops: {
    rename: "Rename",
    remove: "Remove",
    set: "Set",
    default: "Default",
    convert: "Convert",
    cast: "Cast",
    compute: "Compute",
    enrich: "Enrich",
  },
  explained: {
    rename: "a field to another name",
    remove: "a field",
    set: "a field to a fixed value",
    default: "a value where there is none",
    convert: "a field to another unit",
    cast: "a field to another type",
    compute: "a field from the others, with CEL",
    enrich: "with an attribute of the device",
  },
  casts: { number: "Number", string: "Text", boolean: "True or false" },
  read: readStep,
  partOf: (op: string, part: keyof typeof partWords) => {
    if (op === "convert" && part === "from") return "From unit (UCUM)";
    if (op === "convert" && part === "to") return "To unit (UCUM)";
    return partWords[part];
  },
} as const;

/** Words of the workbench: the groups by cause, and one of them. */
export const workbenchText = {
  filters: "Filters",
  stateFilter: "Which",
  states: { open: "With open letters", all: "All causes" },
  directionFilter: "Direction",
  directions: { "": "Both directions", inbound: "From devices", outbound: "Undeliverable" },
  search: "Find in explanation, field, schema or profile",
  cause: "Cause",
  open: "Open",
  trend: "Last 24 hours",
  trendSum: (count: string) => `${count} in the last 24 hours`,
  devices: "Devices",
  firmware: "Firmware",
  profile: "Profile",
  lastSeen: "Last",
  assignee: "Assigned to",
  nobody: "nobody",
  everyLetter: "All letters one by one",
  clearFilters: "Clear filters",
  emptyTitle: "Every message is stored",
  emptyText:
    "No message waits to be put right. One that cannot be stored is kept here with its bytes, together with the others of the same cause.",
  emptyFiltered: "No cause fits these filters",
  emptyFilteredText: "Take a filter away to see more.",
  unknownFirmware: "unknown",
  noProfile: "none",

  stored: "Stored",
  storedNote: "by replays",
  discarded: "Discarded",
  expiredOf: (count: string) => `${count} expired while open`,
  newestOf: (count: string) => `among the newest ${count}`,
  allOf: "among all letters kept",
  noNote: "no note",
  letters: "Letters",
  counts: "Counts",
  openNote: "wait to be put right",
  settledBadge: "None open",
  openBadge: (count: string) => `${count} open`,
  export: "Export",
  exportLabel: "Export these dead letters as NDJSON",
  import: "Import",
  retention: "Retention",
  assign: "Assign",
  where: "Where it happens",
  allOfDevice: (device: string) => `All dead letters of ${device}`,
} as const;

/** Words of the message that is looked at. */
export const letterText = {
  title: "Message",
  letters: "Letters of this cause",
  older: "Older letters",
  none: "No letter of this cause is kept any more.",
  difference: "Differences to the schema",
  isCut: "There are more differences than are marked.",
  kinds: { missing: "Missing", unknown: "Unknown", type: "Type", value: "Value" },
  found: (what: string) => `found ${what}`,
  view: (size: string) => `Payload, ${size}, as`,
  views: { json: "JSON", text: "Text", cbor: "CBOR diagnostic", protobuf: "Protobuf", hex: "Hex" },
  verdicts: "What the stages say today",
  passed: "Passed:",
  refused: "Refused:",
  stages: {
    admitted: "Admitted.",
    schema: "Schema.",
    decoded: "Decoded.",
    readings: "Readings.",
    valid: "Valid and processed.",
  },
  facts: "Facts",
  states: { open: "Open", replayed: "Replayed", discarded: "Discarded" },
  by: (who: string) => `by ${who}`,
  why: "Because",
  eventTime: "Its own time",
  contentType: "Content type",
  schema: "Refused by",
  firmware: "Firmware",
  property: (name: string) => `Sent beside: ${name}`,
  transportOf: (transport: string, qos: number) => `${transport}, QoS ${qos}`,
  follow: "Follow this message through the pipeline",
  storedAs: "Stored as",
  storedAt: "the reading of",
  storedKey: (key: string) => `key ${key}`,
  run: "Run",
} as const;

/** Words of the remedies. */
export const remedyText = {
  title: "Put it right",
  tabs: { transform: "Transform", schema: "Fix the schema", edit: "Edit one" },
  nothingOpen: "No letter of this cause is open: there is nothing to put right.",
  viewOnly: "Your role may look at this cause, but not put it right.",

  schemaText:
    "If the devices are right and the schema is not: change the draft, see which of these letters it would take, and publish it. Then replay them without a transform.",
  openDraft: (name: string) => `Open the draft of ${name}`,
  replayAsTheyCame: (count: string) => `Replay ${count} as they came…`,
  noSchema: "No schema was involved: change what the devices send, or use a transform.",

  suggestion: (from: string, to: string) => `${from} looks like ${to} under another name.`,
  useSuggestion: (from: string, to: string) => `Rename ${from} to ${to}`,
  preview: "Preview",
  previewOf: (checked: string) => `Tried on ${checked} letters of this cause`,
  previewFailed: "The preview could not be made",
  wouldStore: (count: string) => `${count} would be stored`,
  wouldFail: (count: string) => `${count} would still fail`,
  fixSteps: "Complete the steps to see what they do.",
  before: "Before",
  after: "After",
  ofDevice: (device: string) => `Example of ${device}`,
  stillFails: "What would still fail",
  letters: "Letters",
  dryRun: (count: string) => `Dry-run on all ${count}`,
  replay: (count: string) => `Replay ${count}…`,
  discard: "Discard…",

  editText:
    "The message as text. What you change is stored in place of what was sent; the bytes that came are kept.",
  editLabel: "Payload",
  editTry: "Try it",
  editReplay: "Replay this one…",
  editReset: "As it came",
  editBinary: "This payload is no text: it cannot be edited here. Use a transform.",
  editStores: "It would be stored like this",
  editFails: "It would still fail",
  editChosen: "Choose an open letter to edit it.",
} as const;

/** Words of replaying, discarding and what becomes of it. */
export const runText = {
  replayTitle: (count: string) => `Replay ${count} letters?`,
  replayOneTitle: "Replay this letter?",
  replayText:
    "Each goes through the pipeline again, in the order of the devices' own times, and is stored once: what is there already counts as a duplicate. What still does not fit stays open.",
  replayCount: "Open letters",
  replaySteps: "Transform",
  replayNoSteps: "none: as they came",
  replayEdited: "the payload as you edited it",
  replayStored: "Stored under",
  replayStoredValue: "their own times, marked as replayed, linked with this run",
  replayLast: "In the preview",
  reason: "Reason",
  reasonHint: "Recorded in the audit trail with your name.",
  replayConfirm: "Replay",
  discardTitle: (count: string) => `Discard ${count} letters?`,
  discardText:
    "They will never be stored. Their bytes are kept until the retention deletes them, so that it can be proved what was given up.",
  discardConfirm: "Discard",
  reasonNeeded: "Say why: somebody will ask.",
  radiusLetters: "Open letters",
  radiusDevices: "Devices",
  radiusTime: "Received",
  radiusUntil: "until",
  started: { dry_run: "Dry-run started", replay: "Replay started", discard: "Discarding started" },

  oneLetter: "Replay of one letter",
  history: "Runs of this cause",
  noRuns: "Nothing was run for this cause yet.",
  kinds: { dry_run: "Dry-run", replay: "Replay", discard: "Discard" },
  states: {
    queued: "Waiting for a worker",
    running: "Running",
    done: "Done",
    cancelled: "Cancelled",
    failed: "Failed",
  },
  progress: (kind: string) => `Progress of the ${kind.toLowerCase()}`,
  doneOf: (done: string, total: string) => `${done} of ${total}`,
  rate: (rate: string) => `${rate} a second`,
  left: (time: string) => `about ${time} left`,
  cancel: "Cancel",
  cancelled: "The run is being cancelled",
  cancelNote: "What was done stays done.",
  by: ({ createdBy, reason }: { readonly createdBy: string; readonly reason: string }) =>
    reason === "" ? createdBy : `${createdBy}: ${reason}`,
  counts: {
    stored: (count: string) => `${count} stored`,
    wouldStore: (count: string) => `${count} would be stored`,
    duplicate: (count: string) => `${count} duplicates`,
    failed: (count: string) => `${count} still fail`,
    discarded: (count: string) => `${count} discarded`,
  },
  failures: "Failures by cause",
  when: "When",
  what: "What",
  result: "Result",
  who: "Who",
  asked: "Asked",
  startedAt: "Started",
  finished: "Finished",
  letters: "Letters",
  run: "Run",
} as const;

/** Words of assigning, retention, export and import. */
export const careText = {
  assignTitle: "Who takes care of it?",
  assignText: "The others see it in the list, with the note.",
  assignee: "Assigned to",
  nobody: "Nobody",
  note: "Note",
  assigned: "Assigned",
  save: "Save",
  retentionTitle: "How long dead letters are kept",
  retentionText:
    "By the most sensitive data category of their schema: they contain personal data as well. Open letters are deleted too, and counted as expired.",
  category: "Data category",
  days: "Days",
  daysOf: (category: string) => `Days that letters with ${category} data are kept`,
  isDefault: "default",
  retentionFailed: "The retention could not be read",
  retentionSaved: (category: string, days: string) => `${category}: kept for ${days} days`,
  categories: {
    telemetry: "Telemetry",
    diagnostics: "Diagnostics",
    usage: "Usage",
    location: "Location",
    personal: "Personal",
    health: "Health",
  },
  importTitle: "Import dead letters",
  importText:
    "A file of NDJSON as the export writes it, of this or another installation. The letters become open ones; those that are here already are left as they are.",
  importFile: "File",
  importConfirm: "Import",
  importDone: (count: string) => `${count} dead letters imported`,
  importKnown: (count: string) => `${count} were here already.`,
  importMost: (size: string) => `At most ${size} at once.`,
  importChoose: "Choose a file.",
} as const;
