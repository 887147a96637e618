"use server";
import { endMqttSession } from "#server/services/mqtt-session/end.ts";
import { removeRetainedMessage } from "#server/services/retained-message/remove.ts";
import { defineAction } from "#server/web/action.ts";

export const endSession = defineAction(endMqttSession);
export const clearRetained = defineAction(removeRetainedMessage);
