import { listLedgerDifferences } from "#server/services/ledger/differences.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listLedgerDifferences);
