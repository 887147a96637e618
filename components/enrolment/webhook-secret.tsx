import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";

/** The secret of a webhook that was just set, this once. */
export function WebhookSecret({ secret }: { readonly secret: string }) {
  return (
    <Card labelledBy="webhook-secret">
      <CardHeader id="webhook-secret" title={text.webhookSecret} />
      <CardBody className="flex flex-col gap-3">
        <p className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-warn">
          {text.webhookSecretOnce}
        </p>
        <CodeBlock code={secret} what={text.webhookSecret} />
      </CardBody>
    </Card>
  );
}
