"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { LetterPicker } from "#components/dead-letter/letter-picker.tsx";
import { LetterView } from "#components/dead-letter/letter-view.tsx";
import type { ChosenLetter } from "#components/dead-letter/use-chosen-letter.ts";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { letterText } from "#components/strings/workbench.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { DeadLetterDetail } from "#server/services/dead-letter/show.ts";

/** A message of a cause: which one, what is wrong in it, and everything known of it. */
export function MessageCard({
  letters,
  letter,
}: {
  readonly letters: ChosenLetter;
  readonly letter: UseQueryResult<DeadLetterDetail>;
}) {
  const isEmpty = !letters.isLoading && letters.letters.length === 0;
  return (
    <Card labelledBy="dead-letter-message">
      <CardHeader
        id="dead-letter-message"
        title={letterText.title}
        {...(!isEmpty && { aside: deadLetterText.recorded })}
      />
      {isEmpty ? (
        <CardBody>
          <p className="text-ink-2">{letterText.none}</p>
        </CardBody>
      ) : (
        <>
          <LetterPicker letters={letters} />
          <CardBody>
            <Body letter={letter} />
          </CardBody>
        </>
      )}
    </Card>
  );
}

function Body({ letter }: { readonly letter: UseQueryResult<DeadLetterDetail> }) {
  if (letter.isError) {
    return (
      <ErrorState title={deadLetterText.failed} onRetry={() => void letter.refetch()}>
        {letter.error.message}
      </ErrorState>
    );
  }
  if (letter.isPending) return <Skeleton className="h-48 w-full" />;
  return <LetterView key={letter.data.id} letter={letter.data} />;
}
