/** Words of the guide to the MQTT listener. Rows are what stands in its tables. */
export const guideText = {
  title: "The MQTT listener",
  subtitle: "What clients may speak, to where, and what they are told.",
  api: "REST API",
  enrolment: "How devices enrol",
  limits: "Limits",
  refused: "Refused connections",

  where: "Where",
  columnAddress: "Address",
  columnFor: "For",
  tls: "MQTT over TLS 1.2 or 1.3: certificate, pre-shared key, token or SAS token; service clients",
  wss: "The same over secure WebSocket, subprotocol mqtt: for browsers and strict firewalls",
  plain: "Without TLS, by user name and password",
  ws: "The same over WebSocket, subprotocol mqtt",
  thisMachine: "from this machine only",
  anyMachine: "open to other machines: the network must protect it",

  who: "Who",
  columnWho: "Client",
  columnLogin: "Logs in with",
  columnClientId: "Client id",
  people: [
    {
      id: "device",
      who: "Device",
      login:
        "its certificate; or its pre-shared key, with its id as identity; or its id as user name and a token or a SAS token as password",
      clientId: "its device id, or the id with a full stop and more: pump-17.2",
    },
    {
      id: "service",
      who: "Service client",
      login: "its user name, which has an @, and its password",
      clientId: "any",
    },
  ],

  topics: "Topics",
  columnTopic: "Topic",
  columnMay: "Who",
  columnMeaning: "What becomes of it",
  topicRows: [
    {
      topic: "qs/v1/d/{id}/up/telemetry",
      may: "the device publishes",
      meaning:
        "Readings, stored before the acknowledgement. A stream's name may follow: up/telemetry/vibration.",
    },
    {
      topic: "qs/v1/d/{id}/up/state",
      may: "the device publishes",
      meaning: "Its state as it came; usually retained, and usually the will.",
    },
    {
      topic: "qs/v1/d/{id}/up/description",
      may: "the device publishes",
      meaning: "What it says of itself, as it came.",
    },
    {
      topic: "qs/v1/d/{id}/up/event/{name}",
      may: "the device publishes",
      meaning: "Something happened; stored as it came.",
    },
    {
      topic: "qs/v1/d/{id}/up/log",
      may: "the device publishes",
      meaning: "Log lines, stored as they came.",
    },
    {
      topic: "qs/v1/d/{id}/up/…",
      may: "the device publishes",
      meaning: "Any other channel is kept as a dead letter (unknown channel).",
    },
    {
      topic: "qs/v1/d/{id}/dn/#",
      may: "the device subscribes",
      meaning: "What is for the device; service clients publish here when a grant says so.",
    },
    {
      topic: "any other",
      may: "service clients, by grant",
      meaning: "Passed on to subscribers of the organisation; not stored.",
    },
    {
      topic: "$SYS/#",
      may: "service clients of the organisation that runs the installation, by grant",
      meaning: "Figures of the server.",
    },
  ],
  topicsNote:
    "Everything else is refused. A service client never publishes to a device's up topics: who speaks there is known by a device's credential. Topics of different organisations never meet.",

  served: "What is served",
  payloads: "Payloads of telemetry",
  columnContentType: "Content type (MQTT 5)",
  columnRead: "How it is read",
  payloadRows: [
    {
      type: "none",
      read: "As the schema of the device's profile says; JSON where it says nothing.",
    },
    {
      type: "application/json",
      read: 'An object of values; or {"id":…, "ts":…, "seq":…, "schema":"pump@3", "values":{…}}; or an array of up to 1,000 of either.',
    },
    { type: "application/cbor", read: "The same map in CBOR (RFC 8949)." },
    {
      type: "application/senml+json, application/senml+cbor",
      read: "A SenML pack (RFC 8428); records of one time become one reading.",
    },
    {
      type: "application/x-protobuf",
      read: "A message of the type that the bound Protobuf schema names.",
    },
  ],
  payloadsNote:
    "The user properties id, ts (epoch milliseconds), seq and schema come before what the payload says. What does not fit its schema is refused with 0x99 and the place in words, in MQTT 3.1.1 on dn/error, and is kept as a dead letter.",

  columnFeature: "Feature",
  columnHow: "How",
  features: [
    { id: "versions", what: "Versions", how: "MQTT 5.0 and MQTT 3.1.1." },
    {
      id: "qos",
      what: "QoS",
      how: "0, 1 and 2, both ways. An acknowledgement means that the message is committed to the database. QoS 2 is exactly once, also when the server is killed between. QoS 0 is shed first when the server is overloaded, and counted.",
    },
    {
      id: "sessions",
      what: "Sessions",
      how: "Kept for as long as the client asks (session expiry, or clean session off), up to the limit. Subscriptions and waiting QoS 1 and 2 messages survive a restart of the server.",
    },
    {
      id: "subscriptions",
      what: "Subscriptions",
      how: "Wildcards + and #, shared subscriptions ($share/name/filter), subscription identifiers, no local, retain as published, retain handling.",
    },
    {
      id: "retained",
      what: "Retained messages",
      how: "Sent to new subscriptions before anything newer. At most 100 topics for each device or service client; an empty payload clears one.",
    },
    {
      id: "wills",
      what: "Wills",
      how: "With delay; published also when the server itself dies. A device's will goes below its own up topic.",
    },
    {
      id: "flow",
      what: "Flow control",
      how: "Receive Maximum and Maximum Packet Size both ways, topic aliases, message expiry, server keep-alive. Whoever is too fast is read more slowly; a slow reader slows nobody else.",
    },
    {
      id: "not",
      what: "Not served",
      how: "Enhanced authentication (AUTH) is refused with 0x8C.",
    },
  ],

  codes: "Reason codes",
  codesNote:
    "MQTT 5 clients get the code with a sentence that says what is wrong. MQTT 3.1.1 knows return codes for CONNECT alone: there the connection is closed, and the reason stands under Refused connections.",
  columnCode: "Code",
  columnWhen: "When",
  codeRows: [
    { code: "0x00", name: "Success", when: "Stored, subscribed, connected." },
    { code: "0x81", name: "Malformed Packet", when: "The bytes are no MQTT packet." },
    {
      code: "0x82",
      name: "Protocol Error",
      when: "A packet that the standard forbids at this place.",
    },
    { code: "0x84", name: "Unsupported Protocol Version", when: "Neither 5.0 nor 3.1.1." },
    {
      code: "0x85",
      name: "Client Identifier not valid",
      when: "The client id is not the device's.",
    },
    {
      code: "0x86",
      name: "Bad User Name or Password",
      when: "Unknown name, wrong password or token.",
    },
    {
      code: "0x87",
      name: "Not authorized",
      when: "Certificate unknown, expired or revoked; device suspended; topic not allowed.",
    },
    {
      code: "0x88",
      name: "Server unavailable",
      when: "The register cannot be asked at the moment.",
    },
    { code: "0x8B", name: "Server shutting down", when: "The server stops: connect again." },
    {
      code: "0x8C",
      name: "Bad authentication method",
      when: "Enhanced authentication was asked for.",
    },
    {
      code: "0x8D",
      name: "Keep Alive timeout",
      when: "Nothing came for one and a half keep-alives.",
    },
    {
      code: "0x8E",
      name: "Session taken over",
      when: "The same client connected again elsewhere.",
    },
    { code: "0x8F", name: "Topic Filter invalid", when: "The filter is none." },
    {
      code: "0x90",
      name: "Topic Name invalid",
      when: "The topic is none, or names a channel that does not exist.",
    },
    { code: "0x93", name: "Receive Maximum exceeded", when: "Too many unacknowledged messages." },
    { code: "0x94", name: "Topic Alias invalid", when: "An alias that was not offered." },
    { code: "0x95", name: "Packet too large", when: "Larger than the Maximum Packet Size told." },
    {
      code: "0x97",
      name: "Quota exceeded",
      when: "Too many subscriptions or retained topics; a queue is full.",
    },
    {
      code: "0x98",
      name: "Administrative action",
      when: "Somebody suspended the device, revoked its credential or ended its session.",
    },
    {
      code: "0x99",
      name: "Payload format invalid",
      when: "The message is kept as a dead letter, with its bytes.",
    },
    {
      code: "0x9F",
      name: "Connection rate exceeded",
      when: "Connects too often; try again later.",
    },
  ],
  conformance:
    "How the listener holds each statement of the two standards is written in docs/mqtt-conformance.md, which comes with the source.",
} as const;
