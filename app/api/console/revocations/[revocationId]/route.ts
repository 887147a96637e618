import { revocationProof } from "#server/services/revocation/proof.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(revocationProof, ({ params }) => params);
