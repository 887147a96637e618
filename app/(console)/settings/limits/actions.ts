"use server";
import { resetListenerLimit } from "#server/services/listener-limit/reset.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";
import { defineAction } from "#server/web/action.ts";

export const set = defineAction(setListenerLimit);
export const reset = defineAction(resetListenerLimit);
