import type { Command } from "#server/cli/command.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";

export const deviceDecommission: Command = {
  words: ["device", "decommission"],
  usage: "DEVICE_ID [--reason TEXT]",
  summary: "End a device for good: certificates and tokens are revoked, its history stays.",
  options: ["reason"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const ended = await decommissionDevice(ctx, { deviceId, reason: at.option("reason") ?? "" });
    return { json: ended, text: `Device ${ended.deviceId} is decommissioned.` };
  },
};
