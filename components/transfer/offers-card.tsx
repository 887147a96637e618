"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { endOffer } from "#app/(console)/onboard/claim/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { transferText } from "#components/strings/transfer.ts";
import { offersQuery } from "#components/transfer/transfer-queries.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { OfferView } from "#server/services/transfer/list.ts";

const tones: Readonly<Record<OfferView["state"], Tone>> = {
  offered: "accent",
  expired: "idle",
  accepted: "ok",
  withdrawn: "idle",
};

/** Offers of a device; nothing where there never was one. */
export function OffersCard({
  deviceId,
  mayTransfer,
}: {
  readonly deviceId: string;
  readonly mayTransfer: boolean;
}) {
  const list = useQuery(offersQuery(deviceId));
  if (list.isError) {
    return (
      <ErrorState title={transferText.failed} onRetry={() => void list.refetch()}>
        {list.error.message}
      </ErrorState>
    );
  }
  const offers = list.data ?? [];
  if (offers.length === 0) return null;
  return (
    <Card labelledBy="offers" className="mt-4">
      <CardHeader id="offers" title={transferText.cardTitle} />
      <Table aria-labelledby="offers">
        <thead>
          <tr>
            <Th>{transferText.columnKind}</Th>
            <Th>{transferText.columnState}</Th>
            <Th>{transferText.columnUntil}</Th>
            <Th className="max-sm:hidden">{transferText.columnBy}</Th>
            <Th>
              <span className="sr-only">{transferText.columnAction}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {offers.map((offer) => (
            <OfferRow key={offer.id} deviceId={deviceId} offer={offer} mayTransfer={mayTransfer} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function OfferRow({
  deviceId,
  offer,
  mayTransfer,
}: {
  readonly deviceId: string;
  readonly offer: OfferView;
  readonly mayTransfer: boolean;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(endOffer, () => ({ title: transferText.withdrawn }));
  const kind = transferText.kinds[offer.kind];
  async function withdraw() {
    if (!(await change({ deviceId, offerId: offer.id }))) return;
    await queries.invalidateQueries({ queryKey: ["device", deviceId, "offers"] });
  }
  return (
    <Tr>
      <Td>{kind}</Td>
      <Td>
        <StateBadge tone={tones[offer.state]}>
          {offer.isGone ? transferText.gone : transferText.states[offer.state]}
        </StateBadge>
      </Td>
      <Td>{offer.expiresAt !== null && <ExactTime value={offer.expiresAt} show="date" />}</Td>
      <Td className="wrap-anywhere max-sm:hidden">{offer.createdBy}</Td>
      <Td className="text-right">
        {mayTransfer && offer.state === "offered" && (
          <Button
            size="sm"
            busy={busy}
            aria-label={transferText.withdrawName(kind)}
            onClick={() => void withdraw()}
          >
            {transferText.withdraw}
          </Button>
        )}
      </Td>
    </Tr>
  );
}
