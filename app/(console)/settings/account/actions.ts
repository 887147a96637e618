"use server";
import { setUnits } from "#server/services/preference/set-units.ts";
import { revokeSession } from "#server/services/session/revoke.ts";
import { changeOwnPassword } from "#server/services/user/change-password.ts";
import { defineAction } from "#server/web/action.ts";

const page = { revalidate: ["/settings/account"] };

export const endOwnSession = defineAction(revokeSession, page);
export const changePassword = defineAction(changeOwnPassword, page);
export const chooseUnits = defineAction(setUnits, page);
