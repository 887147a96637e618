import Link from "next/link";
import { PageHeader } from "#components/layout/page-header.tsx";
import { profileHref } from "#components/profile/profile-queries.ts";
import { profileText } from "#components/strings/profile.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { connectivityNames } from "#server/domain/profile-parts.ts";
import type { ProfileSummary } from "#server/services/profile/list.ts";

const tones: Readonly<Record<ProfileSummary["specification"], Tone>> = {
  none: "idle",
  waiting: "warn",
  approved: "ok",
};

/** The profiles of the organisation; there is always one, the open profile. */
export function ProfileList({
  profiles,
  mayManage,
}: {
  readonly profiles: readonly ProfileSummary[];
  readonly mayManage: boolean;
}) {
  return (
    <>
      <PageHeader
        title={profileText.title}
        subtitle={profileText.subtitle}
        {...(mayManage && {
          actions: (
            <ButtonLink variant="primary" href="/profiles/new">
              {profileText.create}
            </ButtonLink>
          ),
        })}
      />
      <Card>
        <Table aria-label={profileText.listLabel}>
          <thead>
            <Tr>
              <Th>{profileText.columnName}</Th>
              <Th className="max-md:hidden">{profileText.columnConnectivity}</Th>
              <Th className="max-md:hidden">{profileText.columnSchema}</Th>
              <Th className="text-right">{profileText.columnDevices}</Th>
              <Th className="max-sm:hidden">{profileText.columnSpecification}</Th>
            </Tr>
          </thead>
          <tbody>
            {profiles.map((profile) => (
              <Row key={profile.id} profile={profile} />
            ))}
          </tbody>
        </Table>
      </Card>
    </>
  );
}

function Row({ profile }: { readonly profile: ProfileSummary }) {
  return (
    <Tr>
      <Td>
        <Link
          href={profileHref(profile.name)}
          className="font-medium wrap-anywhere text-ink hover:underline"
        >
          {profile.name}
        </Link>
        {profile.description !== "" && (
          <p className="line-clamp-1 text-sm text-ink-3">{profile.description}</p>
        )}
      </Td>
      <Td className="max-md:hidden">{connectivityNames[profile.connectivity]}</Td>
      <Td className="max-md:hidden">
        {profile.schemaName} v{profile.schemaVersion}
      </Td>
      <Td className="text-right tabular-nums">{formatCount(profile.devices)}</Td>
      <Td className="max-sm:hidden">
        <StateBadge tone={tones[profile.specification]}>
          {profileText.specificationStates[profile.specification]}
        </StateBadge>
      </Td>
    </Tr>
  );
}
