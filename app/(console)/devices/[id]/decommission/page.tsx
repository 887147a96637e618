import { DecommissionWizard } from "#components/device/decommission-wizard.tsx";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { may } from "#server/domain/roles.ts";
import { deviceBlastRadius } from "#server/services/device/blast-radius.ts";
import { showDevice } from "#server/services/device/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DecommissionPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "device.manage")) return <NoPermission />;
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  const radius = await deviceBlastRadius(ctx, { device: device.id });
  return <DecommissionWizard device={device} radius={radius} />;
}
