import { readFile } from "node:fs/promises";
import { CliError, type Command, type Invocation } from "#server/cli/command.ts";
import { yesNoOf } from "#server/cli/commands/yes-no.ts";
import type { Context } from "#server/services/context.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { listProfiles } from "#server/services/profile/list.ts";

/**
 * The id of a profile given by name or id.
 * @throws CliError not_found
 */
export async function profileIdOf(ctx: Context, nameOrId: string): Promise<string> {
  const profiles = await listProfiles(ctx, {});
  const profile = profiles.find(({ id, name }) => name === nameOrId || id === nameOrId);
  if (profile !== undefined) return profile.id;
  throw new CliError(
    "not_found",
    `There is no profile ${JSON.stringify(nameOrId)}.`,
    `Use one of: ${profiles.map(({ name }) => name).join(", ")}.`,
  );
}

/**
 * Text of a file that the caller named.
 * @throws CliError invalid
 */
export async function readInputFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CliError(
      "invalid",
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}.`,
      "Check the path and its permissions.",
    );
  }
}

function identityOf(at: Invocation) {
  const tags = (at.option("tags") ?? "").split(",").filter((tag) => tag.trim() !== "");
  return {
    serial: at.option("serial") ?? "",
    manufacturer: at.option("manufacturer") ?? "",
    model: at.option("model") ?? "",
    hardwareRevision: at.option("hardware-revision") ?? "",
    tags,
    quarantine: yesNoOf(at, "quarantine"),
  };
}

export const deviceCreate: Command = {
  words: ["device", "create"],
  usage:
    "--name NAME [--id DEVICE_ID] [--profile PROFILE] [--csr FILE] [--serial TEXT] [--manufacturer TEXT] [--model TEXT] [--hardware-revision TEXT] [--tags A,B] [--quarantine yes]",
  summary:
    "Register a device and issue its certificate, with a key made here unless --csr is given.",
  options: [
    "name",
    "id",
    "profile",
    "csr",
    "serial",
    "manufacturer",
    "model",
    "hardware-revision",
    "tags",
    "quarantine",
  ],
  run: async (at) => {
    const name = at.required("name");
    const deviceId = at.option("id");
    const profile = at.option("profile");
    const csrFile = at.option("csr");
    const csrPem = csrFile === undefined ? undefined : await readInputFile(csrFile);
    const wanted = identityOf(at);
    const { ctx } = await at.session();
    const made = await createDeviceWithCertificate(ctx, {
      name,
      ...(deviceId === undefined ? {} : { deviceId }),
      ...(profile === undefined ? {} : { profileId: await profileIdOf(ctx, profile) }),
      ...(csrPem === undefined ? {} : { csrPem }),
      ...wanted,
    });
    const { certificate, privateKeyPem } = made;
    return {
      json: {
        deviceId: made.device.deviceId,
        name: made.device.name,
        profile: made.device.profileName,
        serial: made.device.serial,
        manufacturer: made.device.manufacturer,
        model: made.device.model,
        hardwareRevision: made.device.hardwareRevision,
        tags: made.device.tags,
        state: made.device.state,
        certificatePem: certificate.certificatePem,
        chainPem: certificate.chainPem,
        privateKeyPem,
        caPem: certificate.caPem,
        sha256: certificate.sha256,
        notAfter: certificate.notAfter,
        warnings: certificate.warnings,
      },
      text: [
        `Device ${made.device.deviceId}, certificate valid until ${certificate.notAfter}.`,
        ...certificate.warnings,
        certificate.certificatePem.trim(),
        ...(privateKeyPem === null ? [] : [privateKeyPem.trim()]),
      ].join("\n"),
    };
  },
};
