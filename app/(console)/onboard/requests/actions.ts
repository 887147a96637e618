"use server";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { refuseEnrolment } from "#server/services/enrolment/refuse.ts";
import { defineAction } from "#server/web/action.ts";

export const approve = defineAction(approveEnrolment);
export const refuse = defineAction(refuseEnrolment);
