import { ledgerSummary } from "#server/services/ledger/summary.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(ledgerSummary);
