import { table, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { addTrustAnchor } from "#server/services/trust-anchor/add.ts";
import { changeTrustAnchor } from "#server/services/trust-anchor/change.ts";
import { listTrustAnchors } from "#server/services/trust-anchor/list.ts";
import { removeTrustAnchor } from "#server/services/trust-anchor/remove.ts";

/** "1.0,1.1" as versions. */
const versionsOf = (typed: string): string[] =>
  typed
    .split(",")
    .map((version) => version.trim())
    .filter((version) => version !== "");

export const trustAnchorList: Command = {
  words: ["trust-anchor", "list"],
  usage: "",
  summary: "List the certificates that firmware has built in, first what ends first.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const found = await listTrustAnchors(ctx, {});
    const rows = found.trustAnchors.map((anchor) => [
      anchor.notAfter.slice(0, 10),
      anchor.name,
      anchor.firmware.length === 0 ? "all versions" : anchor.firmware.join(", "),
      String(anchor.devices),
      anchor.id,
    ]);
    return {
      json: found,
      text: table([["ENDS", "NAME", "FIRMWARE", "DEVICES", "ID"], ...rows]),
    };
  },
};

export const trustAnchorAdd: Command = {
  words: ["trust-anchor", "add"],
  usage: "--name NAME --file FILE [--firmware VERSIONS] [--profile PROFILE] [--note TEXT]",
  summary: "Take note of a certificate that firmware has built in, so that its end is in view.",
  options: ["name", "file", "firmware", "profile", "note"],
  run: async (at) => {
    const name = at.required("name");
    const pem = await readInputFile(at.required("file"));
    const { ctx } = await at.session();
    const added = await addTrustAnchor(ctx, {
      name,
      pem,
      firmware: versionsOf(at.option("firmware") ?? ""),
      profile: at.option("profile") ?? "",
      note: at.option("note") ?? "",
    });
    return { json: added, text: `${name} is noted: ${added.trustAnchorId}.` };
  },
};

export const trustAnchorChange: Command = {
  words: ["trust-anchor", "change"],
  usage: "ID [--name NAME] [--firmware VERSIONS] [--profile PROFILE] [--note TEXT]",
  summary: "Change what is said of a trust anchor.",
  options: ["name", "firmware", "profile", "note"],
  run: async (at) => {
    const trustAnchorId = at.word(0, "ID");
    const firmware = at.option("firmware");
    const given = (name: string) => {
      const value = at.option(name);
      return value === undefined ? {} : { [name]: value };
    };
    const { ctx } = await at.session();
    const changed = await changeTrustAnchor(ctx, {
      trustAnchorId,
      ...given("name"),
      ...given("profile"),
      ...given("note"),
      ...(firmware !== undefined && { firmware: versionsOf(firmware) }),
    });
    return { json: changed, text: "The trust anchor was changed." };
  },
};

export const trustAnchorRemove: Command = {
  words: ["trust-anchor", "remove"],
  usage: "ID",
  summary: "Forget a trust anchor that no firmware has any more.",
  options: [],
  run: async (at) => {
    const trustAnchorId = at.word(0, "ID");
    const { ctx } = await at.session();
    const removed = await removeTrustAnchor(ctx, { trustAnchorId });
    return { json: removed, text: "The trust anchor was removed." };
  },
};
