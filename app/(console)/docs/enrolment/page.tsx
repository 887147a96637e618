import type { Metadata } from "next";
import { EnrolmentGuide } from "#components/enrolment-guide/enrolment-guide.tsx";
import { enrolmentGuideText } from "#components/strings/enrolment-guide.ts";
import { may } from "#server/domain/roles.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: enrolmentGuideText.title };

export default async function EnrolmentGuidePage() {
  const { role } = await requireSession();
  return <EnrolmentGuide endpoint={deviceEndpoint()} mayManage={may(role, "enrolment.manage")} />;
}
