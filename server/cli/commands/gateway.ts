import { UsageError, table, type Command, type Invocation } from "#server/cli/command.ts";
import { profileIdOf, readInputFile } from "#server/cli/commands/device-create.ts";
import type { ChildPolicy } from "#server/domain/child-policy.ts";
import { presenceNames } from "#server/domain/presence.ts";
import { parseChildren } from "#server/domain/child-lines.ts";
import type { Context } from "#server/services/context.ts";
import { addChildren } from "#server/services/gateway/add-children.ts";
import { listChildren } from "#server/services/gateway/list-children.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { setChildPolicy } from "#server/services/gateway/set-policy.ts";

export const deviceAttach: Command = {
  words: ["device", "attach"],
  usage: "DEVICE_ID --gateway DEVICE_ID",
  summary: "Put a device behind a gateway, which may then speak for it.",
  options: ["gateway"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const gateway = at.required("gateway");
    const { ctx } = await at.session();
    const set = await setGateway(ctx, { deviceId, gateway });
    return { json: set, text: `${set.deviceId} is behind ${set.gateway ?? "no gateway"}.` };
  },
};

export const deviceDetach: Command = {
  words: ["device", "detach"],
  usage: "DEVICE_ID",
  summary: "Take a device off its gateway.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const set = await setGateway(ctx, { deviceId, gateway: null });
    return { json: set, text: `${set.deviceId} is behind no gateway.` };
  },
};

export const deviceChildren: Command = {
  words: ["device", "children"],
  usage: "GATEWAY_ID [--limit N] [--cursor CURSOR]",
  summary: "List the devices behind a gateway.",
  options: ["limit", "cursor"],
  run: async (at) => {
    const deviceId = at.word(0, "GATEWAY_ID");
    const cursor = at.option("cursor");
    const { ctx } = await at.session();
    const list = await listChildren(ctx, {
      deviceId,
      limit: at.number("limit", 50, 1),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const rows = list.children.map((child) => [
      child.deviceId,
      child.name,
      presenceNames[child.presence],
      child.lastContactAt ?? "never",
    ]);
    const more = list.nextCursor === null ? [] : [`More with --cursor ${list.nextCursor}`];
    return {
      json: list,
      text: [`${list.count} behind ${deviceId}`, table(rows), ...more].join("\n").trim(),
    };
  },
};

export const deviceAddChildren: Command = {
  words: ["device", "add-children"],
  usage: "GATEWAY_ID --file FILE [--profile PROFILE] [--quarantine yes]",
  summary: "Put the devices of a file (one a line: id, name, profile) behind a gateway.",
  options: ["file", "profile", "quarantine"],
  run: async (at) => {
    const deviceId = at.word(0, "GATEWAY_ID");
    const lines = parseChildren(await readInputFile(at.required("file")));
    const { ctx } = await at.session();
    const added = await addChildren(ctx, {
      deviceId,
      profileId: await profileIdOf(ctx, at.option("profile") ?? "generic"),
      quarantine: at.option("quarantine") === "yes",
      children: await withProfiles(ctx, lines),
    });
    const { registered, attached, already } = added;
    return {
      json: added,
      text: `Behind ${added.deviceId}: ${registered} registered, ${attached} attached, ${already} there before.`,
    };
  },
};

async function withProfiles(ctx: Context, lines: ReturnType<typeof parseChildren>) {
  const ids = new Map<string, string>();
  for (const { profile } of lines) {
    if (profile !== "" && !ids.has(profile)) ids.set(profile, await profileIdOf(ctx, profile));
  }
  return lines.map(({ deviceId, name, profile }) => {
    const profileId = ids.get(profile);
    return { deviceId, name, ...(profileId === undefined ? {} : { profileId }) };
  });
}

export const deviceChildPolicy: Command = {
  words: ["device", "child-policy"],
  usage: "GATEWAY_ID --mode refuse|register [--profile PROFILE] [--quarantine yes|no] [--most N]",
  summary: "Say what becomes of children that a gateway names and nobody has registered.",
  options: ["mode", "profile", "quarantine", "most"],
  run: async (at) => {
    const deviceId = at.word(0, "GATEWAY_ID");
    const mode = at.required("mode");
    if (mode !== "refuse" && mode !== "register") {
      throw new UsageError("--mode is refuse or register.");
    }
    const { ctx } = await at.session();
    const policy: ChildPolicy = mode === "refuse" ? { mode } : await registering(at, ctx);
    const set = await setChildPolicy(ctx, { deviceId, policy });
    const words = set.policy.mode === "refuse" ? "refuses" : "registers";
    return { json: set, text: `${set.deviceId} ${words} children that nobody knows.` };
  },
};

async function registering(at: Invocation, ctx: Context): Promise<ChildPolicy> {
  return {
    mode: "register",
    profileId: await profileIdOf(ctx, at.option("profile") ?? "generic"),
    quarantine: at.option("quarantine") !== "no",
    tags: [],
    maxChildren: at.number("most", 500, 1),
  };
}
