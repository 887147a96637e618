import type { IssuerListsView, RevocationListView } from "#server/services/revocation-list/list.ts";

/** Words of the lists of revoked certificates. */
export const listText = {
  title: "Revocation lists",
  listsOf: (issuer: string) => `Revocation lists of ${issuer}`,
  intro:
    "For brokers, gateways and auditors that check certificates by themselves. Our own listeners look into the registry at every connection. A list is made within seconds of a revocation and at the latest every 56 hours; it may be used for 7 days.",
  failed: "The lists could not be loaded",
  publish: "Publish now",
  asked: "New lists were asked for",
  askedDetail: "A worker makes them within a few seconds.",
  none: "There is no list yet. A worker makes the first one when it starts and the signer answers.",
  noAuthority: "There is no issuing CA yet.",
  ended: "No lists are made any more.",
  states: {
    active: "signs now",
    trusted: "trusted, signs no more",
    retired: "retired",
  } satisfies Record<IssuerListsView["state"], string>,
  kinds: { full: "Full list", delta: "Changes since" } satisfies Record<
    RevocationListView["kind"],
    string
  >,
  kindSince: (kind: string, base: string) => `${kind} no. ${base}`,
  health: {
    current: "Current",
    late: "Late",
    expired: "Expired",
  } satisfies Record<RevocationListView["health"], string>,
  columnList: "List",
  columnNumber: "Number",
  columnEntries: "Certificates",
  columnMade: "Made",
  columnUntil: "Use until",
  columnState: "State",
  columnFile: "File",
  download: (size: string) => `Download (${size})`,
  downloadLabel: (list: string, size: string) => `Download: ${list} (${size})`,
  late: "A list should have been made anew. Check that a worker and the signer run; the worker's log says why.",
  expired:
    "A list may not be used any more: brokers that check it refuse every device. Check that a worker and the signer run, then publish.",
  address: "List",
  ocsp: "OCSP",
} as const;
