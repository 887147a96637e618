import { table, type Command } from "#server/cli/command.ts";
import { deviceCertificates } from "#server/services/device/certificates.ts";
import { showDevice } from "#server/services/device/show.ts";

export const deviceShow: Command = {
  words: ["device", "show"],
  usage: "DEVICE_ID",
  summary: "Show a device, its connection and its certificates.",
  options: [],
  run: async (at) => {
    const reference = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const device = await showDevice(ctx, { device: reference });
    const certificates = await deviceCertificates(ctx, { device: reference });
    return {
      json: { ...device, certificates },
      text: table([
        ["device", device.deviceId],
        ["name", device.name],
        ["profile", device.profile.name],
        ["serial", device.serial],
        ["manufacturer", device.manufacturer],
        ["model", device.model],
        ["hardware revision", device.hardwareRevision],
        ["tags", device.tags.join(", ")],
        ["state", device.state],
        ["presence", device.presence],
        ["last contact", device.lastContactAt ?? "never"],
        ...certificates.map((certificate) => [
          "certificate",
          `${certificate.state}, until ${certificate.notAfter}, SHA-256 ${certificate.sha256}`,
        ]),
      ]),
    };
  },
};
