import { RetainedCard } from "#components/broker/retained-card.tsx";
import { SessionsCard } from "#components/broker/sessions-card.tsx";
import { ConnectionTab } from "#components/device/connection-tab.tsx";
import { may } from "#server/domain/roles.ts";
import { showDevice } from "#server/services/device/show.ts";
import { deviceTimeline } from "#server/services/device/timeline.ts";
import { listDeviceSessions } from "#server/services/mqtt-session/list.ts";
import { listRetainedMessages } from "#server/services/retained-message/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DeviceConnectionPage({ params }: Props) {
  const ctx = await requireSession();
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  const of = { device: device.id };
  const [timeline, sessions, retained] = await Promise.all([
    deviceTimeline(ctx, of),
    listDeviceSessions(ctx, of),
    listRetainedMessages(ctx, of),
  ]);
  return (
    <ConnectionTab
      first={device}
      timeline={timeline}
      endpoint={deviceEndpoint()}
      mayManage={may(ctx.role, "device.manage")}
    >
      <SessionsCard
        owner={{ kind: "device", deviceId: device.deviceId }}
        first={sessions}
        mayEnd={may(ctx.role, "mqttSession.end")}
      />
      <RetainedCard
        deviceId={device.deviceId}
        first={retained}
        mayClear={may(ctx.role, "retainedMessage.remove")}
      />
    </ConnectionTab>
  );
}
