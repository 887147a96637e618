import Link from "next/link";
import { profileHref } from "#components/profile/profile-queries.ts";
import { enrolmentText as words } from "#components/strings/enrolment.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";

/** The rules of one version, to be read. */
export function RulesView({
  rules,
  profileName,
}: {
  readonly rules: EnrolmentRules;
  readonly profileName: string;
}) {
  return (
    <div className="flex flex-col gap-3">
      <KeyValues items={[...becomes(rules, profileName), ...who(rules)]} />
      {rules.desired !== null && (
        <div>
          <p className="mb-1 text-ink-3">{words.desired}</p>
          <CodeBlock code={JSON.stringify(rules.desired, null, 2)} what={words.desired} />
        </div>
      )}
    </div>
  );
}

function becomes(rules: EnrolmentRules, profileName: string): readonly KeyValue[] {
  const attributes = Object.entries(rules.attributes);
  return [
    {
      key: "profile",
      label: words.profile,
      value: (
        <Link href={profileHref(profileName)} className="text-accent hover:underline">
          {profileName}
        </Link>
      ),
    },
    { key: "id", label: words.deviceIdTemplate, value: rules.deviceIdTemplate, mono: true },
    { key: "name", label: words.nameTemplate, value: rules.nameTemplate, mono: true },
    {
      key: "tags",
      label: words.tags,
      value: rules.tags.length === 0 ? words.none : rules.tags.join(", "),
    },
    ...(attributes.length === 0
      ? []
      : [
          {
            key: "attributes",
            label: words.attributes,
            value: attributes.map(([name, value]) => `${name} = ${String(value)}`).join(", "),
          },
        ]),
  ];
}

function who(rules: EnrolmentRules): readonly KeyValue[] {
  const { commonName, organisation } = rules.subject;
  return [
    {
      key: "quarantine",
      label: text.quarantine,
      value: rules.quarantine ? text.yes : text.no,
    },
    { key: "approval", label: text.approval, value: rules.needsApproval ? text.yes : text.no },
    {
      key: "limit",
      label: text.limit,
      value: rules.maxDevices === null ? text.any : formatCount(rules.maxDevices),
    },
    {
      key: "subject",
      label: text.subject,
      value:
        commonName === undefined && organisation === undefined
          ? text.any
          : text.subjectParts(commonName ?? text.any, organisation ?? text.any),
    },
    { key: "allow", label: words.allow, value: listWords(rules.allow, text.any) },
    { key: "deny", label: words.deny, value: listWords(rules.deny, words.none) },
    ...(rules.webhook === null
      ? []
      : [{ key: "webhook", label: text.webhook, value: rules.webhook.url, mono: true }]),
  ];
}

const shownPatterns = 6;

function listWords(patterns: readonly string[], none: string): string {
  if (patterns.length === 0) return none;
  return patterns.length <= shownPatterns
    ? patterns.join(", ")
    : text.listCount(formatCount(patterns.length));
}
