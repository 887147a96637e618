import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** What the commands of the guide say in the place of a group's own id. */
export const guideGroup = "YOUR-GROUP";

/** Words of the guide to the ways in which devices enrol themselves. */
export const enrolmentGuideText = {
  title: "How devices enrol",
  subtitle: "Each way in with commands that work as pasted, and what an answer means.",
  groups: "Enrolment groups",
  mqtt: "The MQTT listener",
  contents: "Ways in",
  before: (group: string) =>
    `Replace ${group} by the group's own id; its page shows the same commands with it filled in.`,
  make: "Make a group of this kind",
  makeNamed: (kind: string) => `Make a group of this kind: ${kind}`,
  order: {
    customer_ca: [
      "Register the CA in the group and prove that you hold its key: three openssl commands.",
      "A device connects with its certificate. It is checked against the CA, then the rules decide.",
      "When the rules say yes the connection goes on as that device's. Nothing is exchanged twice.",
    ],
    claim: [
      "Make a claim certificate in the group. Its key, the certificate and the CA go into the firmware.",
      "The device makes a key and a request of its own, and publishes the request to the claim topic.",
      "The certificate comes on the answer topic of the same connection. The device connects again with it.",
    ],
    est: [
      "Make a one-time secret in the group, or a claim certificate.",
      "The device posts its request (PKCS #10, base64) to simpleenroll with the secret as the password of HTTP Basic.",
      "200 brings the certificate as PKCS #7. 202 says that somebody has to approve: ask again after Retry-After.",
      "Before it ends the device renews it at simplereenroll with the certificate itself.",
    ],
    symmetric_key: [
      "Derive each device's key from the group key: base64(HMAC-SHA256(key, registration id)).",
      "The SDK registers at the host with the id scope, and is told the hub, which is the same host.",
      "The device connects there with the same key. Primary and secondary key both count.",
    ],
  } satisfies Readonly<Record<EnrolmentKind, readonly string[]>>,

  rules: "What the rules decide",
  rulesRows: [
    {
      id: "profile",
      what: "Profile, device id, name, tags",
      how: "What the device becomes. Templates take {registrationId}, {serial}, {commonName} and {parameter:NAME}.",
    },
    {
      id: "lists",
      what: "Subject, allow and deny lists, limit",
      how: "Who may come. * in a pattern stands for any characters; what is denied is refused whatever else is said.",
    },
    {
      id: "approval",
      what: "Approval",
      how: "Each device waits for a person, and gets nothing before. It asks again and is then answered.",
    },
    {
      id: "quarantine",
      what: "Quarantine",
      how: "The device may connect; its messages are kept apart until somebody approves it.",
    },
    {
      id: "webhook",
      what: "Webhook",
      how: "Your address is asked about each device; what it does not approve is refused.",
    },
  ],
  columnRule: "Rule",
  columnMeaning: "What it does",
  answers: "Refusals",
  answersNote:
    "The device is told the reason and a sentence, in the way of its protocol. The same stands under Requests.",
  columnReason: "Reason",
  columnRemedy: "What helps",
} as const;
