import { ConnectionTab } from "#components/device/connection-tab.tsx";
import { may } from "#server/domain/roles.ts";
import { showDevice } from "#server/services/device/show.ts";
import { deviceTimeline } from "#server/services/device/timeline.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DeviceConnectionPage({ params }: Props) {
  const ctx = await requireSession();
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  return (
    <ConnectionTab
      first={device}
      timeline={await deviceTimeline(ctx, { device: device.id })}
      endpoint={deviceEndpoint()}
      mayManage={may(ctx.role, "device.manage")}
    />
  );
}
