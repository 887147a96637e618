import { z } from "zod";
import { roles } from "#server/domain/roles.ts";
import { createToken } from "#server/services/token/create.ts";
import { listTokens } from "#server/services/token/list.ts";
import { revokeToken } from "#server/services/token/revoke.ts";

const instant = z.iso.datetime();
const tag = "API tokens";

export const listTokensRoute = {
  method: "get",
  path: "/tokens",
  tag,
  summary: "List API tokens",
  operation: listTokens,
  request: listTokens.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      role: z.enum(roles),
      state: z.enum(["active", "expired", "revoked"]),
      createdBy: z.string(),
      createdAt: instant,
      usedAt: instant.nullable(),
      expiresAt: instant.nullable(),
    }),
  ),
} as const;

export const createTokenRoute = {
  method: "post",
  path: "/tokens",
  tag,
  summary: "Make an API token; its text is in this answer and nowhere else",
  operation: createToken,
  request: createToken.input,
  response: z.object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(roles),
    expiresAt: instant.nullable(),
    token: z.string(),
  }),
  status: 201,
} as const;

export const revokeTokenRoute = {
  method: "delete",
  path: "/tokens/{tokenId}",
  tag,
  summary: "Revoke an API token",
  operation: revokeToken,
  request: revokeToken.input,
  status: 204,
} as const;
