"use server";
import { revokeInvitation } from "#server/services/invitation/revoke.ts";
import { changeUserRole } from "#server/services/user/change-role.ts";
import { disableUser } from "#server/services/user/disable.ts";
import { enableUser } from "#server/services/user/enable.ts";
import { inviteUser } from "#server/services/user/invite.ts";
import { resetUserPassword } from "#server/services/user/reset-password.ts";
import { defineAction } from "#server/web/action.ts";

const page = { revalidate: ["/settings/people"] };

export const invite = defineAction(inviteUser, page);
export const takeBack = defineAction(revokeInvitation, page);
export const changeRole = defineAction(changeUserRole, page);
export const disable = defineAction(disableUser, page);
export const enable = defineAction(enableUser, page);
export const resetPassword = defineAction(resetUserPassword, page);
