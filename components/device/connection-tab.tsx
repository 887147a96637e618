"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ConnectCommands, type Endpoint } from "#components/device/connect-commands.tsx";
import { deviceQuery } from "#components/device/device-queries.ts";
import { shortDigest } from "#components/device/identity-card.tsx";
import { TimelineCard } from "#components/device/timeline-card.tsx";
import { tlsName } from "#components/strings/device.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import type { DeviceConnection, DeviceDetail } from "#server/services/device/show.ts";
import type { DeviceTimeline } from "#server/services/device/timeline.ts";

/** How a device is connected, how it could be, and why it was not. */
export function ConnectionTab({
  first,
  timeline,
  endpoint,
  mayManage,
  children,
}: {
  readonly first: DeviceDetail;
  readonly timeline: DeviceTimeline;
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
  /** Its sessions and what it has retained. */
  readonly children: ReactNode;
}) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  const { connection } = device;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <Card labelledBy="connection">
          <CardHeader
            id="connection"
            title={connection.connected ? deviceText.connectionNow : deviceText.connectionLast}
          />
          <CardBody>
            {connection.connectedAt === null ? (
              <p className="text-ink-3">{deviceText.connectionNever}</p>
            ) : (
              <KeyValues items={connectionItems(connection)} />
            )}
          </CardBody>
        </Card>
        {children}
      </div>
      <TimelineCard deviceId={device.deviceId} first={timeline} />
      {device.state !== "decommissioned" && (
        <Card labelledBy="connect" className="min-w-0 lg:col-span-2">
          <CardHeader id="connect" title={deviceText.howToConnect} />
          <CardBody>
            <ConnectCommands deviceId={device.deviceId} endpoint={endpoint} mayManage={mayManage} />
          </CardBody>
        </Card>
      )}
    </div>
  );
}

function connectionItems(connection: DeviceConnection): readonly KeyValue[] {
  const { connected, disconnectedAt, certificateSha256: sha256, tlsVersion } = connection;
  const text = (key: string, label: string, value: string | null, mono = false): KeyValue[] =>
    value === null ? [] : [{ key, label, value, mono }];
  const instant = (key: string, label: string, value: string | null): KeyValue[] =>
    value === null
      ? []
      : [
          {
            key,
            label,
            value: (
              <>
                <ExactTime value={value} />
                <span className="text-ink-3">
                  {" · "}
                  <RelativeTime value={value} />
                </span>
              </>
            ),
          },
        ];
  return [
    ...instant("since", deviceText.since, connection.connectedAt),
    ...(connected ? [] : instant("until", deviceText.until, disconnectedAt)),
    ...(connected ? [] : text("why", deviceText.endedBecause, connection.disconnectReason)),
    ...instant("last", deviceText.lastMessage, connection.lastMessageAt),
    ...text("protocol", deviceText.protocol, connection.protocol),
    ...text("tls", deviceText.tls, tlsVersion === null ? deviceText.noTls : tlsName(tlsVersion)),
    ...text("cipher", deviceText.cipher, connection.tlsCipher, true),
    ...text("remote", deviceText.remote, connection.remoteAddress, true),
    ...text("client", deviceText.clientId, connection.clientId, true),
    ...(sha256 === null
      ? []
      : [
          {
            key: "certificate",
            label: deviceText.usedCertificate,
            value: (
              <CopyText text={sha256} what={deviceText.fingerprint}>
                {shortDigest(sha256)}
              </CopyText>
            ),
          },
        ]),
  ];
}
