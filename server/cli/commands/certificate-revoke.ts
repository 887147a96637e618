import { UsageError, type Command, type Invocation } from "#server/cli/command.ts";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { revokeManyCertificates } from "#server/services/certificate/revoke-many.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import {
  revocationFilterSchema,
  type RevocationFilter,
} from "#server/services/certificate/schemas.ts";
import { revocationReasons, type RevocationReason } from "#server/domain/revocation-reason.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";

function reasonOf(at: Invocation): RevocationReason {
  const text = at.option("reason") ?? "unspecified";
  const reason = revocationReasons.find((each) => each === text);
  if (reason !== undefined) return reason;
  throw new UsageError(`--reason must be one of ${revocationReasons.join(", ")}.`);
}

export const certificateRevoke: Command = {
  words: ["certificate", "revoke"],
  usage: "CERTIFICATE [--reason REASON]",
  summary: "Revoke a certificate for good, by its id, SHA-256 or serial; its sessions are cut.",
  options: ["reason"],
  run: async (at) => {
    const certificateId = at.word(0, "CERTIFICATE");
    const reason = reasonOf(at);
    const { ctx } = await at.session();
    const revoked = await revokeCertificate(ctx, { certificateId, reason });
    return {
      json: revoked,
      text: `Revoked ${revoked.sha256} of ${revoked.deviceId}. Its proof is revocation ${revoked.revocationId}.`,
    };
  },
};

export const certificateSuspend: Command = {
  words: ["certificate", "suspend"],
  usage: "CERTIFICATE [--reason TEXT]",
  summary: "Put a certificate on hold until it is released or revoked; its sessions are cut.",
  options: ["reason"],
  run: async (at) => {
    const certificateId = at.word(0, "CERTIFICATE");
    const { ctx } = await at.session();
    const reason = at.option("reason") ?? "";
    const held = await suspendCertificate(ctx, { certificateId, reason });
    return { json: held, text: `${held.sha256} of ${held.deviceId} is on hold.` };
  },
};

export const certificateRelease: Command = {
  words: ["certificate", "release"],
  usage: "CERTIFICATE [--reason TEXT]",
  summary: "End the hold of a certificate.",
  options: ["reason"],
  run: async (at) => {
    const certificateId = at.word(0, "CERTIFICATE");
    const { ctx } = await at.session();
    const reason = at.option("reason") ?? "";
    const released = await releaseCertificate(ctx, { certificateId, reason });
    return {
      json: released,
      text: `${released.sha256} of ${released.deviceId} may be used again (${released.state}).`,
    };
  },
};

function filterOf(at: Invocation): RevocationFilter {
  const parsed = revocationFilterSchema.safeParse({
    issuer: at.option("issuer"),
    profileId: at.option("profile"),
    tag: at.option("tag"),
    state: at.option("state"),
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues[0]?.message ?? "Give --issuer, --profile, --tag or --state.",
  );
}

export const certificateRevokeMany: Command = {
  words: ["certificate", "revoke-many"],
  usage:
    "[--issuer NAME] [--profile UUID] [--tag TAG] [--state STATE] [--reason REASON] [--expected N]",
  summary:
    "Say how many certificates match; with --expected and that number, revoke them for good.",
  options: ["issuer", "profile", "tag", "state", "reason", "expected"],
  run: async (at) => {
    const filter = filterOf(at);
    const reason = reasonOf(at);
    const expected = at.option("expected");
    const { ctx } = await at.session();
    if (expected === undefined) {
      const impact = await revocationImpact(ctx, { filter });
      return {
        json: impact,
        text: `${impact.certificates} certificates of ${impact.devices} devices match; ${impact.connected} are in use now, and ${impact.cutOff} devices would have none left. Revoke them with --expected ${impact.certificates}.`,
      };
    }
    const revoked = await revokeManyCertificates(ctx, {
      filter,
      reason,
      expected: Number(expected),
    });
    return {
      json: revoked,
      text: `Revoked ${revoked.certificates} certificates of ${revoked.devices} devices.`,
    };
  },
};
