import type { Command } from "#server/cli/command.ts";
import { verifyAudit } from "#server/services/audit/verify.ts";

export const auditVerify: Command = {
  words: ["audit", "verify"],
  usage: "",
  summary: "Follow the organisation's audit chain from its first event to its head.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const verified = await verifyAudit(ctx);
    const { broken } = verified;
    return {
      json: { ...verified, ok: broken === null },
      text:
        broken === null
          ? `The chain holds: ${verified.events} events, head ${verified.head}.`
          : `The chain breaks at event ${broken.seq} (${broken.problem}): ${broken.detail}`,
      failed: broken !== null,
    };
  },
};
