import type { BatchOptions, ManifestField } from "#server/domain/device-batch.ts";
import type { BatchSource } from "#server/domain/device-batch.ts";
import type { BatchState } from "#server/services/batch/view.ts";

const keys: Readonly<
  Record<BatchOptions["keys"], { readonly label: string; readonly hint: string }>
> = {
  none: {
    label: "No credentials now",
    hint: "Devices are registered only; they get theirs one by one, or enrol by themselves.",
  },
  csr: {
    label: "Signing requests in the file",
    hint: "Each row has a CSR; its certificate is issued. Private keys stay in the devices.",
  },
  generate: {
    label: "Make keys and certificates here",
    hint: "For download once, as a zip under a passphrase. For devices that cannot make a key.",
  },
  sas: {
    label: "Make SAS keys here",
    hint: "A key of 32 bytes for each device that brings none, for download once.",
  },
};

/** Of an import that makes none: what the export has is taken over. */
const importedKeys = {
  label: "Those that the export has",
  hint: "SAS keys and tokens are taken over; devices without one get theirs later.",
} as const;

const states: Readonly<Record<BatchState, string>> = {
  receiving: "Waits for its file",
  checking: "Checking rows",
  refused: "Needs a better file",
  ready: "Ready to start",
  creating: "Creating devices",
  sampling: "In quarantine",
  approved: "Approved",
  rejected: "Rejected",
  cancelled: "Cancelled",
  failed: "Failed",
};

const sources: Readonly<Record<BatchSource, { readonly label: string; readonly hint: string }>> = {
  manifest: {
    label: "Manufacturing manifest",
    hint: "CSV, JSON or NDJSON with one device a row, up to 100 000.",
  },
  aws: {
    label: "AWS IoT",
    hint: "JSON of “aws iot list-things” or “search-index”, or a registration task's parameters file.",
  },
  azure: {
    label: "Azure IoT Hub or DPS",
    hint: "The blob of an export job, or JSON of “az iot hub device-identity list” or “az iot dps enrollment list”.",
  },
  thingsboard: {
    label: "ThingsBoard",
    hint: "CSV export of devices, or JSON of /api/tenant/devices.",
  },
};

const fields: Readonly<Record<ManifestField, string>> = {
  deviceId: "Device id",
  name: "Name",
  serial: "Serial",
  manufacturer: "Manufacturer",
  model: "Model",
  hardwareRevision: "Hardware revision",
  tags: "Tags",
  csr: "Signing request (CSR)",
};

/** Words that the list, the wizard and the page of a batch share. */
export const batchText = {
  title: "Batches",
  keysOf: (source: BatchSource, key: BatchOptions["keys"]) =>
    key === "none" && source !== "manifest" ? importedKeys : keys[key],
  states,
  sources,
  fields,
  failedTitle: "The batches could not be read",
  oneFailedTitle: "The batch could not be read",
} as const;

/** Words of the list of batches. */
export const batchListText = {
  new: "New batch",
  emptyTitle: "No batch yet",
  emptyText:
    "Bring in many devices at once: a manifest of the factory, or an export of AWS IoT, Azure or ThingsBoard. All rows are checked before any device is created.",
  name: "Batch",
  state: "State",
  progress: "Devices",
  source: "From",
  created: "Started",
  by: (who: string) => `by ${who}`,
  doneOf: (done: string, total: string) => `${done} of ${total}`,
  badRows: (count: string) => `${count} with problems`,
  sampled: (count: string, size: string) => `${count} of ${size} connected`,
} as const;

