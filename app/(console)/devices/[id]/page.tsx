import { DeviceEnd, DeviceExtras } from "#components/device/device-extras.tsx";
import { ChildrenCard } from "#components/gateway/children-card.tsx";
import { GatewayNotice } from "#components/gateway/gateway-notice.tsx";
import { OffersCard } from "#components/transfer/offers-card.tsx";
import { RefusalNotice } from "#components/device/refusal-notice.tsx";
import { PresenceCard } from "#components/device/presence-card.tsx";
import { DeviceLive } from "#components/device/device-live.tsx";
import { deviceRefusals } from "#server/services/device/refusals.ts";
import { rangeFor } from "#components/device/telemetry-queries.ts";
import { may } from "#server/domain/roles.ts";
import { showDevice } from "#server/services/device/show.ts";
import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { tailMessages } from "#server/services/telemetry/messages.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DevicePage({ params }: Props) {
  const ctx = await requireSession();
  const id = decodeURIComponent((await params).id);
  const device = await found(showDevice(ctx, { device: id }));
  const [latest, tail, refusals] = await Promise.all([
    latestTelemetry(ctx, { device: device.id }),
    tailMessages(ctx, { device: device.id }),
    deviceRefusals(ctx, { device: device.id }),
  ]);
  return (
    <>
      <GatewayNotice first={device} />
      <RefusalNotice first={device} firstRefusals={refusals} />
      <PresenceCard deviceId={device.deviceId} />
      <DeviceLive
        key={device.id}
        device={device}
        latest={latest}
        tail={tail}
        mayManage={may(ctx.role, "device.manage")}
        startRange={rangeFor(latest.receivedAt, ctx.now())}
        aside={<DeviceExtras device={device} mayAnnotate={may(ctx.role, "device.annotate")} />}
      />
      <ChildrenCard first={device} mayManage={may(ctx.role, "device.manage")} />
      <OffersCard deviceId={device.deviceId} mayTransfer={may(ctx.role, "device.transfer")} />
      <DeviceEnd
        device={device}
        mayManage={may(ctx.role, "device.manage")}
        mayTransfer={may(ctx.role, "device.transfer")}
      />
    </>
  );
}
