"use server";
import { acknowledgeDifference } from "#server/services/ledger/acknowledge.ts";
import { defineAction } from "#server/web/action.ts";

export const acknowledge = defineAction(acknowledgeDifference, { revalidate: ["/messages", "/"] });
