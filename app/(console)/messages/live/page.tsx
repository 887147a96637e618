import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { TailView } from "#components/message/tail-view.tsx";
import { messageText } from "#components/strings/message.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: messageText.liveTitle };

export default async function LivePage() {
  const ctx = await requireSession();
  const profiles = await listProfiles(ctx, {});
  return (
    <TailView opening={randomUUID()} profiles={profiles.map(({ id, name }) => ({ id, name }))} />
  );
}
