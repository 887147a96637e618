import type { Metadata } from "next";
import { GroupWizard } from "#components/enrolment/group-wizard.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { enrolmentText } from "#components/strings/enrolment.ts";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: enrolmentText.newTitle };

export default async function NewGroupPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.manage")) return <NoPermission />;
  const profiles = await listProfiles(ctx, {});
  return (
    <GroupWizard
      profiles={profiles.map(({ id, name }) => ({ id, name }))}
      endpoint={deviceEndpoint()}
    />
  );
}
