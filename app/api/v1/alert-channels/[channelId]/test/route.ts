import { testChannel } from "#server/web/alert-senders.ts";
import { testAlertChannelRoute } from "#server/web/api/alerts.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute({ ...testAlertChannelRoute, operation: testChannel });
