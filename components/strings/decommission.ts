/** Words of the wizard that takes a device out of service. */
export const decommissionText = {
  title: (name: string) => `Decommission ${name}`,
  subtitle: "It ends for good. Its id is never given again.",
  steps: ["What it reaches", "How", "Proof"],
  stepsLabel: "Steps",
  next: "Continue",
  back: "Back",
  cancel: "Cancel",

  reachTitle: "What it reaches",
  children: "Devices behind it",

  howTitle: "How",
  whatEnds: "Certificates, passwords and keys are revoked, and connections are dropped at once.",
  dataTitle: "What it sent",
  keep: "Keep it",
  keepHint: "For as long as the retention class of its profile says.",
  erase: "Delete it for good",
  eraseHint:
    "Series, states, events, logs, dead letters, attributes, comings and goings. Nobody can bring them back. The proof counts them.",
  childrenTitle: "Devices behind it",
  detach: "Detach them",
  detachHint: "They stay in service, behind no gateway.",
  withIt: "Decommission them too",
  withItHint: "Their certificates and credentials are revoked as well.",
  reason: "Reason",
  reasonHint: "It stands in the proof and in the audit trail.",
  typed: (deviceId: string) => `Type ${deviceId} to confirm`,
  confirm: "Decommission for good",

  doneTitle: (name: string) => `${name} is decommissioned`,
  doneText: "The proof says who did it, when and why, and what was revoked.",
  erasing:
    "What it sent is being deleted. Download the proof in a minute, and it says how much it was.",
  certificates: "Certificates revoked",
  credentials: "Other credentials revoked",
  childrenDetached: "Devices detached",
  childrenEnded: "Devices decommissioned with it",
  proof: "Download the proof (PDF)",
  open: "Open the device",
  already: "It is decommissioned already.",
} as const;
