"use server";
import { changeGroup } from "#server/services/group/change.ts";
import { createGroup } from "#server/services/group/create.ts";
import { removeGroup } from "#server/services/group/remove.ts";
import { defineAction } from "#server/web/action.ts";

export const create = defineAction(createGroup);
export const change = defineAction(changeGroup);
export const remove = defineAction(removeGroup);
