import Link from "next/link";
import { checkText } from "#components/strings/schema.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { formatCount, formatMilliseconds } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import type { Proof } from "#server/services/schema/view.ts";

const shown = 20;

/** What a proof found: how much would pass, and which devices and firmware would break. */
export function ProofResult({ proof, stale }: { readonly proof: Proof; readonly stale: boolean }) {
  return (
    <div className="flex flex-col gap-3">
      {proof.stopped && <p className="text-warn">{checkText.proofStopped}</p>}
      {stale && <p className="text-warn">{checkText.proofStale}</p>}
      <ProofFigures proof={proof} />
      {proof.devices.length === 0 ? (
        proof.samples.checked + proof.deadLetters.checked > 0 && (
          <p className="flex items-center gap-2 text-ink">
            <StateDot tone="ok" />
            {checkText.proofClean}
          </p>
        )
      ) : (
        <>
          <BrokenFirmware firmware={proof.firmware} />
          <BrokenDevices proof={proof} />
        </>
      )}
    </div>
  );
}

function ProofFigures({ proof }: { readonly proof: Proof }) {
  const { samples, deadLetters } = proof;
  return (
    <KeyValues
      items={[
        {
          key: "samples",
          label: checkText.proofSamples,
          value:
            samples.checked === 0 ? (
              checkText.proofNothing
            ) : (
              <>
                {checkText.proofPassed(formatCount(samples.passed), formatCount(samples.checked))}{" "}
                <span className="text-ink-3">
                  {checkText.proofTook(formatMilliseconds(proof.took))}
                </span>
              </>
            ),
        },
        {
          key: "letters",
          label: checkText.proofLetters,
          value:
            deadLetters.checked === 0
              ? checkText.proofNothing
              : checkText.proofWouldPass(
                  formatCount(deadLetters.wouldPass),
                  formatCount(deadLetters.checked),
                ),
        },
      ]}
    />
  );
}

function BrokenFirmware({ firmware }: Pick<Proof, "firmware">) {
  if (firmware.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium text-ink">{checkText.proofFirmware}</h3>
      <ul className="flex flex-col gap-1">
        {firmware.slice(0, shown).map((each) => (
          <li key={each.firmware ?? ""} className="flex flex-wrap justify-between gap-x-4">
            <span className="font-mono text-sm wrap-anywhere">
              {each.firmware ?? checkText.firmwareUnknown}
            </span>
            <span className="text-ink-2">
              {checkText.firmwareLine(formatCount(each.devices), formatCount(each.failed))}
            </span>
          </li>
        ))}
      </ul>
      <More count={firmware.length - shown} />
    </section>
  );
}

function BrokenDevices({ proof: { devices, devicesFailing } }: { readonly proof: Proof }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium text-ink">{checkText.proofDevices}</h3>
      <ul className="flex flex-col">
        {devices.slice(0, shown).map((device) => (
          <li key={device.deviceId} className="border-b border-line py-1.5 last:border-b-0">
            <span className="flex flex-wrap justify-between gap-x-4">
              <Link
                href={`/devices/${encodeURIComponent(device.deviceId)}`}
                className="font-mono text-sm wrap-anywhere text-accent hover:underline"
              >
                {device.deviceId}
              </Link>
              <span className="text-ink-2">
                {checkText.deviceLine(formatCount(device.failed), formatCount(device.checked))}
              </span>
            </span>
            <p className="text-sm wrap-anywhere text-ink-2">{device.detail}</p>
          </li>
        ))}
      </ul>
      <More count={devicesFailing - Math.min(devices.length, shown)} />
    </section>
  );
}

function More({ count }: { readonly count: number }) {
  if (count <= 0) return null;
  return <p className="mt-1 text-sm text-ink-3">{checkText.more(formatCount(count))}</p>;
}
