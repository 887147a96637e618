import { yesNoOf } from "#server/cli/commands/yes-no.ts";
import { table, UsageError, type Command, type Invocation } from "#server/cli/command.ts";
import { sasSlots, type SasSlot } from "#server/domain/sas-key.ts";
import { pskSlots, type PskSlot } from "#server/domain/psk.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createPsk } from "#server/services/device/create-psk.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotatePsk } from "#server/services/device/rotate-psk.ts";
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

function pskSlotOf(at: Invocation): PskSlot {
  const wanted = at.option("slot") ?? "primary";
  const slot = pskSlots.find((each) => each === wanted);
  if (slot === undefined) throw new UsageError(`--slot must be one of ${pskSlots.join(", ")}.`);
  return slot;
}

function pskCommand(verb: string, summary: string, change: typeof createPsk): Command {
  return {
    words: ["device", verb],
    usage: "DEVICE_ID [--slot primary|secondary] [--key - | --key HEX]",
    summary,
    options: ["slot", "key"],
    run: async (at) => {
      const deviceId = at.word(0, "DEVICE_ID");
      const slot = pskSlotOf(at);
      const key = await at.secret("key");
      const { ctx } = await at.session();
      const made = await change(ctx, { deviceId, slot, ...(key === undefined ? {} : { key }) });
      return { json: made, text: `${made.identity} ${made.key}` };
    },
  };
}

export const devicePsk = pskCommand(
  "psk",
  "Give a device a pre-shared key for TLS; its identity and the key are shown this once. --key - reads an own key from standard input.",
  createPsk,
);

export const deviceRotatePsk = pskCommand(
  "rotate-psk",
  "Replace a device's pre-shared key; connections that used it are dropped at once. --key - reads the new one from standard input.",
  rotatePsk,
);

export const devicePassword: Command = {
  words: ["device", "password"],
  usage: "DEVICE_ID [--keep-old yes]",
  summary:
    "Make a device's token (its password), shown this once; earlier ones end with it, with --keep-old yes all but the newest.",
  options: ["keep-old"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const made = await createPassword(ctx, { deviceId, keepOld: yesNoOf(at, "keep-old") });
    return { json: made, text: made.password };
  },
};

export const deviceCredentialList: Command = {
  words: ["device", "credentials"],
  usage: "DEVICE_ID",
  summary: "List a device's tokens, SAS keys and pre-shared keys, without their secrets.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const credentials = await deviceCredentials(ctx, { deviceId });
    const rows = credentials.map(({ id, kind, state, createdAt, lastUsedAt }) => [
      id,
      kind,
      state,
      createdAt,
      lastUsedAt ?? "not known",
    ]);
    const head = ["ID", "KIND", "STATE", "CREATED", "LAST USED"];
    return { json: { credentials }, text: table([head, ...rows]) };
  },
};

export const deviceRevokeCredential: Command = {
  words: ["device", "revoke-credential"],
  usage: "DEVICE_ID --credential CREDENTIAL_ID",
  summary:
    "Revoke a device's token, SAS key or pre-shared key; connections that used it are dropped at once.",
  options: ["credential"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const credentialId = at.required("credential");
    const { ctx } = await at.session();
    const revoked = await revokeCredential(ctx, { deviceId, credentialId });
    return { json: revoked, text: `Revoked ${revoked.credentialId}.` };
  },
};
