"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { deviceQuery } from "#components/device/device-queries.ts";
import { IdentityDialog } from "#components/device/identity-dialog.tsx";
import { cipherName, fleetText, tlsName } from "#components/strings/device.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** 9c1f…e0b2 of a digest in hex. */
export function shortDigest(hex: string): string {
  return `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

/** Who the device is and how it is connected. */
export function IdentityCard({
  first,
  mayManage,
}: {
  readonly first: DeviceDetail;
  readonly mayManage: boolean;
}) {
  const [isEditing, setEditing] = useState(false);
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  return (
    <Card labelledBy="identity">
      <CardHeader
        id="identity"
        title={deviceText.identityTitle}
        aside={
          mayManage &&
          device.state !== "decommissioned" && (
            <Button size="sm" aria-label={deviceText.editLabel} onClick={() => setEditing(true)}>
              {deviceText.edit}
            </Button>
          )
        }
      />
      <CardBody>
        <KeyValues
          items={[
            ...identityItems(device),
            ...certificateItems(device),
            ...connectionItems(device),
          ]}
        />
      </CardBody>
      {isEditing && <IdentityDialog device={device} onClose={() => setEditing(false)} />}
    </Card>
  );
}

/** What is noted of the thing itself; nothing where nobody noted it. */
function identityItems(device: DeviceDetail): readonly KeyValue[] {
  const { serial, manufacturer, model, hardwareRevision, tags } = device;
  return [
    {
      key: "serial",
      label: deviceText.serialNumber,
      value: serial,
      shown: serial !== "",
      mono: true,
    },
    {
      key: "manufacturer",
      label: deviceText.manufacturer,
      value: manufacturer,
      shown: manufacturer !== "",
    },
    { key: "model", label: deviceText.model, value: model, shown: model !== "" },
    {
      key: "revision",
      label: deviceText.hardwareRevision,
      value: hardwareRevision,
      shown: hardwareRevision !== "",
    },
    { key: "tags", label: deviceText.tags, value: tags.join(", "), shown: tags.length > 0 },
  ].flatMap(({ shown, ...item }) => (shown ? [item] : []));
}

function certificateItems({ currentCertificate, certificate }: DeviceDetail): readonly KeyValue[] {
  const days = fleetText.daysLeft(formatCount(Math.max(0, certificate.daysLeft ?? 0)));
  const words = {
    valid: deviceText.validFor(days),
    renew_soon: <StateBadge tone="warn">{deviceText.endsIn(days)}</StateBadge>,
    expired: <StateBadge tone="bad">{deviceText.expiredWord}</StateBadge>,
    none: <StateBadge tone="idle">{deviceText.noCertificate}</StateBadge>,
  }[certificate.life];
  return [
    { key: "certificate", label: deviceText.certificate, value: words },
    ...(currentCertificate === null
      ? []
      : [
          {
            key: "fingerprint",
            label: deviceText.fingerprintLabel,
            value: (
              <CopyText text={currentCertificate.sha256} what={deviceText.fingerprint}>
                {shortDigest(currentCertificate.sha256)}
              </CopyText>
            ),
          },
        ]),
  ];
}

function connectionItems({ connection, ...device }: DeviceDetail): readonly KeyValue[] {
  const tls =
    connection.tlsVersion === null
      ? deviceText.noTls
      : [tlsName(connection.tlsVersion), cipherName(connection.tlsCipher ?? "")]
          .filter((part) => part !== "")
          .join(", ");
  return [
    ...(connection.protocol === null ? [] : [{ key: "tls", label: deviceText.tls, value: tls }]),
    connection.connected && connection.connectedAt !== null
      ? {
          key: "connected",
          label: deviceText.connected,
          value: (
            <>
              <RelativeTime value={connection.connectedAt} />
              {connection.protocol !== null && `, ${connection.protocol}`}
            </>
          ),
        }
      : {
          key: "contact",
          label: deviceText.lastContact,
          value: <RelativeTime value={device.lastContactAt} fallback={fleetText.never} />,
        },
    { key: "profile", label: deviceText.profile, value: device.profile.name },
    ...(device.gateway === null
      ? []
      : [
          {
            key: "gateway",
            label: gatewayText.behind,
            value: (
              <Link href={deviceHref(device.gateway)} className="underline">
                {device.gateway.name}
              </Link>
            ),
          },
        ]),
    ...(device.firmware === null
      ? []
      : [{ key: "firmware", label: deviceText.firmware, value: device.firmware, mono: true }]),
    ...Object.entries(device.attributes).map(([name, value]) => ({
      key: `attribute ${name}`,
      label: name,
      value: String(value),
    })),
    {
      key: "registered",
      label: deviceText.registered,
      value: (
        <>
          <ExactTime value={device.createdAt} show="date" />{" "}
          {deviceText.registeredBy(device.createdBy)}
        </>
      ),
    },
  ];
}
