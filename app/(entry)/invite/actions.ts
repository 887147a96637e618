"use server";
import { acceptInvitation, viewInvitation } from "#server/services/invitation/accept.ts";
import { definePublicAction } from "#server/web/action.ts";

export const showInvite = definePublicAction(viewInvitation);
export const acceptInvite = definePublicAction(acceptInvitation);
