import { table, type Command } from "#server/cli/command.ts";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { listEnrolmentRequests } from "#server/services/enrolment/list-requests.ts";
import { refuseEnrolment } from "#server/services/enrolment/refuse.ts";

export const enrolmentRequestList: Command = {
  words: ["enrolment-request", "list"],
  usage: "[--group GROUP] [--state STATE] [--limit N] [--cursor CURSOR]",
  summary: "List devices that asked to be enrolled, those that asked last first.",
  options: ["group", "state", "limit", "cursor"],
  run: async (at) => {
    const given = (option: string, field: string) => {
      const value = at.option(option);
      return value === undefined ? {} : { [field]: value };
    };
    const { ctx } = await at.session();
    const page = await listEnrolmentRequests(ctx, {
      ...given("group", "groupId"),
      ...given("state", "state"),
      ...given("cursor", "cursor"),
      limit: at.number("limit", 50, 1),
    });
    const rows = page.requests.map((each) => [
      each.id,
      each.lastAt,
      each.registrationId,
      each.groupName,
      each.state,
      each.detail,
    ]);
    const more = page.next === null ? "" : `\nNext page: --cursor ${page.next}`;
    const head = ["REQUEST", "LAST ASKED", "DEVICE", "GROUP", "STATE", "DETAIL"];
    return {
      json: page,
      text: rows.length === 0 ? "No requests." : `${table([head, ...rows])}${more}`,
    };
  },
};

export const enrolmentRequestApprove: Command = {
  words: ["enrolment-request", "approve"],
  usage: "REQUEST_ID",
  summary: "Approve a waiting device; it gets what it asked for when it asks again.",
  options: [],
  run: async (at) => {
    const requestId = at.word(0, "REQUEST_ID");
    const { ctx } = await at.session();
    const approved = await approveEnrolment(ctx, { requestId });
    return { json: approved, text: `${requestId}: approved.` };
  },
};

export const enrolmentRequestRefuse: Command = {
  words: ["enrolment-request", "refuse"],
  usage: "REQUEST_ID --reason TEXT",
  summary: "Refuse a waiting device.",
  options: ["reason"],
  run: async (at) => {
    const requestId = at.word(0, "REQUEST_ID");
    const reason = at.required("reason");
    const { ctx } = await at.session();
    const refused = await refuseEnrolment(ctx, { requestId, reason });
    return { json: refused, text: `${requestId}: refused.` };
  },
};