/** Words of the wizard that opens a batch. */
export const batchWizardText = {
  title: "Onboard a batch",
  steps: ["File", "Columns", "Options", "Upload"],
  importSteps: ["File", "What is in it", "Options", "Upload"],
  stepsLabel: "Steps",
  back: "Back",
  next: "Continue",
  forbiddenTitle: "Your role does not include onboarding",
  forbiddenText: "Ask an administrator of your organisation to bring the devices in.",
  source: "Where does the list come from?",
  commands: "How to make the export",
  commandsOf: (platform: string) => `commands for ${platform}`,
  file: "File",
  fileHint: "Up to 100 000 devices and 512 MB, in UTF-8. Nothing is sent yet.",
  fileLarge: (size: string) => `The file has ${size}; the most is 512 MB. Divide it.`,
  fileEmpty: "The file is empty. Choose another one.",
  chosen: (name: string, size: string) => `${name}, ${size}`,
  preview: (count: number) =>
    count === 1 ? "The first row of the file" : `The first ${count} rows of the file`,
  previewImport: (count: number) =>
    count === 1 ? "The first device of the export" : `The first ${count} devices of the export`,
  previewScrolls: "Columns and rows",
  importNote:
    "All devices are mapped in a dry run after the upload: you will see what maps and what does not before any device is created.",
  mapping: "What the columns are",
  mappingText:
    "One column must be the device id, the name or the serial. Columns that you leave out are not stored.",
  remembered: "Mapped as the last time a file had these columns.",
  guessed: "Mapped by the columns' names. Your choice is remembered for the next file.",
  mappingFailed: "The remembered mapping could not be read; choose by hand.",
  column: "Column",
  example: "First value",
  becomes: "Becomes",
  becomesOf: (column: string) => `Column ${column} becomes`,
  leaveOut: "Leave out",
  attribute: (name: string) => `Attribute ${name}`,
  needsId: "Map one column to the device id, the name or the serial.",
  twice: (field: string) => `Two columns are mapped to “${field}”. Choose one of them.`,
  needsCsr: "No column is mapped to the signing request. Go back and map it, or choose other keys.",

  name: "Name of the batch",
  nameHint: "What people call it: an order, a delivery, a production week.",
  profile: "Profile of its devices",
  keysLegend: "How the devices prove who they are",
  quarantine: "Start in quarantine",
  quarantineHint:
    "Devices may connect; what they send is kept apart until a second person approves the batch.",
  sampleSize: "Devices that must connect before approval",
  sampleHint: "0 to 100. Connect any of them for the sample test.",
  tags: "Tags for all of them",
  tagsHint: "Separated by commas; may stay empty.",
  upload: "Upload and check",

  uploading: "Uploading",
  uploadText:
    "Leave this page open until the upload ends; the checks go on without it. Nothing is created before you say so.",
  uploadedOf: (done: string, total: string) => `${done} of ${total}`,
  received: "The file is here; the rows are being read.",
  retry: "Upload again",
  leaveTitle: "The upload is not finished",
  leaveText:
    "Leaving ends the upload. The batch stays, and waits on its page for the file to be chosen again.",
  leave: "Leave",
  stay: "Stay",
  interrupted: "The connection broke while the file was uploaded.",
  interruptedRemedy: "Nothing was created. Upload it again; the batch is still here.",
  answered: (status: number) => `The console answered ${status}.`,
  openPage: "Open the batch",
} as const;

/** Why a file cannot be shown, before it is sent. */
export const previewText = {
  utf16: "The file is UTF-16. Save it as UTF-8 (in Excel: “CSV UTF-8”) and choose it again.",
  notUtf8: "The file is no UTF-8 text. Save it as UTF-8 and choose it again.",
  binary: "This is no text file. Choose a CSV, JSON or NDJSON file.",
  noRows: "The file has no rows below its header.",
  noRecords: "No device was found in the file's beginning. Choose a list of devices as JSON.",
  noHeader: "The first line has no column names.",
  columnTwice: (name: string) =>
    `Two columns are called “${name}”. Give each column a name of its own.`,
} as const;

