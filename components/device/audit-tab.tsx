"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "#components/device/device-queries.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { DeviceAudit } from "#server/services/device/audit.ts";

/** What people and jobs did to a device. */
export function AuditTab({
  deviceId,
  first,
}: {
  readonly deviceId: string;
  readonly first: DeviceAudit;
}) {
  const audit = useInfiniteQuery(auditQuery(deviceId, first));
  const events = audit.data.pages.flatMap((page) => page.events);
  return (
    <Card labelledBy="audit">
      <CardHeader id="audit" title={deviceText.auditTitle} />
      {events.length === 0 ? (
        <EmptyState title={deviceText.auditEmpty} />
      ) : (
        <Events events={events} />
      )}
      {audit.hasNextPage && (
        <div className="border-t border-line px-3.5 py-2">
          <Button
            size="sm"
            busy={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {deviceText.auditOlder}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Events({ events }: { readonly events: DeviceAudit["events"] }) {
  return (
    <Table>
      <thead>
        <tr>
          <Th>{deviceText.columnTime}</Th>
          <Th>{deviceText.columnAction}</Th>
          <Th className="max-md:hidden">{deviceText.columnWho}</Th>
          <Th className="max-md:hidden">{deviceText.columnReason}</Th>
          <Th numeric className="max-md:hidden">
            {deviceText.columnSeq}
          </Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Tr key={event.seq}>
            <Td className="text-ink-2">
              <ExactTime value={event.at} />
            </Td>
            <Td>
              <span className="font-mono text-sm wrap-anywhere">{event.action}</span>{" "}
              <span className="block text-sm wrap-anywhere text-ink-3 md:hidden">
                {event.actor}
              </span>
              {event.outcome === "denied" && (
                <StateBadge tone="bad">{deviceText.denied}</StateBadge>
              )}
            </Td>
            <Td className="wrap-anywhere max-md:hidden">{event.actor}</Td>
            <Td className="text-ink-2 max-md:hidden">{event.reason}</Td>
            <Td numeric className="text-ink-3 max-md:hidden">
              {event.seq}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
