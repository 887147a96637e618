import { table, UsageError, type Command, type Invocation } from "#server/cli/command.ts";
import { sasSlots, type SasSlot } from "#server/domain/sas-key.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotateSasKey } from "#server/services/device/rotate-sas-key.ts";

function slotOf(at: Invocation): SasSlot {
  const wanted = at.option("slot") ?? "primary";
  const slot = sasSlots.find((each) => each === wanted);
  if (slot === undefined) throw new UsageError(`--slot must be one of ${sasSlots.join(", ")}.`);
  return slot;
}

function sasCommand(verb: string, summary: string, change: typeof createSasKey): Command {
  return {
    words: ["device", verb],
    usage: "DEVICE_ID [--slot primary|secondary] [--key - | --key BASE64]",
    summary,
    options: ["slot", "key"],
    run: async (at) => {
      const deviceId = at.word(0, "DEVICE_ID");
      const slot = slotOf(at);
      const key = await at.secret("key");
      const { ctx } = await at.session();
      const made = await change(ctx, { deviceId, slot, ...(key === undefined ? {} : { key }) });
      return { json: made, text: made.key };
    },
  };
}

export const deviceSasKey = sasCommand(
  "sas-key",
  "Give a device a key for SAS tokens, shown this once. --key - reads an own key from standard input; on the command line others can see it.",
  createSasKey,
);

export const deviceRotateSasKey = sasCommand(
  "rotate-sas-key",
  "Replace a device's key for SAS tokens; connections that used it are dropped at once. --key - reads the new one from standard input.",
  rotateSasKey,
);

export const devicePassword: Command = {
  words: ["device", "password"],
  usage: "DEVICE_ID",
  summary: "Make a device's password, shown this once; an earlier one ends with it.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const made = await createPassword(ctx, { deviceId });
    return { json: made, text: made.password };
  },
};

export const deviceCredentialList: Command = {
  words: ["device", "credentials"],
  usage: "DEVICE_ID",
  summary: "List a device's passwords and SAS keys, without their secrets.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const credentials = await deviceCredentials(ctx, { deviceId });
    const rows = credentials.map(({ id, kind, state, createdAt }) => [id, kind, state, createdAt]);
    return { json: { credentials }, text: table([["ID", "KIND", "STATE", "CREATED"], ...rows]) };
  },
};

export const deviceRevokeCredential: Command = {
  words: ["device", "revoke-credential"],
  usage: "DEVICE_ID --credential CREDENTIAL_ID",
  summary: "Revoke a device's password or SAS key; connections that used it are dropped at once.",
  options: ["credential"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const credentialId = at.required("credential");
    const { ctx } = await at.session();
    const revoked = await revokeCredential(ctx, { deviceId, credentialId });
    return { json: revoked, text: `Revoked ${revoked.credentialId}.` };
  },
};
