"use server";
import { createToken } from "#server/services/token/create.ts";
import { revokeToken } from "#server/services/token/revoke.ts";
import { defineAction } from "#server/web/action.ts";

const page = { revalidate: ["/settings/tokens"] };

export const create = defineAction(createToken, page);
export const revoke = defineAction(revokeToken, page);
