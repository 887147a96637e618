import { z } from "zod";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";
import { renewalStates } from "#server/domain/renewal.ts";
import { rotationProblemKinds } from "#server/domain/rotation-problem.ts";
import { askRenewal } from "#server/services/certificate/ask-renewal.ts";
import { deviceRotation } from "#server/services/certificate/rotation.ts";
import { createTicket } from "#server/services/renewal-ticket/create.ts";
import { listTickets, ticketStates } from "#server/services/renewal-ticket/list.ts";
import { revokeTicket } from "#server/services/renewal-ticket/revoke.ts";

const instant = z.iso.datetime();
const tag = "Certificates";

export const rotationRoute = {
  method: "get",
  path: "/devices/{deviceId}/certificates/renewal",
  tag,
  summary: "Where a device stands with its next certificate, and what stands in the way",
  operation: deviceRotation,
  request: deviceRotation.input,
  response: z
    .object({
      deviceId: z.string(),
      policy: certificatePolicy,
      current: z.object({
        state: z.enum(renewalStates),
        notAfter: instant,
        dueAt: instant.nullable().describe("Null where people renew"),
      }),
      subscribes: z.boolean().describe("Whether it would hear that it is asked"),
      asked: z.object({ at: instant, sessions: z.int() }).nullable(),
      problem: z
        .object({ kind: z.enum(rotationProblemKinds), text: z.string(), remedy: z.string() })
        .nullable(),
    })
    .nullable(),
} as const;

export const askRenewalRoute = {
  method: "post",
  path: "/devices/{deviceId}/certificates/renewal",
  tag,
  summary: "Ask a device over MQTT to renew its certificate now, or when it comes",
  operation: askRenewal,
  request: askRenewal.input,
  response: z.object({
    deviceId: z.string(),
    sessions: z.int().describe("To how many of its sessions it goes; 0 where none subscribes"),
  }),
} as const;

export const listTicketsRoute = {
  method: "get",
  path: "/devices/{deviceId}/renewal-tickets",
  tag,
  summary: "List the tickets of a device for renewal after the end, without their codes",
  operation: listTickets,
  request: listTickets.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      state: z.enum(ticketStates),
      createdAt: instant,
      createdBy: z.string(),
      expiresAt: instant,
      usedAt: instant.nullable(),
      certificateId: z.uuid().nullable().describe("What was issued for it"),
      revokedAt: instant.nullable(),
    }),
  ),
} as const;

export const createTicketRoute = {
  method: "post",
  path: "/devices/{deviceId}/renewal-tickets",
  tag,
  summary: "Make a ticket for renewal after the end, used once; its code is shown once",
  operation: createTicket,
  request: createTicket.input,
  response: z.object({
    ticketId: z.uuid(),
    deviceId: z.string(),
    code: z.string(),
    expiresAt: instant,
  }),
  status: 201,
} as const;

export const revokeTicketRoute = {
  method: "delete",
  path: "/devices/{deviceId}/renewal-tickets/{ticketId}",
  tag,
  summary: "End a ticket before it is used",
  operation: revokeTicket,
  request: revokeTicket.input,
  status: 204,
} as const;