/** Words of a batch's page. */
export const batchPageText = {
  steps: ["File", "Checks", "Devices", "Sample test", "Approval"],
  stepsDirect: ["File", "Checks", "Devices"],
  stepsLabel: "Where the batch is",
  audit: "Audit trail",
  from: (who: string) => `by ${who}`,
  closable: "You may close this page: the work goes on, and nothing is lost.",
  progressTitles: {
    receiving: "Waiting for the file",
    checking: "Checking the rows",
    creating: "Creating the devices",
  },
  progress: (title: string) => `Progress: ${title}`,
  doneOf: (done: string, total: string) => `${done} of ${total}`,
  rowsRead: (count: string) => `${count} rows so far`,
  rate: (rate: string) => `${rate} a second`,
  left: (duration: string) => `about ${duration} left`,
  badSoFar: (count: string) => `${count} with problems`,
  warnings: "Look at this before you go on",

  cancel: "Cancel the batch",
  cancelTitle: "Cancel this batch?",
  cancelText: "No device is created, and its rows are deleted. Start a new batch for another try.",
  cancelDone: "The batch is cancelled",
  keep: "Keep it",

  chooseTitle: "The file is not here",
  chooseText:
    "Nothing of it was kept, and no device was created: the upload was interrupted, or goes on in another window. Choose the same file to upload it again.",
  betterTitle: "Upload a better file",
  betterText: "Mend the rows and upload the whole file again: it takes the place of this one.",
  chooseUpload: "Upload",

  badTitle: (count: string) => `${count} rows cannot be taken`,
  badOne: "1 row cannot be taken",
  badText: "All or nothing: no device of this batch is created until every row is good.",
  badReport: "Download the report (CSV)",
  line: "Line",
  device: "Device",
  problem: "Problem",
  more: "Show more rows",
  rowsFailed: "The rows could not be read",

  reportTitle: "What maps and what does not",
  reportText: "This was a dry run: no device has been created.",
  reportTextDone: "What the dry run found.",
  maps: "Maps",
  mapsNot: "Does not map",
  mapsNothing: "Nothing was found that maps.",
  mapsAll: "Everything in the file maps.",
  fromField: "In the export",
  toField: "Here",
  why: "Why not",
  count: "Devices",

  readyTitle: (count: string) => `${count} devices can be created`,
  readyOne: "1 device can be created",
  readyText: (profile: string, quarantine: boolean) =>
    quarantine
      ? `All rows were checked against each other and against the fleet. The devices get the profile “${profile}” and start in quarantine.`
      : `All rows were checked against each other and against the fleet. The devices get the profile “${profile}” and are part of the fleet at once.`,
  create: (count: string) => `Create ${count} devices`,
  createOne: "Create 1 device",
  started: "The devices are being created",
  onlyAdmin: "An administrator goes on from here.",

  sampleTitle: "Sample test",
  sampleAsk: (count: number) =>
    count === 1 ? "Connect any one of the devices." : `Connect any ${count} of the devices.`,
  sampleNone: "This batch asks for no sample test.",
  sampleCount: (sampled: string, size: string) => `${sampled} of ${size} have connected`,
  sampleDone: "The sample test is passed.",
  sampleWait: "This page notices by itself.",
  sampleList: "Devices that have connected",
  connectedAt: "Connected",
  kept: (count: string) => `${count} messages are kept apart`,
  keptOne: "1 message is kept apart",
  keptText: "They enter no series and no count until the batch is approved.",
  keptOpen: "Look at them",

  decisionTitle: "Approval by a second person",
  otherTitle: "Another person must approve",
  otherText:
    "You started this batch. Somebody else with the right to approve looks at it and decides; send them this link.",
  linkWhat: "link to this batch",
  approveText: "Approve when the sample is as it should be. All devices leave quarantine.",
  waitsForSample: (missing: string) => `${missing} more devices of the sample must connect first.`,
  waitsForOne: "1 more device of the sample must connect first.",
  replay: "Put the kept messages into the series",
  replayHint: "In the order in which they were sent; otherwise they stay where they are.",
  approve: "Approve",
  approved: "The batch is approved",
  reject: "Reject…",
  rejectTitle: "Reject this batch?",
  rejectText:
    "Its devices end for good: their certificates and keys are revoked, and they cannot connect again. What they sent stays with the dead letters.",
  reason: "Reason",
  reasonHint: "Kept with the batch and in the audit trail.",
  rejectConfirm: "Reject the batch",
  rejected: "The batch is rejected",
  cannotDecide: "Your role does not include approval.",

  ended: {
    approved: "The batch is approved",
    rejected: "The batch was rejected",
    cancelled: "The batch was cancelled",
    failed: "The batch failed",
  },
  endedText: {
    approved: "Its devices are part of the fleet.",
    rejected: "Its devices are decommissioned, their certificates and keys revoked.",
    cancelled: "No device was created.",
    failed: "Nothing half done is left: start a new batch with the same file.",
  },
  reasonGiven: (reason: string) => `Reason: ${reason}`,
  decided: (who: string) => `by ${who}`,
  openFleet: "Open the fleet",

  filesTitle: "Files for the devices",
  bundleText:
    "Certificates and keys, one folder a device, in a zip under a passphrase (AES-256). Private keys are handed out once and forgotten here.",
  bundleTextPlain: "Certificates, one folder a device, in a zip under a passphrase (AES-256).",
  passphrase: "Passphrase",
  passphraseHint: "At least 12 characters. It is not kept: note it before you download.",
  bundle: "Download the bundle",
  bundleBusy: "The bundle is being packed…",
  bundleDone: "The bundle was handed out",
  bundleGone:
    "The keys were handed out and are gone here. If the file is lost, issue new credentials.",
  bundleFailed: "The bundle could not be made.",
  bundleBroken:
    "The connection broke before the bundle was here. If its keys were handed out, this page says so.",
  reachDevices: "Devices that end",
  reachLetters: "Messages kept apart",
  labels: "Labels and QR codes (PDF)",
  labelsText: "A sheet to print: name, device id, serial and code of each device.",

  detailsTitle: "Details",
  detail: {
    source: "From",
    file: "File",
    sha256: "SHA-256 of the file",
    profile: "Profile",
    keys: "Credentials",
    quarantine: "Quarantine",
    tags: "Tags",
    created: "Opened",
    started: "Started",
    finished: "Last step ended",
    decided: "Decided",
  },
  quarantineYes: "Yes, until approval",
  quarantineNo: "No, in the fleet at once",
  none: "None",
} as const;
