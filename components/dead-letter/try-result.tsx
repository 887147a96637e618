import { ArrowRight, Check, X } from "lucide-react";
import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { remedyText } from "#components/strings/workbench.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { RunFailure, RunSample } from "#server/services/dead-letter/run-view.ts";

/** How many would be stored and how many would not, each with its word and sign. */
export function TryCounts({
  wouldStore,
  wouldFail,
}: {
  readonly wouldStore: number;
  readonly wouldFail: number;
}) {
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 font-medium">
      <span className="inline-flex items-center gap-1.5 text-ok">
        <Check aria-hidden className="size-4" />
        {remedyText.wouldStore(formatCount(wouldStore))}
      </span>
      {wouldFail > 0 && (
        <span className="inline-flex items-center gap-1.5 text-bad">
          <X aria-hidden className="size-4" />
          {remedyText.wouldFail(formatCount(wouldFail))}
        </span>
      )}
    </p>
  );
}

/** One message before and after the transform, side by side. */
export function BeforeAfter({ sample }: { readonly sample: RunSample }) {
  return (
    <div>
      <p className="mb-1.5 text-sm text-ink-2">
        <Link href={deviceHref(sample)} className="hover:text-ink hover:underline">
          {remedyText.ofDevice(sample.deviceId)}
        </Link>
      </p>
      <div className="grid items-start gap-2 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
        <Side title={remedyText.before} value={sample.before} />
        <ArrowRight aria-hidden className="mt-9 size-4 text-ink-3 max-sm:hidden" />
        <Side title={remedyText.after} value={sample.after} />
      </div>
    </div>
  );
}

function Side({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <p className="mb-1 text-xs text-ink-3">{title}</p>
      <CodeBlock
        what={title}
        code={typeof value === "string" ? value : JSON.stringify(value, null, 2)}
      />
    </div>
  );
}

/** What is wrong with those that still fail, most frequent first. */
export function FailureTable({ failures }: { readonly failures: readonly RunFailure[] }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{remedyText.stillFails}</Th>
          <Th numeric className="w-24">
            {remedyText.letters}
          </Th>
        </Tr>
      </thead>
      <tbody>
        {failures.map(({ detail, count }) => (
          <Tr key={detail}>
            <Td className="wrap-anywhere">{detail}</Td>
            <Td numeric>{formatCount(count)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
