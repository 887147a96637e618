import { table, type Command } from "#server/cli/command.ts";
import { askRenewal } from "#server/services/certificate/ask-renewal.ts";
import { ticketDays } from "#server/domain/renewal.ts";
import { deviceRotation } from "#server/services/certificate/rotation.ts";
import { createTicket } from "#server/services/renewal-ticket/create.ts";
import { listTickets } from "#server/services/renewal-ticket/list.ts";
import { revokeTicket } from "#server/services/renewal-ticket/revoke.ts";

export const certificateAskRenewal: Command = {
  words: ["certificate", "ask-renewal"],
  usage: "DEVICE_ID [--reason TEXT]",
  summary: "Ask a device over MQTT to renew its certificate now, or when it comes.",
  options: ["reason"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const reason = at.option("reason");
    const { ctx } = await at.session();
    const asked = await askRenewal(ctx, { deviceId, ...(reason === undefined ? {} : { reason }) });
    const { sessions } = asked;
    const text =
      sessions === 0
        ? `${asked.deviceId} subscribes to nothing on which it could be asked.`
        : `Asked ${asked.deviceId}.`;
    return { json: asked, text };
  },
};

export const certificateRotation: Command = {
  words: ["certificate", "rotation"],
  usage: "DEVICE_ID",
  summary: "Where a device stands with its next certificate, and what stands in the way.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const rotation = await deviceRotation(ctx, { deviceId });
    if (rotation === null) return { json: { rotation }, text: `${deviceId} has no certificate.` };
    const { current, asked, problem } = rotation;
    const lines = [
      `${current.state}, ends ${current.notAfter}, due ${current.dueAt ?? "when people renew it"}`,
      `asked ${asked === null ? "never" : asked.at}`,
      ...(problem === null ? [] : [problem.text, problem.remedy]),
    ];
    return { json: { rotation }, text: lines.join("\n") };
  },
};

export const ticketCreate: Command = {
  words: ["certificate", "ticket"],
  usage: "DEVICE_ID [--days N]",
  summary: "Make a ticket for renewal after the end, used once; its code is shown this once.",
  options: ["days"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const days = at.number("days", ticketDays.usual, ticketDays.min);
    const { ctx } = await at.session();
    const made = await createTicket(ctx, { deviceId, days });
    return { json: made, text: made.code };
  },
};

export const ticketList: Command = {
  words: ["certificate", "tickets"],
  usage: "DEVICE_ID",
  summary: "List the tickets of a device for renewal after the end, without their codes.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const tickets = await listTickets(ctx, { deviceId });
    const rows = tickets.map(({ id, state, createdBy, expiresAt }) => [
      id,
      state,
      createdBy,
      expiresAt,
    ]);
    return { json: { tickets }, text: table([["ID", "STATE", "MADE BY", "EXPIRES"], ...rows]) };
  },
};

export const ticketRevoke: Command = {
  words: ["certificate", "revoke-ticket"],
  usage: "DEVICE_ID --ticket TICKET_ID",
  summary: "End a ticket before it is used.",
  options: ["ticket"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const ticketId = at.required("ticket");
    const { ctx } = await at.session();
    const revoked = await revokeTicket(ctx, { deviceId, ticketId });
    return { json: revoked, text: `Revoked ${revoked.ticketId}.` };
  },
};
