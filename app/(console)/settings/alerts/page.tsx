import type { Metadata } from "next";
import { ChannelList } from "#components/alert/channel-list.tsx";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { channelText } from "#components/strings/alert.ts";
import { may } from "#server/domain/roles.ts";
import { listAlertChannels } from "#server/services/alert-channel/list.ts";
import { canSendMail } from "#server/web/alert-senders.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: channelText.title };

export default async function AlertChannelsPage() {
  const ctx = await requireSession();
  const channels = await permitted(listAlertChannels(ctx, {}));
  if (channels === undefined) return <NoPermission />;
  return (
    <ChannelList
      first={channels}
      canSendMail={canSendMail()}
      mayManage={may(ctx.role, "alert.manage")}
    />
  );
}
