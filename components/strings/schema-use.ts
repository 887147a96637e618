import type { CompatibilityMode } from "#server/domain/schema-definition.ts";

/** Words of a schema's versions. */
export const versionText = {
  title: "Versions",
  none: "No version yet",
  noneText: "Publish the draft in the editor; it becomes version 1.",
  columnVersion: "Version",
  columnPublished: "Published",
  columnNotes: "What is new",
  columnFields: "Fields",
  columnUse: "In use by",
  noNotes: "no notes",
  notInUse: "no profile",
  inUse: (profiles: number) => (profiles === 1 ? "1 profile" : `${profiles} profiles`),
  by: (who: string) => `by ${who}`,
  failed: "The version could not be loaded",
  shown: (number: number) => `Version ${number}`,
  digest: "Digest",
  notes: "What is new",
  published: "Published",
  definition: "Definition",
  changedSince: (number: number) => `What changed since version ${number}`,
  compare: "Compare with",
  compareNone: "nothing",
  difference: (from: number, to: number) => `From version ${from} to version ${to}`,
  noChanges: "The two say the same.",
  linesAdded: "added",
  linesRemoved: "removed",
  lines: "Lines of the definition",
  linesSame: (count: string) => `${count} lines the same`,
} as const;

/** Which messages a binding is for. */
function messageWords(stream: string, contentType: string): string {
  const of = stream === "" ? "all streams" : `stream ${stream}`;
  return contentType === "" ? of : `${of}, ${contentType}`;
}

/** Words of where a schema is used: bindings, canaries, the profiles' policies. */
export const useText = {
  title: "Profiles that use it",
  intro: "Which version the messages of a profile have, by stream and content type.",
  none: "No profile uses this schema",
  noneText: "Bind a version to a profile: from then on its messages must be as the version says.",
  noneUnpublished: "Publish a version first; then it can be bound to profiles.",
  bind: "Bind to a profile",
  profile: "Profile",
  stream: "Stream",
  streamHint:
    "The part of the topic after up/telemetry/. Empty: all without a binding of their own.",
  contentType: "Content type",
  contentTypeHint: "For example application/cbor. Empty: all without a binding of their own.",
  everyStream: "all streams",
  everyType: "all content types",
  version: "Version",
  versionOption: (number: number, notes: string) =>
    notes === "" ? `Version ${number}` : `Version ${number} – ${notes}`,
  bindTitle: "Bind a version to a profile",
  bindText: "Messages that do not fit it are refused and kept as dead letters.",
  bindSubmit: "Bind",
  bound: (profile: string, number: number) => `${profile} uses version ${number}`,
  boundDetail: "It counts from the next message on.",

  columnStream: "Messages",
  columnVersion: "Version",
  columnCanary: "On trial",
  columnActions: "Actions",
  actionsOf: (what: string) => `Actions for ${what}`,
  messages: messageWords,
  what: (profile: string, stream: string, type: string) =>
    `${profile}: ${messageWords(stream, type)}`,
  previous: (version: string) => `before: ${version}`,
  noCanary: "none",
  canaryReach: (percent: number, devices: number) =>
    [
      percent === 0 ? "" : `${percent} % of the devices`,
      devices === 0 ? "" : devices === 1 ? "1 named device" : `${devices} named devices`,
    ]
      .filter((part) => part !== "")
      .join(" and "),

  noProfile:
    "There is no profile that can be bound: the generic one takes every flat object. Create a profile for these devices first.",
  change: "Change the version…",
  changeTitle: (profile: string) => `Another version for ${profile}`,
  startCanary: "Try a version on some devices…",
  promote: "Use it for all",
  endCanary: "End the trial",
  rollBack: (version: string) => `Roll back to ${version}…`,
  remove: "Remove the binding…",
  canaryTitle: "Try a version on some devices",
  canaryText: "These devices use the version on trial; all others stay as they are.",
  percent: "Share of the devices",
  percentHint:
    "Per cent, 0 to 100. Which ones is fixed by their keys: a larger share adds devices.",
  devices: "Besides, these devices",
  devicesHint: "Device ids, separated by commas or lines.",
  canarySubmit: "Start the trial",
  canaryStarted: (number: number) => `Version ${number} is on trial`,
  promoted: (number: number) => `Version ${number} is used for all`,
  ended: "The trial has ended",
  rollBackTitle: (version: string) => `Roll back to ${version}?`,
  rollBackText: "It counts from the next message on. What was stored stays as it is.",
  rollBackConfirm: "Roll back",
  rolledBack: (version: string) => `Back on ${version}`,
  removeTitle: "Remove this binding?",
  removeText: "These messages then have the version of the profile's default binding.",
  removeConfirm: "Remove the binding",
  removed: "The binding is removed",

  policyOf: (profile: string) => `Rules of ${profile}`,
  compatibility: "New versions must be",
  unknownVersion: "A message that names a version which is not there is",
  unknownVersions: {
    refuse: "refused",
    latest: "read with the version in use",
    quarantine: "kept aside until somebody decides",
  },
  lateAfter: "Late after",
  lateHint: "Seconds between a reading's own time and its arrival, after which it is back-fill.",
  savePolicy: "Save the rules",
  policySaved: (profile: string) => `The rules of ${profile} are saved`,
} as const;

export const compatibilityNames: Readonly<Record<CompatibilityMode, string>> = {
  none: "anything",
  backward: "readable for today's devices",
  forward: "readable by earlier readers",
  full: "both",
};

/** Words of a schema's generated documentation. */
export const documentationText = {
  title: "What a device sends",
  none: "Nothing is published yet",
  noneText: "The documentation is made of a version. Publish the draft first.",
  version: "Version",
  versions: "Versions of the documentation",
  fields: "Fields",
  noFields: "Every flat object is taken; its fields are stored as they come.",
  columnField: "Field",
  columnType: "Type",
  columnUnit: "Unit",
  columnDescription: "Description",
  columnCategory: "Category",
  deprecated: "deprecated",
  snippets: "Ready to send",
  snippetsText: "With this installation's address. Put your device's id and files in their place.",
  failed: "The documentation could not be loaded",
} as const;
