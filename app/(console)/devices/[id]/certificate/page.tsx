import { CertificatesTab } from "#components/device/certificates-tab.tsx";
import { RotationCard } from "#components/device/rotation-card.tsx";
import { TicketsCard } from "#components/device/tickets-card.tsx";
import { TokensCard } from "#components/device/tokens-card.tsx";
import type { DeviceState } from "#server/domain/device-state.ts";
import { may } from "#server/domain/roles.ts";
import { deviceRotation } from "#server/services/certificate/rotation.ts";
import { deviceCertificates } from "#server/services/device/certificates.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { showDevice } from "#server/services/device/show.ts";
import { listTickets } from "#server/services/renewal-ticket/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DeviceCertificatePage({ params }: Props) {
  const ctx = await requireSession();
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  const certificates = await deviceCertificates(ctx, { device: device.id });
  const rotation = await deviceRotation(ctx, { deviceId: device.id });
  const tickets = await listTickets(ctx, { deviceId: device.id });
  return (
    <CertificatesTab
      deviceId={device.deviceId}
      first={certificates}
      device={device}
      may={{
        issue: may(ctx.role, "certificate.issue") && mayGetCertificates(device.state),
        revoke: may(ctx.role, "certificate.revoke"),
      }}
    >
      <RotationCard
        deviceId={device.deviceId}
        first={rotation}
        endpoint={deviceEndpoint()}
        mayAsk={may(ctx.role, "certificate.rotate") && mayGetCertificates(device.state)}
      />
      {(rotation?.policy.expiredRenewal === "ticket" || tickets.length > 0) && (
        <TicketsCard
          deviceId={device.deviceId}
          first={tickets}
          endpoint={deviceEndpoint()}
          mayManage={may(ctx.role, "certificate.manage") && mayGetCertificates(device.state)}
        />
      )}
      <TokensCard
        deviceId={device.deviceId}
        first={await deviceCredentials(ctx, { deviceId: device.id })}
        endpoint={deviceEndpoint()}
        mayManage={may(ctx.role, "device.manage") && device.state !== "decommissioned"}
      />
    </CertificatesTab>
  );
}

function mayGetCertificates(state: DeviceState): boolean {
  return state === "active" || state === "quarantined";
}
