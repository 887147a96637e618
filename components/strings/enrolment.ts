import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** What the interface calls the kinds of groups, and when each is right. */
export const kindText: Readonly<
  Record<EnrolmentKind, { readonly name: string; readonly purpose: string; readonly needs: string }>
> = {
  customer_ca: {
    name: "Own CA",
    purpose:
      "Devices carry certificates that your CA issued at the factory; the first connection of each registers it.",
    needs: "Register your CA here and prove that you hold its key. The devices need no change.",
  },
  claim: {
    name: "Claim certificate",
    purpose:
      "All devices of a kind share one certificate that can do nothing but ask for a certificate of their own.",
    needs:
      "Make a claim certificate and put it, with its key and the CA, into the devices' firmware.",
  },
  symmetric_key: {
    name: "Symmetric keys (Azure DPS)",
    purpose:
      "Devices sign in by the Azure SDK with a key that derives from the group's key and their registration id.",
    needs: "Derive each device's key from the group key, at the factory, and give it the id scope.",
  },
  est: {
    name: "EST",
    purpose:
      "Devices or their tools ask for certificates over HTTPS (RFC 7030), the first time by a one-time secret.",
    needs: "Make a secret. Anything that runs openssl and curl can enrol with it.",
  },
};

/** Words of the enrolment groups: their list, the rules' form, the preview and the wizard. */
export const enrolmentText = {
  title: "Enrolment groups",
  intro:
    "A group says who may enrol without a person at hand, and what becomes of whoever does. Its rules have versions.",
  guide: "How devices enrol",
  create: "New group",
  listFailed: "The groups could not be read",
  emptyTitle: "No enrolment group yet",
  emptyText:
    "Make one when devices are to introduce themselves: by your own CA, a claim certificate, EST or symmetric keys.",
  emptyTextReader: "An administrator makes groups when devices are to introduce themselves.",
  columnName: "Name",
  columnKind: "Way in",
  columnProfile: "Profile",
  columnDevices: "Devices",
  columnWaiting: "Waiting",
  columnState: "State",
  ofLimit: (enrolled: string, limit: string) => `${enrolled} of ${limit}`,
  enabled: "On",
  disabled: "Off",
  waitingLabel: (name: string) => `Requests that wait in ${name}`,

  newTitle: "New enrolment group",
  kindLegend: "How do the devices prove that they belong to it?",
  steps: ["Way in", "Rules", "First device"],
  stepsLabel: "Steps",
  back: "Back",
  next: "Continue",
  name: "Name",
  nameHint: "What people call the group, such as the product and the factory.",
  namePlaceholder: "Pump 3000, Lyon",
  notes: "What is new in these rules",
  notesHint: "Stands beside the version.",
  firstNotes: "A note on these rules",
  submit: "Make the group",
  made: (name: string) => `${name} is ready`,

  rules: "Rules",
  becomes: "What a device becomes",
  profile: "Profile",
  profileHint: "Schemas, commands and limits of its kind.",
  deviceIdTemplate: "Device id",
  templateHint:
    "Text with {registrationId}, {serial}, {commonName} or {parameter:NAME} in it. The device id cannot be changed later.",
  nameTemplate: "Name of the device",
  nameTemplateHint: "The same placeholders; can be changed later.",
  tags: "Tags",
  tagsHint: "Separated by commas.",
  tagsPlaceholder: "pilot, hall-2",
  attributes: "Attributes",
  attributesHint: "One a line: name = value",
  attributesPlaceholder: "site = Lyon\nfloor = 2",
  attributesBad: "Write one attribute a line: name = value.",
  desired: "Initial desired twin",
  desiredHint: "A JSON object that the device is told when it connects. Empty: nothing.",
  desiredBad: 'Write a JSON object, such as {"interval": 60}, or nothing.',
  who: "Who may come",
  commonName: "Common name must match",
  commonNameHint: "* stands for any characters. Empty: any.",
  organisation: "Organisation must match",
  allow: "Only these",
  allowHint: "Registration ids or serials, one a line; * for any characters. Empty: any.",
  deny: "Never these",
  denyHint: "Refused whatever else is said.",
  lists: (allow: string, deny: string) => `${allow} allowed, ${deny} denied`,
  line: (number: number, problem: string) => `Line ${number}: ${problem}`,
  maxDevices: "At most so many devices",
  maxDevicesHint: "Empty: any number.",
  maxDevicesBad: "Write a whole number, or nothing.",
  care: "How careful to be",
  quarantine: "Start in quarantine",
  quarantineHint: "The device may connect; its messages are kept apart until somebody approves it.",
  needsApproval: "A person approves each device",
  needsApprovalHint: "The device gets nothing before, and is told when to ask again.",
  webhook: "Ask this address first",
  webhookHint:
    "An https:// address of yours is asked about each device; what it does not approve is refused.",
  more: "Twin, attributes, lists and webhook",

  preview: "Preview",
  previewIntro: "What would become of a device that comes now, under these rules?",
  previewBy: "The device shows",
  previewWays: {
    id: "a registration id",
    certificate: "a certificate",
    csr: "a certificate request",
  },
  previewId: "Registration id",
  previewSerial: "Serial",
  previewPem: "PEM",
  previewPemHint: "From BEGIN to END. Nothing is kept of it.",
  previewNothing: "Type or paste what a device would show.",
  previewBadRules: "The preview waits for the marked fields.",
  previewFailed: "This could not be previewed",
  wouldEnrol: "It would be enrolled",
  wouldWait: "It would wait for a person",
  wouldRefuse: "It would be refused",
  becomesId: "Device id",
  becomesName: "Name",
  becomesProfile: "Profile",
  becomesTags: "Tags",
  becomesState: "Starts",
  inQuarantine: "in quarantine",
  active: "active",
  becomesDesired: "Is told",
  none: "none",

  leaveTitle: "Leave without making the group?",
  leaveText: "What you typed is not kept.",
  leaveKeysTitle: "Leave without the keys?",
  leaveKeysText: "They are shown this once. A key can be made anew later.",
  leave: "Leave",
  stay: "Stay",
} as const;

/** Words of the wizard's last step: the wait for the first device. */
export const watchText = {
  waiting: "Waiting for the first device",
  waitingText: "Start a device, or run the commands above. This page notices by itself.",
  enrolled: (id: string) => `${id} is enrolled`,
  enrolledText: "The way in works. The device has a page of its own.",
  pending: (id: string) => `${id} waits for a person`,
  pendingText: "The rules say that somebody approves each device.",
  refused: (id: string) => `${id} was refused`,
  openDevice: "Open the device",
  openGroup: "Open the group",
  review: "Review the request",
  failed: "The requests could not be read",
} as const;
