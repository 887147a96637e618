import Link from "next/link";
import { PageHeader } from "#components/layout/page-header.tsx";
import { CommandsCard } from "#components/profile/commands-card.tsx";
import { DocumentationCard } from "#components/profile/documentation-card.tsx";
import { GeneralCard } from "#components/profile/general-card.tsx";
import { SpecificationCard } from "#components/profile/specification-card.tsx";
import { ThresholdsCard } from "#components/profile/thresholds-card.tsx";
import { profileText } from "#components/strings/profile.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { ProfileView } from "#server/services/profile/show.ts";

/** All that a profile says, part by part; each is changed by itself. */
export function ProfilePage({
  profile,
  mayManage,
  mayOnboard,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
  readonly mayOnboard: boolean;
}) {
  const parts = { profile, mayManage };
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: profileText.title, href: "/profiles" }, { label: profile.name }]}
        title={profile.name}
        subtitle={
          <>
            {profile.description !== "" && <>{profile.description} · </>}
            <Link
              href={`/devices?profile=${profile.id}`}
              className="text-accent underline underline-offset-2"
            >
              {profileText.devices(profile.devices.total)}
            </Link>
            {profile.devices.quarantined > 0 &&
              ` · ${profileText.inQuarantine(profile.devices.quarantined)}`}
          </>
        }
        {...(mayOnboard && {
          actions: <ButtonLink href="/onboard">{profileText.onboardOne}</ButtonLink>,
        })}
      />
      <div className="flex flex-col gap-3.5">
        <GeneralCard {...parts} />
        <SpecificationCard {...parts} />
        <MessagesCard profile={profile} />
        <CommandsCard {...parts} />
        <ThresholdsCard {...parts} />
        <DocumentationCard {...parts} />
      </div>
    </>
  );
}

function MessagesCard({ profile }: { readonly profile: ProfileView }) {
  return (
    <Card labelledBy="profile-messages">
      <CardHeader id="profile-messages" title={profileText.messagesTitle} />
      <p className="px-3.5 pt-3 pb-1.5 text-ink-2">{profileText.messagesText}</p>
      <Table aria-label={profileText.messagesTitle}>
        <thead>
          <Tr>
            <Th>{profileText.stream}</Th>
            <Th>{profileText.contentType}</Th>
            <Th>{profileText.schema}</Th>
          </Tr>
        </thead>
        <tbody>
          {profile.bindings.map(({ stream, contentType, schemaName, schemaVersion }) => (
            <Tr key={`${stream} ${contentType}`}>
              <Td>{stream === "" ? profileText.others : stream}</Td>
              <Td>{contentType === "" ? profileText.allTypes : contentType}</Td>
              <Td>
                <Link
                  href={`/schemas/${encodeURIComponent(schemaName)}/use`}
                  className="text-accent underline underline-offset-2"
                >
                  {schemaName} v{schemaVersion}
                </Link>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
