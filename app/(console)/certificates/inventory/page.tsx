import type { Metadata } from "next";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { CryptoInventoryView } from "#components/certificate/crypto-inventory.tsx";
import { cryptoText } from "#components/strings/crypto-inventory.ts";
import { cryptoInventory } from "#server/services/certificate/crypto-inventory.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: cryptoText.title };

export default async function CryptoInventoryPage() {
  const ctx = await requireSession();
  const inventory = await cryptoInventory(ctx, {});
  return (
    <CertificatesFrame role={ctx.role}>
      <CryptoInventoryView inventory={inventory} />
    </CertificatesFrame>
  );
}
