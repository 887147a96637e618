"use server";
import { approveSpecification } from "#server/services/profile/approve-specification.ts";
import { changeProfile } from "#server/services/profile/change.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { draftProfile } from "#server/services/profile/draft.ts";
import { defineAction } from "#server/web/action.ts";

export const create = defineAction(createProfile);
export const change = defineAction(changeProfile);
export const approve = defineAction(approveSpecification);
export const draft = defineAction(draftProfile);
