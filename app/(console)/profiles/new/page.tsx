import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { NewProfile } from "#components/profile/new-profile.tsx";
import { newProfileText } from "#components/strings/profile.ts";
import { may } from "#server/domain/roles.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: newProfileText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function NewProfilePage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "profile.manage")) return <NoPermission />;
  const deviceId = ([(await searchParams)["device"]].flat()[0] ?? "").trim().slice(0, 128);
  return <NewProfile deviceId={deviceId} />;
}
