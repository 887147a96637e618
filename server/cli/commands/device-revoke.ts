import { CliError, UsageError, type Command } from "#server/cli/command.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { revocationReasons } from "#server/domain/revocation-reason.ts";
import { deviceCertificates } from "#server/services/device/certificates.ts";

type Reason = (typeof revocationReasons)[number];

function isReason(text: string): text is Reason {
  return (revocationReasons as readonly string[]).includes(text);
}

export const deviceRevoke: Command = {
  words: ["device", "revoke"],
  usage: "DEVICE_ID [--certificate SHA256] [--reason REASON]",
  summary: "Revoke a device's certificates (or one of them); its connection is dropped at once.",
  options: ["certificate", "reason"],
  run: async (at) => {
    const device = at.word(0, "DEVICE_ID");
    const only = at.option("certificate")?.toLowerCase();
    const reason = at.option("reason") ?? "unspecified";
    if (!isReason(reason)) {
      throw new UsageError(`--reason must be one of ${revocationReasons.join(", ")}.`);
    }
    const { ctx } = await at.session();
    const certificates = (await deviceCertificates(ctx, { device })).filter(
      ({ state, sha256 }) => state !== "revoked" && (only === undefined || sha256 === only),
    );
    if (certificates.length === 0) {
      throw new CliError(
        "conflict",
        `The device ${device} has no such certificate that could be revoked.`,
        "See its certificates with device show.",
      );
    }
    const revoked = [];
    for (const { id } of certificates) {
      revoked.push(await revokeCertificate(ctx, { certificateId: id, reason }));
    }
    return {
      json: { deviceId: device, revoked },
      text: revoked.map(({ sha256 }) => `Revoked ${sha256}.`).join("\n"),
    };
  },
};
