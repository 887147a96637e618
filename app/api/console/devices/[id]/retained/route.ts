import { listRetainedMessages } from "#server/services/retained-message/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listRetainedMessages, ({ params }) => ({ device: params["id"] }));
