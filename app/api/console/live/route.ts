import { liveStream } from "#server/web/live-stream.ts";
import { handlerRoute } from "#server/web/route.ts";

const route = handlerRoute({ accept: "session", handle: liveStream });

export const GET = route;
export const POST = route;
