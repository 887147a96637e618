import { z } from "zod";
import { createServiceClient } from "#server/services/service-client/create.ts";
import { getServiceClient } from "#server/services/service-client/get.ts";
import { listServiceClients } from "#server/services/service-client/list.ts";
import { removeServiceClient } from "#server/services/service-client/remove.ts";
import { resumeServiceClient } from "#server/services/service-client/resume.ts";
import { revokePassword } from "#server/services/service-client/revoke-password.ts";
import { rotatePassword } from "#server/services/service-client/rotate-password.ts";
import { suspendServiceClient } from "#server/services/service-client/suspend.ts";
import { updateGrants } from "#server/services/service-client/update-grants.ts";

const instant = z.iso.datetime();
const tag = "Service clients";

const grants = z.array(
  z.object({ filter: z.string(), maySubscribe: z.boolean(), mayPublish: z.boolean() }),
);

const view = z.object({
  id: z.uuid(),
  name: z.string(),
  username: z.string(),
  description: z.string(),
  state: z.enum(["active", "suspended"]),
  createdAt: instant,
  createdBy: z.string(),
  grants,
  passwords: z.array(
    z.object({
      id: z.uuid(),
      state: z.enum(["active", "revoked"]),
      createdAt: instant,
      createdBy: z.string(),
      revokedAt: instant.nullable(),
      usedAt: instant.nullable(),
    }),
  ),
  lastUsedAt: instant.nullable(),
});

export const listServiceClientsRoute = {
  method: "get",
  path: "/service-clients",
  tag,
  summary: "List service clients: dashboards and integrations that connect to the device listener",
  operation: listServiceClients,
  request: listServiceClients.input,
  response: z.array(view),
} as const;

export const createServiceClientRoute = {
  method: "post",
  path: "/service-clients",
  tag,
  summary: "Make a service client; its password is in this answer and nowhere else",
  operation: createServiceClient,
  request: createServiceClient.input,
  response: z.object({
    id: z.uuid(),
    name: z.string(),
    username: z.string(),
    passwordId: z.uuid(),
    password: z.string(),
    grants,
  }),
  status: 201,
} as const;

export const getServiceClientRoute = {
  method: "get",
  path: "/service-clients/{serviceClient}",
  tag,
  summary: "Show a service client, by UUID or user name",
  operation: getServiceClient,
  request: getServiceClient.input,
  response: view,
} as const;

export const removeServiceClientRoute = {
  method: "delete",
  path: "/service-clients/{serviceClient}",
  tag,
  summary: "Remove a service client; its connections are dropped at once",
  operation: removeServiceClient,
  request: removeServiceClient.input,
  status: 204,
} as const;

export const updateGrantsRoute = {
  method: "put",
  path: "/service-clients/{serviceClient}/grants",
  tag,
  summary: "Replace the topic grants of a service client",
  operation: updateGrants,
  request: updateGrants.input,
  response: z.object({ id: z.uuid(), username: z.string(), grants }),
} as const;

export const rotatePasswordRoute = {
  method: "post",
  path: "/service-clients/{serviceClient}/passwords",
  tag,
  summary: "Make a further password, shown once; without `keepOthers` false the others stay",
  operation: rotatePassword,
  request: rotatePassword.input,
  response: z.object({
    id: z.uuid(),
    username: z.string(),
    passwordId: z.uuid(),
    password: z.string(),
    revoked: z.int(),
  }),
  status: 201,
} as const;

export const revokePasswordRoute = {
  method: "delete",
  path: "/service-clients/{serviceClient}/passwords/{passwordId}",
  tag,
  summary: "Revoke a password of a service client",
  operation: revokePassword,
  request: revokePassword.input,
  status: 204,
} as const;

export const suspendServiceClientRoute = {
  method: "post",
  path: "/service-clients/{serviceClient}/suspend",
  tag,
  summary: "Keep a service client out until it is resumed",
  operation: suspendServiceClient,
  request: suspendServiceClient.input,
  response: z.object({ id: z.uuid(), username: z.string(), state: z.literal("suspended") }),
} as const;

export const resumeServiceClientRoute = {
  method: "post",
  path: "/service-clients/{serviceClient}/resume",
  tag,
  summary: "Let a suspended service client in again",
  operation: resumeServiceClient,
  request: resumeServiceClient.input,
  response: z.object({ id: z.uuid(), username: z.string(), state: z.literal("active") }),
} as const;
