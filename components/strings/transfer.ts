import type { OfferView } from "#server/services/transfer/list.ts";
import type { TransferKind } from "#server/domain/transfer-kind.ts";

/** Words of claims and transfers. */
export const transferText = {
  menu: "Transfer or claim code…",
  offerTitle: (name: string) => `Give ${name} to somebody`,
  offerText:
    "Whoever presents the code takes the device over, as it is: its id, its certificates and its other credentials go on working in the other organisation. What was measured stays here.",
  kind: "For whom",
  kinds: {
    transfer: "Another organisation",
    claim: "Whoever has the device in hand",
  } satisfies Record<TransferKind, string>,
  kindHints: {
    transfer: "You tell them the code; it counts for a week unless you say otherwise.",
    claim: "You print the code on the device or its papers.",
  } satisfies Record<TransferKind, string>,
  days: "Valid for how many days",
  offer: "Make a code",
  codeTitle: "The code, this once",
  codeText:
    "It is shown now and never again. Give it to nobody but the one who is to have the device.",
  code: "code",
  link: "link",
  qr: "QR code of the link that claims the device",
  downloadQr: "Download the QR code",
  until: "Valid until",
  done: "Done",

  cardTitle: "Offers",
  columnKind: "For",
  columnState: "State",
  columnUntil: "Valid until",
  columnBy: "Made by",
  columnAction: "Action",
  states: {
    offered: "open",
    expired: "too old",
    accepted: "accepted",
    withdrawn: "withdrawn",
  } satisfies Record<OfferView["state"], string>,
  gone: "accepted, the device is gone",
  withdraw: "Withdraw",
  withdrawName: (kind: string) => `Withdraw the offer for ${kind.toLowerCase()}`,
  withdrawn: "The offer is withdrawn",
  failed: "The offers could not be read",

  claimTitle: "Claim a device",
  claimSubtitle: "With the code that is printed on it, or that another organisation gave you.",
  claimCode: "Code",
  claimCodeHint: "32 letters and digits. Case, blanks and hyphens do not matter.",
  look: "See what it is",
  confirmTitle: "Is this the device?",
  from: "From",
  fromOwn: "your own organisation",
  serial: "Serial",
  model: "Model",
  name: "Name",
  nameHint: "You may call it something else.",
  deviceId: "Device id",
  profile: "Profile",
  profileHint: "What its messages mean here. You can change it later.",
  claim: "Claim the device",
  otherCode: "Another code",
  ownTransfer:
    "It belongs to your organisation already. Give the code to the organisation that is to have it.",
  ownClaim: "It is your organisation's. Claiming it notes on the device that you have it.",
  claimed: (name: string) => `${name} is yours`,
  claimedFrom: (from: string) =>
    `It came from ${from}. It goes on as it is: nothing has to be changed on the device.`,
  claimedOwn: "It is noted on the device that you have it.",
  open: "Open the device",
  another: "Claim another",
} as const;
