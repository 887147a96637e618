import type { ClaimCertificateMade } from "#server/services/enrolment/create-claim-certificate.ts";
import type {
  EnrolmentRequestPage,
  EnrolmentRequestView,
} from "#server/services/enrolment/list-requests.ts";
import type { EnrolmentPreview } from "#server/services/enrolment/preview.ts";
import type { EnrolmentGroupView } from "#server/services/enrolment/show-group.ts";
import type { EnrolmentGroupSummary } from "#server/services/enrolment/view.ts";

/** A group as lists show it. */
export type GroupSummary = EnrolmentGroupSummary;
/** A group with its rules, their versions, and what devices prove themselves by. */
export type GroupDetail = EnrolmentGroupView;
export type GroupVersion = EnrolmentGroupView["versions"][number];
export type CredentialView = EnrolmentGroupView["credentials"][number];
export type AuthorityView = EnrolmentGroupView["authorities"][number];

export const requestStates = ["pending", "approved", "enrolled", "refused"] as const;
export type RequestState = (typeof requestStates)[number];

/** A request with what was answered. */
export type RequestView = EnrolmentRequestView;
export type RequestPage = EnrolmentRequestPage;

/** What would become of a device. */
export type PreviewView = EnrolmentPreview;

/** A claim certificate as it was just made: shown once. */
export type FreshClaim = ClaimCertificateMade;
