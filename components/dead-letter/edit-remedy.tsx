"use client";
import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useState } from "react";
import { base64OfText } from "#components/dead-letter/base64.ts";
import { deadLetterQuery } from "#components/dead-letter/dead-letter-queries.ts";
import { tryQuery } from "#components/dead-letter/group-queries.ts";
import { remedyText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

type Props = {
  readonly id: string | undefined;
  /** Asked to replay the letter with this payload, in Base64. */
  readonly onReplay: (payload: string) => void;
};

/** One letter's payload as text to correct, to try, and to replay by itself. */
export function EditRemedy({ id, onReplay }: Props) {
  if (id === undefined) return <p className="text-ink-2">{remedyText.editChosen}</p>;
  return <Loaded key={id} id={id} onReplay={onReplay} />;
}

function Loaded({ id, onReplay }: { readonly id: string } & Pick<Props, "onReplay">) {
  const { data, error } = useQuery(deadLetterQuery(id));
  if (error !== null) return <ErrorNote>{error.message}</ErrorNote>;
  if (data === undefined) return <Skeleton className="h-32 w-full" />;
  if (data.state !== "open") return <p className="text-ink-2">{remedyText.editChosen}</p>;
  if (data.payload.as !== "text") return <p className="text-ink-2">{remedyText.editBinary}</p>;
  return <Editor id={id} original={data.payload.content} onReplay={onReplay} />;
}

function Editor({
  id,
  original,
  onReplay,
}: { readonly id: string; readonly original: string } & Pick<Props, "onReplay">) {
  const [text, setText] = useState(original);
  const [tried, setTried] = useState<string>();
  const isChanged = text !== original;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2">{remedyText.editText}</p>
      <Field label={remedyText.editLabel}>
        <Textarea
          mono
          rows={8}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setTried(base64OfText(text))}>{remedyText.editTry}</Button>
        <Button variant="primary" onClick={() => onReplay(base64OfText(text))}>
          {remedyText.editReplay}
        </Button>
        {isChanged && (
          <Button variant="ghost" onClick={() => setText(original)}>
            {remedyText.editReset}
          </Button>
        )}
      </div>
      {tried !== undefined && <Tried id={id} payload={tried} />}
    </div>
  );
}

function Tried({ id, payload }: { readonly id: string; readonly payload: string }) {
  const { data, error } = useQuery(tryQuery({ id, payload, transform: [] }));
  if (error !== null) return <ErrorNote>{error.message}</ErrorNote>;
  if (data === undefined) return <Skeleton className="h-16 w-full" />;
  if (data.wouldFail > 0) {
    return (
      <div
        aria-live="polite"
        className="rounded border border-bad/40 bg-bad-soft px-3 py-2 text-bad"
      >
        <p className="flex items-center gap-1.5 font-medium">
          <X aria-hidden className="size-4" />
          {remedyText.editFails}
        </p>
        {data.failures.map(({ detail }) => (
          <p key={detail} className="mt-0.5 wrap-anywhere">
            {detail}
          </p>
        ))}
      </div>
    );
  }
  return (
    <div aria-live="polite" className="flex flex-col gap-1.5">
      <p className="flex items-center gap-1.5 font-medium text-ok">
        <Check aria-hidden className="size-4" />
        {remedyText.editStores}
      </p>
      {data.samples.slice(0, 1).map((sample) => (
        <CodeBlock
          key={sample.id}
          what={remedyText.after}
          code={JSON.stringify(sample.after, null, 2)}
        />
      ))}
    </div>
  );
}
