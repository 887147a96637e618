"use client";
import { useQuery } from "@tanstack/react-query";
import { deviceQuery } from "#components/device/device-queries.ts";
import { cipherName, fleetText, tlsName } from "#components/strings/device.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
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
export function IdentityCard({ first }: { readonly first: DeviceDetail }) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  return (
    <Card labelledBy="identity">
      <CardHeader id="identity" title={deviceText.identityTitle} />
      <CardBody>
        <KeyValues items={[...certificateItems(device), ...connectionItems(device)]} />
      </CardBody>
    </Card>
  );
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
