import { CertificatesTab } from "#components/device/certificates-tab.tsx";
import { may } from "#server/domain/roles.ts";
import { deviceCertificates } from "#server/services/device/certificates.ts";
import { showDevice } from "#server/services/device/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function DeviceCertificatePage({ params }: Props) {
  const ctx = await requireSession();
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  const certificates = await deviceCertificates(ctx, { device: device.id });
  return (
    <CertificatesTab
      deviceId={device.deviceId}
      first={certificates}
      may={{
        issue: may(ctx.role, "certificate.issue") && device.state === "active",
        revoke: may(ctx.role, "certificate.revoke"),
      }}
    />
  );
}
