import type { Metadata } from "next";
import { GatewayWizard } from "#components/gateway/gateway-wizard.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { gatewayText } from "#components/strings/gateway.ts";
import { may } from "#server/domain/roles.ts";
import { showDevice } from "#server/services/device/show.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: gatewayText.title };

type Props = { readonly searchParams: Promise<{ readonly gateway?: string }> };

export default async function OnboardGatewayPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "device.manage")) return <NoPermission />;
  const { gateway } = await searchParams;
  const profiles = await listProfiles(ctx, {});
  const start = gateway === undefined ? null : await found(showDevice(ctx, { device: gateway }));
  return (
    <GatewayWizard
      start={start}
      profiles={profiles.map(({ id, name, open }) => ({ id, name, open }))}
    />
  );
}
