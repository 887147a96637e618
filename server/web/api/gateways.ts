import { z } from "zod";
import { childPolicy } from "#server/domain/child-policy.ts";
import { presences } from "#server/domain/presence.ts";
import { addChildren } from "#server/services/gateway/add-children.ts";
import { listChildren } from "#server/services/gateway/list-children.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { setChildPolicy } from "#server/services/gateway/set-policy.ts";
import { summary } from "#server/web/api/devices.ts";

const tag = "Gateways";

export const setGatewayRoute = {
  method: "put",
  path: "/devices/{deviceId}/gateway",
  tag,
  summary: "Put a device behind a gateway, or with null take it off",
  operation: setGateway,
  request: setGateway.input,
  response: z.object({ deviceId: z.string(), gateway: z.string().nullable() }),
} as const;

export const listChildrenRoute = {
  method: "get",
  path: "/devices/{deviceId}/children",
  tag,
  summary: "List the devices behind a gateway by name, with counts by presence",
  operation: listChildren,
  request: listChildren.input,
  response: z.object({
    children: z.array(summary),
    nextCursor: z.string().nullable(),
    count: z.int(),
    presences: z.partialRecord(z.enum(presences), z.int()),
  }),
} as const;

export const addChildrenRoute = {
  method: "post",
  path: "/devices/{deviceId}/children",
  tag,
  summary: "Put up to 1 000 devices behind a gateway; those that are new are registered",
  operation: addChildren,
  request: addChildren.input,
  response: z.object({
    deviceId: z.string(),
    registered: z.int(),
    attached: z.int(),
    already: z.int(),
  }),
} as const;

export const setChildPolicyRoute = {
  method: "put",
  path: "/devices/{deviceId}/child-policy",
  tag,
  summary: "Say what becomes of children that a gateway names and nobody has registered",
  operation: setChildPolicy,
  request: setChildPolicy.input,
  response: z.object({ deviceId: z.string(), policy: childPolicy }),
} as const;
