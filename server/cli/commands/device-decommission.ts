import { writeFile } from "node:fs/promises";
import { CliError, UsageError, type Command } from "#server/cli/command.ts";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { decommissionProofPdf } from "#server/services/device/proof-pdf.ts";

export const deviceDecommission: Command = {
  words: ["device", "decommission"],
  usage: "DEVICE_ID [--reason TEXT] [--children detach|decommission] [--data keep|erase]",
  summary:
    "End a device for good: certificates and credentials are revoked; its history stays, or is deleted.",
  options: ["reason", "children", "data"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const children = at.option("children") ?? "detach";
    if (children !== "detach" && children !== "decommission") {
      throw new UsageError("--children is detach or decommission.");
    }
    const data = at.option("data") ?? "keep";
    if (data !== "keep" && data !== "erase") throw new UsageError("--data is keep or erase.");
    const { ctx } = await at.session();
    const reason = at.option("reason") ?? "";
    const ended = await decommissionDevice(ctx, { deviceId, reason, children, data });
    return { json: ended, text: `Device ${ended.deviceId} is decommissioned.` };
  },
};

export const deviceDecommissionProof: Command = {
  words: ["device", "decommission-proof"],
  usage: "DEVICE_ID --file FILE",
  summary: "Write the proof that a device was decommissioned, as PDF.",
  options: ["file"],
  run: async (at) => {
    const device = at.word(0, "DEVICE_ID");
    const file = at.required("file");
    const { ctx } = await at.session();
    const proof = await decommissionProof(ctx, { device });
    try {
      await writeFile(file, await decommissionProofPdf(proof));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      throw new CliError("invalid", `${file} cannot be written: ${code}.`, "Check the path.");
    }
    return { json: proof, text: `The proof of ${proof.device.deviceId} is in ${file}.` };
  },
};
