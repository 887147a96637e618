import type { Command, Invocation } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentSecret } from "#server/services/enrolment/create-secret.ts";
import { proveCustomerCa } from "#server/services/enrolment/prove-customer-ca.ts";
import { registerCustomerCa } from "#server/services/enrolment/register-customer-ca.ts";
import { removeCustomerCa } from "#server/services/enrolment/remove-customer-ca.ts";
import { revokeEnrolmentCredential } from "#server/services/enrolment/revoke-credential.ts";
import { rotateGroupKey } from "#server/services/enrolment/rotate-group-key.ts";
import { setCustomerCaState } from "#server/services/enrolment/set-customer-ca-state.ts";

/** What claim certificates and secrets have in common. */
function limitsOf(at: Invocation) {
  const serials = (at.option("serials") ?? "").split(",").map((serial) => serial.trim());
  return {
    maxUses: at.option("uses") === undefined ? null : at.number("uses", 1, 1),
    expectedSerials: serials.filter((serial) => serial !== ""),
  };
}

export const claimCertificateCreate: Command = {
  words: ["claim-certificate", "create"],
  usage: "GROUP --name NAME [--days DAYS] [--uses N] [--serials SERIALS]",
  summary: "Make a claim certificate for a group; its private key is shown this once.",
  options: ["name", "days", "uses", "serials"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const name = at.required("name");
    const days = at.number("days", 90, 1);
    const limits = limitsOf(at);
    const { ctx } = await at.session();
    const made = await createClaimCertificate(ctx, { groupId, name, days, ...limits });
    return {
      json: made,
      text: [made.certificatePem, made.privateKeyPem].map((pem) => pem.trim()).join("\n"),
    };
  },
};

export const enrolmentSecretCreate: Command = {
  words: ["enrolment-secret", "create"],
  usage: "GROUP --name NAME [--hours HOURS] [--uses N] [--serials SERIALS]",
  summary: "Make an enrolment secret for a group, shown this once; good for one device by default.",
  options: ["name", "hours", "uses", "serials"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const name = at.required("name");
    const hours = at.number("hours", 24, 1);
    const limits = { ...limitsOf(at), maxUses: at.number("uses", 1, 1) };
    const { ctx } = await at.session();
    const made = await createEnrolmentSecret(ctx, { groupId, name, hours, ...limits });
    return { json: made, text: made.secret };
  },
};

export const enrolmentCredentialRevoke: Command = {
  words: ["enrolment-credential", "revoke"],
  usage: "GROUP --credential CREDENTIAL_ID",
  summary: "Revoke a claim certificate or an enrolment secret.",
  options: ["credential"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const credentialId = at.required("credential");
    const { ctx } = await at.session();
    const revoked = await revokeEnrolmentCredential(ctx, { groupId, credentialId });
    return { json: revoked, text: `Revoked ${revoked.credentialId}.` };
  },
};

export const enrolmentGroupRotateKey: Command = {
  words: ["enrolment-group", "rotate-key"],
  usage: "GROUP --slot primary|secondary|webhook",
  summary: "Replace a key of a group; the fresh one is shown this once.",
  options: ["slot"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    // The service judges what it is given.
    const slot = at.required("slot") as "primary";
    const { ctx } = await at.session();
    const rotated = await rotateGroupKey(ctx, { groupId, slot });
    return { json: rotated, text: rotated.key };
  },
};

export const customerCaRegister: Command = {
  words: ["customer-ca", "register"],
  usage: "GROUP --name NAME --certificate FILE",
  summary: "Register a CA of your own; it counts once possession of its key is proven.",
  options: ["name", "certificate"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const name = at.required("name");
    const pem = await readInputFile(at.required("certificate"));
    const { ctx } = await at.session();
    const made = await registerCustomerCa(ctx, { groupId, name, pem });
    return {
      json: made,
      text: [
        `CA         ${made.authorityId}`,
        `challenge  ${made.challenge}`,
        "Sign a certificate with the CA's key whose common name is the challenge, and give it to customer-ca prove.",
      ].join("\n"),
    };
  },
};

export const customerCaProve: Command = {
  words: ["customer-ca", "prove"],
  usage: "CA_ID --certificate FILE",
  summary: "Prove possession of a CA's key by a certificate whose common name is the challenge.",
  options: ["certificate"],
  run: async (at) => {
    const authorityId = at.word(0, "CA_ID");
    const certificatePem = await readInputFile(at.required("certificate"));
    const { ctx } = await at.session();
    const proven = await proveCustomerCa(ctx, { authorityId, certificatePem });
    return { json: proven, text: `${authorityId}: ${proven.state}.` };
  },
};

function caStateCommand(verb: string, state: "active" | "disabled", summary: string): Command {
  return {
    words: ["customer-ca", verb],
    usage: "CA_ID",
    summary,
    options: [],
    run: async (at) => {
      const authorityId = at.word(0, "CA_ID");
      const { ctx } = await at.session();
      const set = await setCustomerCaState(ctx, { authorityId, state });
      return { json: set, text: `${authorityId}: ${set.state}.` };
    },
  };
}

export const customerCaEnable = caStateCommand(
  "enable",
  "active",
  "Let a proven CA enrol devices again.",
);
export const customerCaDisable = caStateCommand(
  "disable",
  "disabled",
  "Let a CA enrol no device; devices that came by it stay.",
);

export const customerCaRemove: Command = {
  words: ["customer-ca", "remove"],
  usage: "CA_ID",
  summary: "Remove a CA that no device needs.",
  options: [],
  run: async (at) => {
    const authorityId = at.word(0, "CA_ID");
    const { ctx } = await at.session();
    const removed = await removeCustomerCa(ctx, { authorityId });
    return { json: removed, text: `Removed ${authorityId}.` };
  },
};
