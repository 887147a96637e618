"use server";
import { changeAlertChannel } from "#server/services/alert-channel/change.ts";
import { createAlertChannel } from "#server/services/alert-channel/create.ts";
import { removeAlertChannel } from "#server/services/alert-channel/remove.ts";
import { rotateChannelSecret } from "#server/services/alert-channel/rotate-secret.ts";
import { defineAction } from "#server/web/action.ts";
import { testChannel } from "#server/web/alert-senders.ts";

export const create = defineAction(createAlertChannel);
export const change = defineAction(changeAlertChannel);
export const remove = defineAction(removeAlertChannel);
export const rotate = defineAction(rotateChannelSecret);
export const test = defineAction(testChannel);
