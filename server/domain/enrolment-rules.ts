import type { z } from "zod";
import type { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";

/** How devices of an enrolment group prove that they belong to it. */
export const enrolmentKinds = ["customer_ca", "claim", "symmetric_key", "est"] as const;
export type EnrolmentKind = (typeof enrolmentKinds)[number];

/** What becomes of a device that enrols itself: one version of a group's rules. */
export type EnrolmentRules = z.output<typeof enrolmentRules>;
