/** Words of the frame around Onboard, and of its first page: the ways in and what waits. */
export const hubText = {
  title: "Onboard",
  subtitle: "Every way by which a device comes in, and what waits for somebody.",
  tabs: "Onboard",
  ways: "Ways in",
  groups: "Groups",
  requests: "Requests",
  batches: "Batches",
  quarantine: "Quarantine",

  lead: "What do you have in hand?",
  onlyLook: "Your role watches how devices come in. An administrator brings them in.",
  guide: "How devices enrol",
  emptyTitle: "No device yet",
  emptyText:
    "Start with one: name it, give it a certificate, and see its first message. Or look around in the demo fleet first: npm start -- --demo",
  emptyButton: "Onboard one device",

  sections: [
    {
      id: "hand",
      title: "A device, or a list of devices",
      ways: [
        {
          id: "device",
          href: "/onboard/device",
          title: "One device",
          when: "You have it, or its certificate request, in front of you.",
        },
        {
          id: "batch",
          href: "/onboard/batches/new",
          title: "A list from the factory",
          when: "A manifest (CSV, JSON) names the devices that were made.",
        },
        {
          id: "claim",
          href: "/onboard/claim",
          title: "A code on a device",
          when: "A label or another organisation gave you a code to claim it by.",
        },
        {
          id: "gateway",
          href: "/onboard/gateway",
          title: "A gateway with children",
          when: "Devices speak through a gateway, by it or with credentials of their own.",
        },
      ],
    },
    {
      id: "themselves",
      title: "Devices that introduce themselves",
      ways: [
        {
          id: "customer_ca",
          href: "/onboard/groups/new?kind=customer_ca",
          title: "Certificates of your own CA",
          when: "Your devices carry certificates that your CA issued at the factory.",
        },
        {
          id: "claim_certificate",
          href: "/onboard/groups/new?kind=claim",
          title: "Claim certificate",
          when: "All devices share one certificate in their firmware and trade it for their own.",
        },
        {
          id: "est",
          href: "/onboard/groups/new?kind=est",
          title: "EST over HTTPS",
          when: "Your devices or their tools speak RFC 7030, by a certificate or a one-time secret.",
        },
        {
          id: "symmetric_key",
          href: "/onboard/groups/new?kind=symmetric_key",
          title: "Symmetric keys (Azure DPS)",
          when: "Your devices use the Azure SDK with keys that derive from a group key.",
        },
      ],
    },
    {
      id: "elsewhere",
      title: "From another platform",
      ways: [
        {
          id: "aws",
          href: "/onboard/batches/new?source=aws",
          title: "AWS IoT",
          when: "You have an export of the AWS IoT registry.",
        },
        {
          id: "azure",
          href: "/onboard/batches/new?source=azure",
          title: "Azure IoT Hub or DPS",
          when: "You have an export of identities or enrolments as JSON.",
        },
        {
          id: "thingsboard",
          href: "/onboard/batches/new?source=thingsboard",
          title: "ThingsBoard",
          when: "You have an export of devices as CSV or JSON.",
        },
      ],
    },
  ],

  waits: "What waits",
  waitsFailed: "What waits could not be read",
  nothingWaits: "Nothing waits for anybody.",
  waitingRequests: (count: string) =>
    count === "1" ? "1 request to approve" : `${count} requests to approve`,
  waitingBatches: (count: string) =>
    count === "1" ? "1 batch in progress" : `${count} batches in progress`,
  waitingQuarantine: (count: string) =>
    count === "1" ? "1 device in quarantine" : `${count} devices in quarantine`,
  pending: "Requests to approve",
  pendingAll: (count: string) => `All ${count}`,
  inGroup: (group: string) => `in ${group}`,
  batchesAtWork: "Batches in progress",
  batchStates: {
    receiving: "The file is coming in",
    checking: "Rows are being checked",
    refused: "Needs a better file",
    ready: "Ready to start",
    creating: "Devices are being made",
    sampling: "In quarantine, waits for its sample",
  },
  batchProgress: (done: string, total: string) => `${done} of ${total} rows`,
  inQuarantine: "Devices in quarantine",
  inQuarantineText: (count: string) =>
    count === "1" ? "1 device waits to be approved" : `${count} devices wait to be approved`,
  refused: "Enrolments refused in the last day",
  refusedTimes: (count: string) => `${count} times`,
} as const;
