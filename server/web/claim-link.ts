import "server-only";
import type { Context } from "#server/services/context.ts";
import { offerDevice, type DeviceOffered } from "#server/services/transfer/offer.ts";
import { consoleEnv } from "#server/web/environment.ts";

/** An offer with the page that claims it. */
export type LinkedOffer = DeviceOffered & { readonly link: string };

/** The page that claims a device. The code is in the fragment, which no server ever sees. */
function claimLink(code: string): string {
  return `${new URL("/onboard/claim", consoleEnv().PUBLIC_URL).href}#${code}`;
}

/** Offers a device, and says where its code is to be taken. */
export async function offerWithLink(
  ctx: Context,
  input: Parameters<typeof offerDevice>[1],
): Promise<LinkedOffer> {
  const offer = await offerDevice(ctx, input);
  return { ...offer, link: claimLink(offer.code) };
}
