import { z } from "zod";
import { limitScopes } from "#server/domain/listener-limits.ts";
import { listListenerLimits } from "#server/services/listener-limit/list.ts";
import { resetListenerLimit } from "#server/services/listener-limit/reset.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";

const tag = "Limits";
const scope = z.enum(limitScopes);
const set = z.object({ scope, name: z.string(), value: z.int() });

export const listLimitsRoute = {
  method: "get",
  path: "/limits",
  tag,
  summary: "List the limits of the device listener: defaults, what was set, what holds",
  operation: listListenerLimits,
  request: listListenerLimits.input,
  response: z.array(
    z.object({
      scope,
      name: z.string(),
      effective: z.int(),
      default: z.int(),
      min: z.int(),
      max: z.int(),
      unit: z.string(),
      explanation: z.string(),
      reasonCode: z.int().nullable(),
      override: z
        .object({ value: z.int(), changedAt: z.iso.datetime(), changedBy: z.string() })
        .nullable(),
    }),
  ),
} as const;

export const setLimitRoute = {
  method: "put",
  path: "/limits/{scope}/{name}",
  tag,
  summary:
    "Set a limit of the device listener; above its default only in the operator's organisation",
  operation: setListenerLimit,
  request: setListenerLimit.input,
  response: set,
} as const;

export const resetLimitRoute = {
  method: "delete",
  path: "/limits/{scope}/{name}",
  tag,
  summary: "Give a limit of the device listener its default again",
  operation: resetListenerLimit,
  request: resetListenerLimit.input,
  response: set,
} as const;
