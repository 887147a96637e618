"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { acknowledge, resolve } from "#app/(console)/alerts/actions.ts";
import { AlertStateBadge, SeverityBadge } from "#components/alert/alert-badges.tsx";
import { AlertHistory } from "#components/alert/alert-history.tsx";
import { alertQuery, alertsKey } from "#components/alert/alert-queries.ts";
import { NoteDialog } from "#components/alert/note-dialog.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { alertText } from "#components/strings/alert.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { ruleWords, stepWords } from "#server/domain/alert.ts";
import { may } from "#server/domain/roles.ts";
import type { AlertDetail } from "#server/services/alert/show.ts";

/** One alert: what it is, what to do, what happened to it and to whom it was sent. */
export function AlertPage({ first }: { readonly first: AlertDetail }) {
  const { data: alert, error } = useQuery(alertQuery(first));
  const { role } = useShell().user;
  return (
    <>
      <PageHeader
        title={alert.title}
        breadcrumb={[{ label: alertText.title, href: "/alerts" }, { label: alert.subject.name }]}
        badge={
          <>
            <SeverityBadge severity={alert.severity} />
            <AlertStateBadge state={alert.state} />
          </>
        }
        actions={may(role, "alert.acknowledge") && <Actions alert={alert} />}
      />
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorNote>{error.message}</ErrorNote>}
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Card labelledBy="alert-words">
            <CardHeader id="alert-words" title={alertText.detail} />
            <CardBody className="flex flex-col gap-4">
              <p className="max-w-prose wrap-anywhere text-ink">{alert.detail}</p>
              <div>
                <h3 className="text-sm font-medium text-ink-2">{alertText.remedy}</h3>
                <p className="mt-1 max-w-prose wrap-anywhere text-ink">{alert.remedy}</p>
              </div>
              {alert.state !== "resolved" && !alert.mayBeResolved && (
                <p className="text-sm text-ink-3">{alertText.endsByItself}</p>
              )}
            </CardBody>
          </Card>
          <Facts alert={alert} />
        </div>
        <AlertHistory events={alert.events} />
      </div>
    </>
  );
}

function Actions({ alert }: { readonly alert: AlertDetail }) {
  const queries = useQueryClient();
  const toast = useToast();
  const done = (title: string) => () => {
    toast({ tone: "ok", title });
    void queries.invalidateQueries({ queryKey: alertsKey });
  };
  const { id: alertId } = alert;
  return (
    <>
      {alert.state !== "resolved" && alert.mayBeResolved && (
        <NoteDialog
          label={alertText.resolve}
          title={alertText.resolveTitle}
          text={alertText.resolveText}
          variant="secondary"
          act={(note) => resolve({ alertId, note })}
          onDone={done(alertText.resolved)}
        />
      )}
      {alert.state === "open" && (
        <NoteDialog
          label={alertText.acknowledge}
          title={alertText.acknowledgeTitle}
          text={alertText.acknowledgeText}
          act={(note) => acknowledge({ alertId, note })}
          onDone={done(alertText.acknowledged)}
        />
      )}
    </>
  );
}

function Facts({ alert }: { readonly alert: AlertDetail }) {
  const { subject, rule, step } = alert;
  const items: readonly KeyValue[] = [
    {
      key: "subject",
      label: alertText.subject,
      value:
        subject.path === null ? (
          subject.name
        ) : (
          <Link href={subject.path} className="text-accent underline hover:no-underline">
            {subject.name}
          </Link>
        ),
    },
    {
      key: "rule",
      label: alertText.rule,
      value: (
        <>
          {ruleWords[rule].name}
          <span className="block text-sm text-ink-3">{ruleWords[rule].meaning}</span>
        </>
      ),
    },
    ...(step === "" ? [] : [{ key: "step", label: alertText.step, value: stepWords(step) }]),
    { key: "first", label: alertText.firstAt, value: <ExactTime value={alert.firstAt} /> },
    { key: "last", label: alertText.lastAt, value: <RelativeTime value={alert.lastAt} /> },
    ...who(alert),
  ];
  return (
    <Card labelledBy="alert-facts">
      <CardHeader id="alert-facts" title={alertText.facts} />
      <CardBody>
        <KeyValues items={items} />
      </CardBody>
    </Card>
  );
}

function who({ acknowledgedBy, resolvedBy, note }: AlertDetail): readonly KeyValue[] {
  const one = (key: string, label: string, value: string | null): readonly KeyValue[] =>
    value === null || value === "" ? [] : [{ key, label, value }];
  return [
    ...one("acknowledged", alertText.acknowledgedBy, acknowledgedBy),
    ...one("note", alertText.note, note),
    ...one("resolved", alertText.resolvedBy, resolvedBy),
  ];
}
