import { z } from "zod";
import { bindSchema } from "#server/services/schema/bind.ts";
import { endCanary } from "#server/services/schema/end-canary.ts";
import { listBindings } from "#server/services/schema/list-bindings.ts";
import { promoteCanary } from "#server/services/schema/promote-canary.ts";
import { removeBinding } from "#server/services/schema/remove-binding.ts";
import { rollBackBinding } from "#server/services/schema/roll-back.ts";
import { startCanary } from "#server/services/schema/start-canary.ts";

const tag = "Schemas";

/** Which schema version the messages of a profile have, by stream and content type. */
export const binding = z.object({
  profileId: z.uuid(),
  profileName: z.string(),
  open: z.boolean(),
  stream: z.string().describe("Empty: all without a binding of their own"),
  contentType: z.string().describe("Empty: all without a binding of their own"),
  schema: z.string(),
  version: z.int(),
  canary: z
    .object({
      schema: z.string(),
      version: z.int(),
      percent: z.int(),
      devices: z.array(z.string()),
    })
    .nullable(),
  previousVersion: z.int().nullable(),
  previousSchema: z.string().nullable(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
});

export const listBindingsRoute = {
  method: "get",
  path: "/profiles/{profileId}/bindings",
  tag,
  summary: "List which schema versions a profile's messages have",
  operation: listBindings,
  request: listBindings.input,
  response: z.object({ bindings: z.array(binding) }),
} as const;

export const bindSchemaRoute = {
  method: "put",
  path: "/profiles/{profileId}/bindings",
  tag,
  summary: "Give a profile's messages another schema version; a trial ends",
  operation: bindSchema,
  request: bindSchema.input,
  response: binding,
} as const;

export const removeBindingRoute = {
  method: "delete",
  path: "/profiles/{profileId}/bindings",
  tag,
  summary: "Remove the binding of a stream or content type",
  operation: removeBinding,
  request: removeBinding.input,
  status: 204,
} as const;

export const startCanaryRoute = {
  method: "put",
  path: "/profiles/{profileId}/bindings/canary",
  tag,
  summary: "Put a version on trial for a share of the devices, and for named ones",
  operation: startCanary,
  request: startCanary.input,
  response: binding,
} as const;

export const endCanaryRoute = {
  method: "delete",
  path: "/profiles/{profileId}/bindings/canary",
  tag,
  summary: "End a trial",
  operation: endCanary,
  request: endCanary.input,
  response: binding,
} as const;

export const promoteCanaryRoute = {
  method: "post",
  path: "/profiles/{profileId}/bindings/promote",
  tag,
  summary: "Use the version on trial for all devices",
  operation: promoteCanary,
  request: promoteCanary.input,
  response: binding,
} as const;

export const rollBackBindingRoute = {
  method: "post",
  path: "/profiles/{profileId}/bindings/roll-back",
  tag,
  summary: "Return to the version before the last change",
  operation: rollBackBinding,
  request: rollBackBinding.input,
  response: binding,
} as const;
