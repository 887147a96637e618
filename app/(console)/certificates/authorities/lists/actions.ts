"use server";
import { publishCrls } from "#server/services/revocation-list/publish.ts";
import { defineAction } from "#server/web/action.ts";

export const publish = defineAction(publishCrls);
