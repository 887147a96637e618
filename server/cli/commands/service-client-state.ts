import type { Command } from "#server/cli/command.ts";
import { removeServiceClient } from "#server/services/service-client/remove.ts";
import { resumeServiceClient } from "#server/services/service-client/resume.ts";
import { suspendServiceClient } from "#server/services/service-client/suspend.ts";

function stateCommand(
  verb: string,
  summary: string,
  change: typeof suspendServiceClient | typeof resumeServiceClient | typeof removeServiceClient,
): Command {
  return {
    words: ["service-client", verb],
    usage: "USER_NAME [--reason TEXT]",
    summary,
    options: ["reason"],
    run: async (at) => {
      const serviceClient = at.word(0, "USER_NAME");
      const reason = at.option("reason");
      const { ctx } = await at.session();
      const changed = await change(ctx, {
        serviceClient,
        ...(reason === undefined ? {} : { reason }),
      });
      return { json: changed, text: `${changed.username}: done.` };
    },
  };
}

export const serviceClientSuspend = stateCommand(
  "suspend",
  "Keep a service client out until it is resumed.",
  suspendServiceClient,
);

export const serviceClientResume = stateCommand(
  "resume",
  "Let a suspended service client in again.",
  resumeServiceClient,
);

export const serviceClientRemove = stateCommand(
  "remove",
  "Remove a service client for good; its connections are dropped at once.",
  removeServiceClient,
);
