"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { approve } from "#app/(console)/onboard/requests/actions.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { oneByOne } from "#components/enrolment/one-by-one.ts";
import type { RequestView } from "#components/enrolment/views.ts";
import { requestText as text } from "#components/strings/enrolment-request.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useToast } from "#components/ui/toast.tsx";

const named = 8;

/** Approves the requests that are listed, after their names were shown. */
export function ApproveListed({ requests }: { readonly requests: readonly RequestView[] }) {
  const [asked, setAsked] = useState<readonly RequestView[]>([]);
  const { busy, done, answer } = useApprovals(() => setAsked([]));
  const count = formatCount(asked.length);
  return (
    <>
      <Button onClick={() => setAsked(requests)}>
        {text.approveAll(formatCount(requests.length))}
      </Button>
      <Dialog
        open={asked.length > 0}
        onOpenChange={(open) => {
          if (!open && !busy) setAsked([]);
        }}
        title={text.approveAllTitle(count)}
        description={text.approveAllText}
        footer={
          <>
            <Button onClick={() => setAsked([])}>{uiText.cancel}</Button>
            <Button variant="primary" busy={busy} onClick={() => void answer(asked)}>
              {busy ? text.approvedSome(formatCount(done), count) : text.approve}
            </Button>
          </>
        }
      >
        <ul className="flex flex-col gap-1 font-mono text-sm wrap-anywhere">
          {asked.slice(0, named).map(({ id, registrationId }) => (
            <li key={id}>{registrationId}</li>
          ))}
        </ul>
        {asked.length > named && (
          <p className="mt-1 text-ink-3">{text.andMore(formatCount(asked.length - named))}</p>
        )}
      </Dialog>
    </>
  );
}

/** Approves one after the other, and says how it ended. */
function useApprovals(onDone: () => void) {
  const queries = useQueryClient();
  const toast = useToast();
  const [done, setDone] = useState(0);
  const [busy, setBusy] = useState(false);
  async function answer(requests: readonly RequestView[]) {
    setBusy(true);
    const { succeeded, problem } = await oneByOne(
      requests.map(({ id }) => ({ requestId: id })),
      approve,
      setDone,
    );
    setBusy(false);
    setDone(0);
    onDone();
    const count = formatCount(succeeded);
    toast(
      problem === undefined
        ? { tone: "ok", title: text.allApproved(count), detail: text.approvedDetail }
        : {
            tone: "bad",
            title: text.approvedSome(count, formatCount(requests.length)),
            detail: text.approvedSomeDetail(problem),
          },
    );
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  return { busy, done, answer };
}
