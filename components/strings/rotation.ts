import type { TicketState } from "#server/services/renewal-ticket/list.ts";

const days = (count: number) => (count === 1 ? "1 day" : `${count} days`);

/** Words of the rotation of a device's certificate. */
export const rotationText = {
  title: "Renewal",
  by: "Renewed",
  byPeople: "by people",
  byDevice: "by the device itself",
  state: "State",
  due: "Due",
  dueNever: "when people renew it",
  ends: "Certificate ends",
  asked: "Asked to renew",
  askedNever: "not yet",
  heardBy: (sessions: number) =>
    sessions === 0
      ? "nobody heard it"
      : sessions === 1
        ? "heard by one session"
        : `heard by ${sessions} sessions`,
  overlap: "Old one counts on for",
  overlapDays: days,
  afterEnd: "After its end",
  afterEndOff: "it cannot be renewed",
  afterEndGrace: (count: number) => `the device may renew it for ${days(count)}, by EST`,
  afterEndTicket: "with a ticket that you make here, by EST",
  problem: "The rotation is stalled",
  none: "The device has no certificate to renew.",
  failed: "The state of the renewal could not be loaded",
  ask: "Ask to renew",
  askedDone: (device: string, sessions: number) =>
    sessions === 0
      ? `${device} does not listen; nothing was sent.`
      : `${device} was asked to renew its certificate.`,
  how: "How a device renews",

  ticketsTitle: "Tickets",
  ticketsIntro:
    "With a ticket a device has its certificate renewed, once, after that has run out. It gives its id as user name and the code as password, by EST.",
  ticketsEmpty: "No ticket was made",
  ticketsFailed: "The tickets could not be loaded",
  columnState: "State",
  columnMade: "Made",
  columnExpires: "Counts until",
  columnActions: "Actions",
  states: {
    open: "open",
    used: "used",
    expired: "expired",
    revoked: "revoked",
  } satisfies Record<TicketState, string>,
  madeBy: (who: string) => `by ${who}`,
  make: "Make a ticket",
  makeTitle: (device: string) => `Ticket for ${device}`,
  makeText: "It counts once, for this device alone.",
  makeDays: "Days for which it counts",
  codeTitle: "Copy it now",
  codeOnce: "It is shown once, here. The commands below have it in them.",
  username: "User name",
  code: "Ticket",
  until: "Counts until",
  done: "Done",
  revoke: "Revoke",
  revokeLabel: (made: string) => `Revoke the ticket of ${made}`,
  revokeTitle: "Revoke this ticket?",
  revokeText: "The device cannot use it any more.",
  revoked: "The ticket was revoked",
};
