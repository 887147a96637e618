import { revocationText as text } from "#components/strings/revocation.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { reasonWords } from "#server/domain/revocation-words.ts";
import type { RevocationProof } from "#server/services/revocation/proof.ts";

type Of = { readonly proof: RevocationProof };

function Facts({
  id,
  title,
  items,
}: {
  readonly id: string;
  readonly title: string;
  readonly items: readonly KeyValue[];
}) {
  return (
    <Card labelledBy={id}>
      <CardHeader id={id} title={title} />
      <CardBody>
        <KeyValues items={items} />
      </CardBody>
    </Card>
  );
}

function instant(value: string | null, otherwise: string) {
  if (value === null) return <span className="text-ink-3">{otherwise}</span>;
  return <ExactTime value={value} milliseconds />;
}

/** Who, when and why. */
export function DecisionCard({ proof }: Of) {
  const { at, by, released } = proof;
  const items: KeyValue[] = [
    { key: "at", label: text.when, value: instant(at, "") },
    { key: "by", label: text.by, value: by },
    { key: "reason", label: text.reason, value: reasonWords(proof) },
  ];
  if (released !== null) {
    const value = (
      <>
        {instant(released.at, "")} {text.byWhom(released.by)}
      </>
    );
    items.push({ key: "released", label: text.releasedAt, value });
  }
  return <Facts id="decision" title={text.decisionTitle} items={items} />;
}

/** Which certificate it was. */
export function CertificateCard({ proof: { sha256, serial, certificate } }: Of) {
  const items: KeyValue[] = [
    {
      key: "sha256",
      label: text.fingerprintLabel,
      value: <CopyText text={sha256} what={text.fingerprint} />,
    },
  ];
  if (serial !== null) items.push({ key: "serial", label: text.serial, value: serial, mono: true });
  if (certificate !== null) {
    items.push(
      { key: "subject", label: text.subject, value: certificate.subject, mono: true },
      { key: "issuer", label: text.issuer, value: certificate.issuer, mono: true },
      { key: "key", label: text.key, value: certificate.keyAlgorithm },
      {
        key: "valid",
        label: text.valid,
        value: (
          <>
            <ExactTime value={certificate.notBefore} show="date" /> {text.until}{" "}
            <ExactTime value={certificate.notAfter} show="date" />
          </>
        ),
      },
    );
  }
  return <Facts id="certificate" title={text.certificateTitle} items={items} />;
}

/** The last session on it, and the last message. */
export function UsedCard({ proof: { session, lastSessionAt, lastMessageAt } }: Of) {
  return (
    <Facts
      id="used"
      title={text.usedTitle}
      items={[
        { key: "begun", label: text.lastSession, value: instant(lastSessionAt, text.never) },
        { key: "remote", label: text.lastRemote, value: session.remote ?? text.unknown },
        { key: "message", label: text.lastMessage, value: instant(lastMessageAt, text.noMessage) },
        {
          key: "ended",
          label: text.ended,
          value: session.connected ? text.isOpen : instant(session.endedAt, text.unknown),
        },
        { key: "why", label: text.endReason, value: session.endReason ?? text.unknown },
      ]}
    />
  );
}

/** When each worker judged its sessions, and what it cut. */
export function CutCard({ proof: { wasConnected, cut, checks, workersMissing } }: Of) {
  const cutWords =
    cut === null ? (
      text.noSessionCut
    ) : (
      <>
        {text.cutCount(cut.sessions)}, <ExactTime value={cut.at} milliseconds />
      </>
    );
  return (
    <Card labelledBy="cut">
      <CardHeader id="cut" title={text.cutTitle} />
      <CardBody>
        <KeyValues
          items={[
            {
              key: "connected",
              label: text.wasConnected,
              value: wasConnected ? text.yes : text.no,
            },
            { key: "cut", label: text.cutAt, value: cutWords },
          ]}
        />
      </CardBody>
      {checks.length > 0 && (
        <Table>
          <thead>
            <Tr>
              <Th>{text.worker}</Th>
              <Th>{text.checkedAt}</Th>
              <Th numeric>{text.cutHere}</Th>
            </Tr>
          </thead>
          <tbody>
            {checks.map(({ workerId, host, at, sessions }) => (
              <Tr key={workerId}>
                <Td title={workerId}>
                  {host}{" "}
                  <span className="font-mono text-sm text-ink-3">{workerId.slice(0, 8)}</span>
                </Td>
                <Td>
                  <ExactTime value={at} milliseconds />
                </Td>
                <Td numeric>{formatCount(sessions)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {(checks.length === 0 || workersMissing > 0) && (
        <p className="border-t border-line px-3.5 py-2.5 text-ink-2">
          {workersMissing > 0 ? text.workersMissing(workersMissing) : text.checksEmpty}
        </p>
      )}
    </Card>
  );
}

/** The first list that names it, and OCSP. */
export function PublishedCard({ proof: { crl, listed } }: Of) {
  const pending = listed === "not-ours" ? text.listNotOurs : text.listPending;
  return (
    <Facts
      id="published"
      title={text.publishedTitle}
      items={[
        {
          key: "list",
          label: text.list,
          value:
            crl === null ? (
              pending
            ) : (
              <>
                {text.listNumber(crl.number)} <ExactTime value={crl.at} milliseconds />
              </>
            ),
        },
        ...(listed === "not-ours" ? [] : [{ key: "ocsp", label: text.ocsp, value: text.ocspText }]),
      ]}
    />
  );
}

/** Who tried to connect with it since, and was refused. */
export function AttemptsCard({ proof: { attempts, refused } }: Of) {
  return (
    <Card labelledBy="attempts">
      <CardHeader id="attempts" title={text.attemptsTitle} />
      <CardBody>
        <p className="text-ink-2">
          {attempts === 0 ? text.attemptsNone : text.attemptsText(formatCount(attempts))}
        </p>
      </CardBody>
      {attempts > 0 && refused.length > 0 && (
        <Table>
          <thead>
            <Tr>
              <Th>{text.remote}</Th>
              <Th className="max-md:hidden">{text.first}</Th>
              <Th>{text.last}</Th>
            </Tr>
          </thead>
          <tbody>
            {refused.map(({ cause, remote, detail, firstAt, lastAt }) => (
              <Tr key={`${cause} ${remote}`} title={detail}>
                <Td className="font-mono text-sm">{remote}</Td>
                <Td className="max-md:hidden">
                  <ExactTime value={firstAt} />
                </Td>
                <Td>
                  <ExactTime value={lastAt} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

/** The event of the audit chain, with its hash. */
export function AuditCard({ proof: { audit } }: Of) {
  if (audit === null) {
    return (
      <Card labelledBy="audit">
        <CardHeader id="audit" title={text.auditTitle} />
        <CardBody>{text.auditElsewhere}</CardBody>
      </Card>
    );
  }
  return (
    <Facts
      id="audit"
      title={text.auditTitle}
      items={[
        { key: "event", label: text.auditEvent, value: text.auditNumber(audit.seq, audit.action) },
        { key: "at", label: text.when, value: <ExactTime value={audit.at} milliseconds /> },
        {
          key: "hash",
          label: text.auditHash,
          value: <CopyText text={audit.hash} what={text.auditHash} />,
        },
        { key: "how", label: "", value: <span className="text-ink-2">{text.auditHow}</span> },
      ]}
    />
  );
}
