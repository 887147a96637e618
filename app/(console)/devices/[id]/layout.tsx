import type { Metadata } from "next";
import type { ReactNode } from "react";
import { DeviceHeader } from "#components/device/device-header.tsx";
import { may } from "#server/domain/roles.ts";
import { showDevice } from "#server/services/device/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = {
  readonly children: ReactNode;
  readonly params: Promise<{ readonly id: string }>;
};

/** Of all tabs of the device. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).id) };
}

export default async function DeviceLayout({ children, params }: Props) {
  const ctx = await requireSession();
  const device = await found(showDevice(ctx, { device: decodeURIComponent((await params).id) }));
  return (
    <>
      <DeviceHeader
        first={device}
        may={{
          manage: may(ctx.role, "device.manage"),
          transfer: may(ctx.role, "device.transfer"),
          audit: may(ctx.role, "audit.view"),
        }}
      />
      {children}
    </>
  );
}
