import type { TrafficFinding } from "#server/domain/compare-traffic.ts";
import type { Threshold } from "#server/domain/profile-parts.ts";
import type {
  SpecifiedTransport,
  TransportSpecification,
} from "#server/domain/transport-specification.ts";

export const transportNames: Readonly<Record<SpecifiedTransport, string>> = {
  mqtts: "MQTT over TLS",
  mqtt: "MQTT without TLS",
  wss: "MQTT over secure WebSocket",
  ws: "MQTT over WebSocket",
  https: "HTTPS",
};

export const protocolNames: Readonly<Record<TransportSpecification["protocol"], string>> = {
  "mqtt-5": "MQTT 5",
  "mqtt-3.1.1": "MQTT 3.1.1",
};

export const qosNames: Readonly<Record<TransportSpecification["qos"], string>> = {
  0: "QoS 0: at most once",
  1: "QoS 1: at least once",
  2: "QoS 2: exactly once",
};

export const severityNames: Readonly<Record<Threshold["severity"], string>> = {
  warning: "Warning",
  critical: "Critical",
};

export const aspectNames: Readonly<Record<TrafficFinding["aspect"], string>> = {
  transport: "Transport",
  protocol: "Protocol",
  qos: "Quality of service",
  rate: "Messages of a device",
};

export const verdictNames: Readonly<Record<TrafficFinding["verdict"], string>> = {
  agrees: "as specified",
  differs: "differs",
  no_traffic: "no traffic",
};

/** Words of the pages of profiles. */
export const profileText = {
  title: "Profiles",
  subtitle: "What devices of one kind share: how they connect, what they send, what they can do.",
  listLabel: "Profiles of the organisation",
  create: "New profile",
  columnName: "Name",
  columnConnectivity: "Connectivity",
  columnSchema: "Messages",
  columnDevices: "Devices",
  columnSpecification: "Specification",
  specificationStates: { none: "none", waiting: "waits for approval", approved: "approved" },

  edit: "Edit",
  cancel: "Cancel",
  save: "Save",
  saved: (name: string) => `The profile ${name} is changed`,
  reload: "Load it again",
  none: "none",
  days: (count: number) => (count === 1 ? "1 day" : `${count} days`),
  devices: (count: number) => (count === 1 ? "1 device" : `${count} devices`),
  inQuarantine: (count: number) => `${count} of them in quarantine`,
  onboardOne: "Onboard a device",

  generalTitle: "What it is",
  description: "Description",
  connectivity: "Connectivity",
  expectedContact: "Expected contact, seconds",
  expectedContactHint: "A device that is silent for longer is late.",
  maxPast: "Oldest reading, seconds",
  maxPastHint: "Older times of readings are not believed.",
  certificateDays: "Certificates, days",
  overlapDays: "Overlap of an old certificate, days",
  renewal: "Certificates are renewed",
  renewals: { manual: "by people", automatic: "by the device itself" },
  certificatesFor: (days: number, renewal: "manual" | "automatic") =>
    `${days === 1 ? "1 day" : `${days} days`}, renewed ${renewal === "manual" ? "by people" : "by the device itself"}`,
  renewalHint: "A device that renews by itself asks at about two thirds of the time.",
  expiredRenewal: "A certificate that has run out",
  expiredRenewalHint: "Only by EST, never for access over MQTT.",
  expiredRenewals: {
    off: "cannot be renewed",
    grace: "may be renewed for some days",
    ticket: "may be renewed with a ticket",
  },
  graceDays: "Days after the end",
  graceFor: (days: number) =>
    `may be renewed by the device for ${days === 1 ? "1 day" : `${days} days`}`,
  alertDays: "Tell people this many days before the end",
  alertDaysHint: "Of certificates that people renew. Up to eight numbers.",
  alertsAt: (days: readonly number[]) => `${days.join(", ")} days before the end`,
  retention: "Retention class",
  shown: {
    expectedContact: "Late after",
    maxPast: "Oldest reading believed",
    certificateDays: "Certificates",
    overlapDays: "Old certificate counts on for",
    expiredRenewal: "One that has run out",
    alertDays: "People are told",
  },
  kind: "Kind",
  openKind: "Takes any flat object",
  closedKind: "Takes what its schemas describe",

  messagesTitle: "Messages",
  messagesText: "Which schema a message must meet, by stream and content type.",
  stream: "Stream",
  contentType: "Content type",
  schema: "Schema",
  others: "all others",
  allTypes: "any",

  specificationTitle: "Transport specification",
  specificationNone:
    "Nobody wrote down how these devices are to connect. With a specification, their traffic is compared with it.",
  specificationWrite: "Write it down",
  transports: "Ways in",
  protocol: "Protocol",
  qos: "Quality of service",
  deviceClass: "Device class (RFC 7228)",
  messagesPerHour: "Messages an hour, of one device",
  rationale: "Why it was chosen so",
  writtenBy: "Written by",
  approvedBy: "Approved by",
  notApproved: "Not approved yet",
  approve: "Approve",
  approved: "The specification is approved",
  approveHint: "Another administrator than its author approves it.",

  trafficTitle: "What was seen in the last 24 hours",
  trafficFailed: "The traffic could not be compared",
  trafficNothing: "There was no traffic to compare with.",
  aspect: "Aspect",
  specified: "Specified",
  observed: "Seen",
  verdict: "Result",

  commandsTitle: "Commands",
  commandsNone: "Devices of this profile take no commands.",
  commandName: "Name",
  commandDescription: "What it does",
  commandExpiry: "Expires after, seconds",
  addCommand: "Add a command",
  removeCommand: (name: string) => `Remove ${name === "" ? "the command" : name}`,

  thresholdsTitle: "Thresholds",
  thresholdsNone: "No metric has bounds.",
  metric: "Metric",
  low: "Not below",
  high: "Not above",
  severity: "Severity",
  addThreshold: "Add a threshold",
  inUnit: (label: string, unit: string) => (unit === "" ? label : `${label} (${unit})`),
  removeThreshold: (metric: string) => `Remove the bounds of ${metric === "" ? "it" : metric}`,

  documentationTitle: "Documentation",
  documentationNone: "Nothing is written for those who install such devices.",
  documentationLabel: "Text for those who install such devices",
} as const;

/** Words of the wizard that makes a profile. */
export const newProfileText = {
  title: "New profile",
  subtitle: "What devices of one kind share.",
  steps: ["Start from", "What it says"],
  stepsLabel: "Steps to a profile",
  startLegend: "What do you start from?",
  starts: {
    template: {
      title: "A template",
      text: "A kind of device that many fleets have; change what is different.",
    },
    description: {
      title: "A device's own description",
      text: "What a device published to up/description: metrics, units, commands.",
    },
    traffic: {
      title: "A device's messages",
      text: "What a device has sent, also one in quarantine: the fields are found in it.",
    },
    blank: { title: "A JSON Schema", text: "You have one, or write one." },
  },
  template: "Template",
  device: "Device id",
  deviceHint: "For example a device in quarantine.",
  next: "Next",
  back: "Back",
  drafted: (messages: number, deviceId: string) =>
    messages === 1 ? `From a message of ${deviceId}.` : `From ${messages} messages of ${deviceId}.`,
  name: "Name",
  jsonSchema: "JSON Schema of the values of a message",
  notJson: "This is no JSON object. Correct it where the text says so.",
  submit: "Create the profile",
  specify: "Write down how its devices are to connect",
} as const;
