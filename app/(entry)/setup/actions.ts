"use server";
import { checkSetupToken, completeSetup } from "#server/services/auth/complete-setup.ts";
import { definePublicAction } from "#server/web/action.ts";

export const checkSetupLink = definePublicAction(checkSetupToken);
export const finishSetup = definePublicAction(completeSetup);
