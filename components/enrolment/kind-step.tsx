"use client";
import { kindText, enrolmentText as text } from "#components/strings/enrolment.ts";
import { Card } from "#components/ui/card.tsx";
import { enrolmentKinds, type EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** Step 1: how devices prove that they belong to the group. */
export function KindStep({ onChoose }: { readonly onChoose: (kind: EnrolmentKind) => void }) {
  return (
    <div className="max-w-3xl">
      <h2 className="mb-3 font-medium text-ink">{text.kindLegend}</h2>
      <Card>
        <ul className="divide-y divide-line">
          {enrolmentKinds.map((kind) => (
            <li key={kind} className="relative px-3.5 py-3 hover:bg-sunken">
              <button
                type="button"
                className="font-medium text-ink after:absolute after:inset-0 hover:underline"
                onClick={() => onChoose(kind)}
              >
                {kindText[kind].name}
              </button>
              <p className="text-ink-2">{kindText[kind].purpose}</p>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
