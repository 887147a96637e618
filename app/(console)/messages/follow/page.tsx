import type { Metadata } from "next";
import { FollowView } from "#components/message/follow-view.tsx";
import { messageText } from "#components/strings/message.ts";

export const metadata: Metadata = { title: messageText.follow };

export default function FollowPage() {
  return <FollowView />;
}
