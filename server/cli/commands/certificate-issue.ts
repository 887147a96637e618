import type { Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";

export const certificateIssue: Command = {
  words: ["certificate", "issue"],
  usage: "--device DEVICE_ID --csr FILE",
  summary: "Issue a certificate for the key of a signing request.",
  options: ["device", "csr"],
  run: async (at) => {
    const deviceId = at.required("device");
    const csrPem = await readInputFile(at.required("csr"));
    const { ctx } = await at.session();
    const issued = await issueCertificate(ctx, { deviceId, csrPem });
    return {
      json: issued,
      text: [...issued.warnings, issued.certificatePem.trim()].join("\n"),
    };
  },
};
