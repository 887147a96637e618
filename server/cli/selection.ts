import { UsageError, type Invocation } from "#server/cli/command.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import type { Context } from "#server/services/context.ts";
import { showDevice } from "#server/services/device/show.ts";

export const selectionOptions = ["devices", "text", "group", "all"] as const;
export const selectionUsage = "(--devices DEVICE,… | --text TEXT | --group GROUP_ID | --all yes)";

/**
 * Which devices a command means; exactly one way must be given, so that nobody means all by leaving
 * something out.
 * @throws UsageError, ServiceError not_found
 */
export async function selectionOf(at: Invocation, ctx: Context): Promise<DeviceSelection> {
  const given = selectionOptions.filter((name) => at.option(name) !== undefined);
  const [way] = given;
  if (given.length !== 1 || way === undefined)
    throw new UsageError(`Say which: ${selectionUsage}.`);
  const value = at.required(way);
  switch (way) {
    case "devices": {
      const ids: string[] = [];
      for (const device of value.split(",")) ids.push((await showDevice(ctx, { device })).id);
      return { by: "devices", ids };
    }
    case "text":
      return { by: "filter", filter: fleetFilterSchema.parse({ text: value }) };
    case "group":
      return { by: "group", groupId: value };
    case "all":
      if (value !== "yes") throw new UsageError("--all takes yes.");
      return { by: "filter", filter: fleetFilterSchema.parse({}) };
  }
}
