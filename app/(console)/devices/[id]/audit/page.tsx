import { AuditTab } from "#components/device/audit-tab.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import { deviceAudit } from "#server/services/device/audit.ts";
import { showDevice } from "#server/services/device/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DeviceAuditPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "audit.view")) {
    return (
      <EmptyState title={deviceText.auditForbidden}>{deviceText.auditForbiddenText}</EmptyState>
    );
  }
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  return (
    <AuditTab deviceId={device.deviceId} first={await deviceAudit(ctx, { device: device.id })} />
  );
}
