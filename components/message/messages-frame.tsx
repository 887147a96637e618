import type { ReactNode } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { messageText } from "#components/strings/message.ts";
import { TabLinks } from "#components/ui/tabs.tsx";

const tabs = [
  { href: "/messages", label: messageText.ledger, exact: true },
  { href: "/messages/follow", label: messageText.follow },
  { href: "/messages/live", label: messageText.live },
];

/** Around the pages of Messages: the ledger, the way of one message, and the live tail. */
export function MessagesFrame({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <PageHeader title={messageText.title} subtitle={messageText.subtitle} />
      <TabLinks label={messageText.tabs} tabs={tabs} />
      <div className="flex flex-col gap-3.5 pt-5">{children}</div>
    </>
  );
}
