import { checkText } from "#components/strings/schema.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import type { SchemaChange } from "#server/services/schema/view.ts";

const tones: Readonly<Record<SchemaChange["breaks"], Tone>> = {
  backward: "bad",
  forward: "warn",
  both: "bad",
  none: "idle",
};

/** Differences in words, those that break something first. */
export function ChangeList({ changes }: { readonly changes: readonly SchemaChange[] }) {
  const order = ["both", "backward", "forward", "none"];
  const sorted = changes.toSorted((a, b) => order.indexOf(a.breaks) - order.indexOf(b.breaks));
  return (
    <ul className="flex flex-col">
      {sorted.map((change) => (
        <li
          key={`${change.path} ${change.message}`}
          className="flex flex-col gap-0.5 border-b border-line py-2 last:border-b-0"
        >
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <StateBadge tone={tones[change.breaks]}>{checkText.breaks[change.breaks]}</StateBadge>
            {change.path !== "" && (
              <code className="text-sm wrap-anywhere text-ink-2">{change.path}</code>
            )}
          </span>
          <span className="wrap-anywhere text-ink">{change.message}</span>
        </li>
      ))}
    </ul>
  );
}
