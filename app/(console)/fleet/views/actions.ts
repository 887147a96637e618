"use server";
import { changeSavedView } from "#server/services/saved-view/change.ts";
import { createSavedView } from "#server/services/saved-view/create.ts";
import { removeSavedView } from "#server/services/saved-view/remove.ts";
import { setDefaultView } from "#server/services/saved-view/set-default.ts";
import { defineAction } from "#server/web/action.ts";

export const create = defineAction(createSavedView);
export const change = defineAction(changeSavedView);
export const remove = defineAction(removeSavedView);
export const setDefault = defineAction(setDefaultView);
