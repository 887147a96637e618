import { presenceNames, type Presence } from "#server/domain/presence.ts";

/** Words of gateways and the devices behind them. */
export const gatewayText = {
  title: "Onboard a gateway with children",
  subtitle: "Devices that speak through another one: say through which, and which they are.",
  steps: ["Gateway", "New children", "Children", "First message"],
  stepsLabel: "Steps",
  back: "Back",
  next: "Continue",

  which: "The gateway",
  existing: "A device that is here already",
  fresh: "A new device",
  gatewayId: "Device id of the gateway",
  gatewayIdHint: "As on its page. It has credentials of its own, and connects.",
  name: "Name",
  nameHint: "What people call it.",
  deviceId: "Device id",
  deviceIdHint: "What it calls itself. Left empty, it is made of the name.",
  profile: "Profile",
  choose: "Continue with this gateway",
  create: "Register the gateway",
  unknown: "There is no such device. Check the id in the list of devices.",
  isChild: (gateway: string) => `It is behind ${gateway} itself, so it cannot be a gateway.`,
  outOfService: "It is decommissioned.",

  policyTitle: "Children that nobody has registered",
  policyText:
    "A gateway may name devices of which nobody has told us. Their first message decides what becomes of them.",
  refuse: "Refuse them",
  refuseHint:
    "Their messages are kept as dead letters of the gateway. You register children yourself.",
  register: "Register them",
  registerHint: "Each becomes a device behind this gateway with its first message.",
  childProfile: "Profile of new children",
  quarantine: "Start in quarantine",
  quarantineHint: "What they send is kept apart until somebody approves them.",
  most: "Children at most",
  mostHint: "Beyond this, new ones are refused.",
  tags: "Tags",
  tagsHint: "With commas between them.",
  savePolicy: "Save and continue",
  policySaved: "The child policy is saved",

  childrenTitle: "Children that you know",
  childrenText:
    "One a line: device id, and if you like name and profile after commas. Devices that are here already are put behind the gateway; the others are registered.",
  lines: "Children",
  linesPlaceholder: "meter-1\nmeter-2, Meter in the north hall\nvalve-9, Valve 9, valves",
  count: (count: string) => (count === "1" ? "1 child" : `${count} children`),
  defaultProfile: "Profile where a line names none",
  add: "Put them behind the gateway",
  skip: "Continue without",
  tooMany: "More than 1 000 lines: bring them in as a batch, whose manifest has a column gateway.",
  toBatch: "Bring in a batch",
  unknownProfile: (line: string, profile: string) =>
    `Line ${line}: there is no profile “${profile}”.`,
  badId: (line: string, deviceId: string) => `Line ${line}: “${deviceId}” is no device id.`,
  added: (of: {
    readonly registered: number;
    readonly attached: number;
    readonly already: number;
  }) => `${of.registered} registered, ${of.attached} attached, ${of.already} there before`,
  problemsTitle: "Nothing was changed",

  watchTitle: "Send the first message of a child",
  watchText: "The gateway publishes for a child below its own topics. This page notices by itself.",
  topic: "Topic",
  topicName: "topic",
  example: (topic: string) => `${topic}\n{"temperature": 21.5}`,
  credentials: "Its credentials",
  howTo: "How the gateway connects",
  waiting: "Waiting for the first message of a child",
  gatewayConnected: "The gateway is connected; no child has said anything yet.",
  gatewayAway: "The gateway is not connected yet.",
  arrived: (name: string) => `${name} was heard`,
  arrivedText: "Its gateway speaks for it. Its values are live on its page.",
  arrivedQuarantine: "It is in quarantine: what it sends is kept apart until somebody approves it.",
  openChild: "Open the child",
  openGateway: "Open the gateway",
  refusedTitle: "A message of a child was refused",

  cardTitle: "Children",
  cardCount: (count: string) =>
    count === "1" ? "1 device behind it" : `${count} devices behind it`,
  cardEmpty: "No device is behind this gateway yet.",
  cardAdd: "Add children",
  cardAll: "All of them in the list of devices",
  cardFailed: "The children could not be read",
  cardMore: "Show more",
  cardPolicy: "New children",
  policyRefuse: "refused",
  policyRegister: (most: string, quarantine: boolean) =>
    `registered, up to ${most}${quarantine ? ", in quarantine" : ""}`,
  columnDevice: "Device",
  columnPresence: "Presence",
  columnContact: "Last contact",
  columnAction: "Action",
  never: "not yet",
  detach: "Detach",
  detachName: (name: string) => `Detach ${name}`,
  detached: (name: string) => `${name} is behind no gateway any more`,

  behind: "Gateway",
  noticeTitle: (name: string, presence: Presence) =>
    presence === "never_seen"
      ? `Its gateway ${name} has not connected yet`
      : `Its gateway ${name} is ${presenceNames[presence].toLowerCase()}`,
  noticeText: "What this device sends through it does not arrive until the gateway is back.",
  noticeLink: "Open the gateway",

  menu: "Children…",
  quiet: (name: string, presence: string) => `${name} is ${presence.toLowerCase()}:`,
  quietDevices: (count: string) =>
    count === "1" ? "1 device behind it is overdue" : `${count} devices behind it are overdue`,
  facet: "Behind a gateway",
} as const;
