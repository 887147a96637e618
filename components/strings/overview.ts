/** Words of the Overview. */
export const overviewText = {
  title: "Overview",
  summary: (devices: string, online: string) => `${devices} devices, ${online} connected now.`,
  summaryOne: (online: string) => `1 device, ${online} connected now.`,
  onboard: "Onboard a device",

  perSecond: "Messages per second",
  peak: (rate: string) => `peak ${rate} at`,
  noPeak: "none in the last 24 hours",
  unaccounted: "Unaccounted",
  unaccountedMeaning:
    "Messages received minus those stored, recognised as duplicates, filtered, kept as dead letters, rejected or shed. 0 means that none vanished.",
  difference: "1 minute does not add up",
  differences: (count: string) => `${count} minutes do not add up`,
  received: (count: string) => `${count} received in 24 h`,
  acknowledged: "Stored, then acknowledged",
  acknowledgedMeaning:
    "From receipt to acknowledgement, which leaves after the message was committed.",
  p99: (time: string) => `p99 ${time}`,
  p50: (time: string) => `p50 ${time}`,
  noTraffic: "no message this second",
  waiting: "–",
  deadLetters: "Dead letters",
  noDeadLetters: "none in 24 h",
  cause: "1 cause, newest",
  causes: (count: string) => `${count} causes, newest`,
  workerLag: "Worker lag",
  noWorker: "none running",
  worker: "1 worker",
  workers: (count: string) => `${count} workers`,
  workerMissing: "devices cannot be heard",

  messages: "Traffic",
  messagesAside: "messages per second, means of a minute, last hour",
  messagesReceived: "Received",
  messagesNotStored: "Not stored",
  messagesQuiet: "No message in the last hour.",

  presence: "Presence",
  presenceAside: "judged by each profile's expected contact",
  presenceShow: (count: string, presence: string) => `${count} ${presence}: show these devices`,
  decommissioned: (count: string) => `${count} decommissioned`,

  certificates: "Certificates running out",
  certificatesAside: "next 12 weeks",
  certificatesLater: "Later than 30 days",
  certificatesSoon: "Within 30 days",
  certificateWeek: (week: string, from: string, total: string, soon: string) =>
    `${week}, from ${from}: ${total} run out, ${soon} of them within 30 days`,
  certificatesNone: "No certificate runs out in the next 12 weeks.",
  certificatesExpired: (count: string) => `${count} expired already`,
  week: (number: string) => `W${number}`,

  stores: "Data stores, with growth a day",
  storesAll: "All stores",
  storesTotal: "All together",

  campaigns: "Rotation campaigns",
  campaignsAll: "All campaigns",
  campaignProgress: (name: string) => `${name}: devices renewed`,
  campaignRenewed: (renewed: string, devices: string) => `${renewed} of ${devices} renewed`,
  campaignFailed: (count: string) => `${count} failed`,

  refusals: "Refused connections",
  refusalsAll: "All of the last 24 hours",
  refusalsNone: "Nobody was refused in the last 24 hours.",
  refusalUnnamed: "no name given",
  refusalTimes: (count: string) => `${count} times`,
  refusalFrom: (remote: string) => `from ${remote}`,

  stale: "The overview could not be brought up to date. The numbers are from the last time.",
} as const;

/** What was last seen of the installation. */
export const readinessText = {
  title: "Installation",
  allWell: "everything is in order",
  wanting: (wanting: number, all: number) => `${wanting} of ${all} need a look`,
  states: { ok: "In order", warn: "Needs a look", bad: "Fault", unknown: "Not known" },
  names: {
    workers: "Workers",
    jobs: "Background jobs",
    listeners: "TLS self-test",
    "server-certificate": "Server certificate",
    "issuing-ca": "Issuing CA",
    "revocation-lists": "Revocation lists",
  },
  noWorker: "none running: devices cannot be heard",
  jobsRan: "each succeeded at its last run",
  jobsFailed: (names: string) => `failed at their last run: ${names}`,
  notProbed: "has not run yet; the worker runs it daily",
  probeRight: (cells: string) => `all ${cells} handshakes as expected,`,
  probeWrong: (wrong: string, cells: string) => `${wrong} of ${cells} handshakes not as expected,`,
  ends: "runs out",
  none: "there is none",
  noLists: "none made yet",
  listCurrent: "1 list, current",
  listsCurrent: (count: string) => `${count} lists, all current`,
  listsLate: (count: string) => `${count} not renewed in time`,
  listsExpired: (count: string) => `${count} expired: devices and servers may refuse each other`,
} as const;

/** Of pages that have nothing to show before there is a device. */
export const firstDeviceText = {
  title: "No device yet",
  text: "Onboard the first one: it gets a certificate, and the last step waits for its first message.",
  textOthers: "An administrator of your organisation can onboard the first one.",
  onboard: "Onboard a device",
  demo: "Only looking around? Whoever runs this installation can start a demo fleet with",
} as const;
