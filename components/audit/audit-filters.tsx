"use client";
import { useRouter } from "next/navigation";
import {
  auditFilterFrom,
  auditFilterAddress,
  type AuditFilterText,
} from "#components/audit/audit-filter.ts";
import { auditText } from "#components/strings/audit.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** The filters as a form; the address holds them, so that a view can be linked to. */
export function AuditFilters({ filter }: { readonly filter: AuditFilterText }) {
  const router = useRouter();
  function apply(data: FormData) {
    const wanted = auditFilterFrom((key) => {
      const value = data.get(key);
      return typeof value === "string" ? value : null;
    });
    router.push(`/audit?${new URLSearchParams(auditFilterAddress(wanted)).toString()}`);
  }
  return (
    <form
      className="grid grid-cols-2 items-end gap-2.5 md:grid-cols-3 xl:grid-cols-[repeat(3,minmax(0,1fr))_9.5rem_9.5rem_9.5rem_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        apply(new FormData(event.currentTarget));
      }}
    >
      <Field label={auditText.actor}>
        <Input
          name="actor"
          defaultValue={filter.actor}
          placeholder={auditText.actorHint}
          data-page-filter
        />
      </Field>
      <Field label={auditText.action}>
        <Input name="action" defaultValue={filter.action} placeholder={auditText.actionHint} />
      </Field>
      <Field label={auditText.target}>
        <Input name="target" defaultValue={filter.target} placeholder={auditText.targetHint} />
      </Field>
      <Field label={auditText.outcome}>
        <Select
          name="outcome"
          defaultValue={filter.outcome}
          options={[
            { value: "", label: auditText.outcomeAny },
            { value: "done", label: auditText.done },
            { value: "denied", label: auditText.denied },
          ]}
        />
      </Field>
      <Field label={auditText.from}>
        <Input type="date" name="from" defaultValue={filter.from.slice(0, 10)} />
      </Field>
      <Field label={auditText.to}>
        <Input type="date" name="to" defaultValue={filter.to.slice(0, 10)} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit">{auditText.apply}</Button>
        {Object.keys(auditFilterAddress(filter)).length > 0 && (
          <ButtonLink href="/audit" variant="ghost">
            {auditText.clear}
          </ButtonLink>
        )}
      </div>
    </form>
  );
}
