"use server";
import { addChildren } from "#server/services/gateway/add-children.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { setChildPolicy } from "#server/services/gateway/set-policy.ts";
import { defineAction } from "#server/web/action.ts";

export const addToGateway = defineAction(addChildren);
export const attachTo = defineAction(setGateway);
export const saveChildPolicy = defineAction(setChildPolicy);
