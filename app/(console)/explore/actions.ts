"use server";
import { changeAnnotation } from "#server/services/annotation/change.ts";
import { createAnnotation } from "#server/services/annotation/create.ts";
import { removeAnnotation } from "#server/services/annotation/remove.ts";
import { defineAction } from "#server/web/action.ts";

export const createNote = defineAction(createAnnotation);
export const changeNote = defineAction(changeAnnotation);
export const removeNote = defineAction(removeAnnotation);
