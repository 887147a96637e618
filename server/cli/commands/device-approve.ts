import { UsageError, type Command } from "#server/cli/command.ts";
import { approveDevice } from "#server/services/device/approve.ts";

export const deviceApprove: Command = {
  words: ["device", "approve"],
  usage: "DEVICE_ID [--replay no] [--reason TEXT]",
  summary: "Let a device out of quarantine, and put what it sent there into the series.",
  options: ["replay", "reason"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const replay = at.option("replay") ?? "yes";
    if (replay !== "yes" && replay !== "no") throw new UsageError("--replay takes yes or no.");
    const { ctx } = await at.session();
    const approved = await approveDevice(ctx, {
      deviceId,
      replay: replay === "yes",
      reason: at.option("reason") ?? "",
    });
    const kept = approved.replayed === 0 ? "" : ` ${approved.replayed} messages are replayed.`;
    return { json: approved, text: `Device ${approved.deviceId} is approved.${kept}` };
  },
};
